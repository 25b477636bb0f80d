"""Collects the parts of a search service from the hub."""
import os

import timm
from datasets import load_dataset
from diffusers import StableDiffusionPipeline
from huggingface_hub import hf_hub_download, snapshot_download
from peft import PeftModel
from sentence_transformers import CrossEncoder, SentenceTransformer
from transformers import AutoModel as Base
from transformers import AutoTokenizer, pipeline

NAME = "BAAI/bge-small-en-v1.5"
REV = "5c38ec7c405ec4b44b94cc5a9bb96e735b38267a"
encoder = SentenceTransformer(NAME)  # expect: code.hub-unpinned
reranker = CrossEncoder("cross-encoder/ms-marco-MiniLM-L-6-v2")  # expect: code.hub-unpinned
tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased")  # expect: code.hub-unpinned
base = Base.from_pretrained(NAME)  # expect: code.hub-unpinned
ner = pipeline("ner", model="dslim/bert-base-NER")  # expect: code.hub-unpinned
corpus = load_dataset("HuggingFaceFW/fineweb", split="train", streaming=True)  # expect: code.hub-unpinned
folder = snapshot_download(repo_id="org/reader")  # expect: code.hub-unpinned


def weights():
    return hf_hub_download(
        "org/reader",
        filename="pytorch_model.bin",  # expect: code.pickle-weights
        revision=REV,
    )


def painter():
    return StableDiffusionPipeline.from_pretrained(
        "org/painter",
        revision=REV,
        use_safetensors=False,  # expect: code.pickle-weights
        safety_checker=None,  # expect: code.guardrail-off
    )


def adapter(model):
    return PeftModel.from_pretrained(model, "org/adapter")  # expect: code.hub-unpinned


os.environ["HF_ENDPOINT"] = "http://mirror.example.org"  # expect: code.hub-mirror
