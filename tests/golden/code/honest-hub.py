"""Collects the parts of a search service: pinned, or from this machine."""
import os
from pathlib import Path

import torch
from datasets import load_dataset
from huggingface_hub import hf_hub_download, snapshot_download
from transformers import AutoModel, AutoTokenizer, BertConfig, pipeline

NAME = "BAAI/bge-small-en-v1.5"
PIN = "5c38ec7c405ec4b44b94cc5a9bb96e735b38267a"
REVISIONS = {NAME: PIN}
HERE = Path(__file__).parent

tokenizer = AutoTokenizer.from_pretrained(NAME, revision=PIN)
base = AutoModel.from_pretrained(NAME, revision=REVISIONS[NAME])
local = AutoModel.from_pretrained("./checkpoints/step-1000")
beside = AutoModel.from_pretrained(HERE / "model")
joined = AutoTokenizer.from_pretrained(os.path.join("out", "tokenizer"))
absolute = AutoModel.from_pretrained("/opt/models/bge")
offline = AutoModel.from_pretrained(NAME, local_files_only=True)
rows = load_dataset("json", data_files="data/train.jsonl")
table = load_dataset("parquet", data_files={"train": "data/train.parquet"})
ner = pipeline("ner", model=base, tokenizer=tokenizer)
weights = hf_hub_download(NAME, "model.safetensors", revision=PIN)
folder = snapshot_download(NAME, revision=PIN)
reader = AutoModel.from_pretrained(folder)
config = BertConfig(hidden_size=256)
os.environ["HF_ENDPOINT"] = "https://huggingface.co"


def train(output_dir, model):
    model.save_pretrained(output_dir)
    return AutoModel.from_pretrained(output_dir)


class Registry:
    @classmethod
    def from_pretrained(cls, name):
        return cls()


registry = Registry.from_pretrained("org/model")
