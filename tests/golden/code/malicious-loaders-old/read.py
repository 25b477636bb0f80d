"""Loaders that are safe in newer versions; these are pinned below."""
import nltk
import numpy as np
import onnx
import pandas as pd
import pyarrow.parquet as pq
import ray
import skops.io as sio
from llama_cpp import Llama
from vllm import LLM

nltk.download("punkt")  # expect: code.loader-outdated
table = pq.read_table("train.parquet")  # expect: code.loader-outdated
frame = pd.read_parquet("train.parquet")  # expect: code.loader-outdated
model = sio.load("rank.skops", trusted=["rank.Scaler"])  # expect: code.loader-outdated
graph = onnx.load("net.onnx")  # expect: code.loader-outdated=low
shards = ray.data.read_webdataset("shards/")  # expect: code.loader-outdated
chat = Llama(model_path="chat.gguf")  # expect: code.loader-outdated
array = np.load("x.npy")  # expect: code.numpy-allow-pickle
served = LLM(model="./models/chat")  # expect: code.loader-outdated
