"""Loaders that are safe in newer versions; these are new enough."""
import nltk
import numpy as np
import onnx
import pandas as pd
import pyarrow.parquet as pq
import ray
import skops.io as sio
from llama_cpp import Llama
from vllm import LLM

nltk.download("punkt")
table = pq.read_table("train.parquet")
frame = pd.read_parquet("train.parquet")
model = sio.load("rank.skops", trusted=["rank.Scaler"])
graph = onnx.load("net.onnx")
shards = ray.data.read_webdataset("shards/")
chat = Llama(model_path="chat.gguf")
array = np.load("x.npy")
served = LLM(model="./models/chat")
