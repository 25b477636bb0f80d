"""Evaluates chat models of the week; their code is not run."""
import argparse

from transformers import AutoModelForCausalLM, AutoTokenizer, pipeline

REV = "5f0b02c75b57c5855da9ae460ce51323ea669d8a"
TRUST = False
# never set trust_remote_code=True here: see the review of 2024-03
OPTIONS = {"revision": REV, "trust_remote_code": False}


def chat():
    tokenizer = AutoTokenizer.from_pretrained("Qwen/Qwen2.5-7B-Instruct", **OPTIONS)
    model = AutoModelForCausalLM.from_pretrained("Qwen/Qwen2.5-7B-Instruct", revision=REV, trust_remote_code=TRUST)
    return tokenizer, model


def local(path):
    return AutoModelForCausalLM.from_pretrained(path, local_files_only=True)


def options(argv=None):
    ap = argparse.ArgumentParser()
    ap.add_argument("--trust-remote-code", action="store_true", help="trust_remote_code=True is refused in production")
    return ap.parse_args(argv)


def classify(text):
    return pipeline("text-classification", model="./models/sentiment")(text)
