"""Evaluates chat models of the week."""
import torch
from datasets import load_dataset
from sentence_transformers import SentenceTransformer
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, pipeline
from vllm import LLM

REV = "5f0b02c75b57c5855da9ae460ce51323ea669d8a"
TRUST = True
COMMON = {"revision": REV, "trust_remote_code": TRUST}
model_args = dict(torch_dtype=torch.bfloat16)
model_args["trust_remote_code"] = True


def chat(name):
    tokenizer = AutoTokenizer.from_pretrained(
        "Qwen/Qwen-7B-Chat",
        revision=REV,
        trust_remote_code=True,  # expect: code.trust-remote-code=medium
    )
    config = AutoConfig.from_pretrained(name, trust_remote_code=TRUST)  # expect: code.trust-remote-code
    model = AutoModelForCausalLM.from_pretrained(name, config=config, **model_args)  # expect: code.trust-remote-code
    return tokenizer, model


def serve(name):
    return LLM(
        model=name,
        dtype="bfloat16",
        trust_remote_code=True,  # expect: code.trust-remote-code
    )


def embed(name):
    return SentenceTransformer(name, trust_remote_code=True)  # expect: code.trust-remote-code


def questions():
    return load_dataset("org/questions", split="test", revision=REV, trust_remote_code=True)  # expect: code.dataset-runs-code


def classify(name):
    return pipeline("text-classification", model=name, trust_remote_code=True)  # expect: code.trust-remote-code
