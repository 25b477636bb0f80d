"""Many rules, each in a spelling that is common in the wild."""
import torch, os, sys, json, subprocess
from torch import hub, jit
import torch.nn as nn
from transformers import (
    AutoModelForSequenceClassification,
    AutoTokenizer,
    pipeline,
)
from huggingface_hub import snapshot_download
import numpy
from numpy import load as npload
from pickle import Unpickler as UP
import ruamel.yaml as ry
import yaml as Y
from yaml import load as yload, Loader as YL
model = AutoModelForSequenceClassification.from_pretrained(
    "org/model",
    torch_dtype="auto",
    trust_remote_code=True,  # expect: code.trust-remote-code=high
)
state = torch.load(
    "weights.bin",
    map_location="cpu",
    weights_only=False,  # expect: code.torch-load-unsafe=high
)
class Cfg:
    share = True
    HOST = "0.0.0.0"
    trust = True
cfg = Cfg()
tok = AutoTokenizer.from_pretrained("org/x", trust_remote_code=cfg.trust)  # expect: code.trust-remote-code=high
from dataclasses import dataclass
@dataclass
class Args:
    trust_remote_code: bool = True  # expect: code.trust-remote-code=high
    path: str = "x.pt"
def main(args: Args):
    m = AutoTokenizer.from_pretrained("org/x", trust_remote_code=args.trust_remote_code)  # expect: code.trust-remote-code=high
    return m
d = ry.YAML(typ="unsafe")  # expect: code.yaml-unsafe=high
c = Y.load(open("a"), Loader=Y.Loader)  # expect: code.yaml-unsafe=high
c = yload(open("a"), YL)  # expect: code.yaml-unsafe=high
c = Y.load(open("a"))  # expect: code.yaml-unsafe=high
c = Y.unsafe_load(open("a"))  # expect: code.yaml-unsafe=high
hubm = hub.load("pytorch/vision:v0.10.0", "resnet18", pretrained=True)  # expect: code.torch-hub-unpinned=high
t = jit.load(sys.argv[1])  # expect: code.torch-script-load=medium
a = npload(sys.argv[1], allow_pickle=True)  # expect: code.numpy-allow-pickle=high
g = UP(open("x", "rb")).load()  # expect: code.pickle-load=high
p = pipeline("text-generation", model="org/model", trust_remote_code=True)  # expect: code.trust-remote-code=high
snap = snapshot_download("org/data", repo_type="dataset")  # expect: code.hub-unpinned=medium
snap = snapshot_download(repo_id="org/data", revision="main")  # expect: code.hub-branch=low
import pandas
x = pandas.read_pickle("https://x.example.com/a.pkl")  # expect: code.pandas-pickle=high
from joblib import load
clf = load(open("a.pkl", "rb"))  # expect: code.joblib-load=high
import joblib as jl
if os.path.exists("m.pkl"):
    clf = jl.load("m.pkl")  # expect: code.joblib-load=high
import _pickle, pickle as _p
def fn(data):
    obj = _pickle.loads(data)  # expect: code.pickle-load=high
    obj2 = _p.Unpickler(data).load()  # expect: code.pickle-load=high
    return obj, obj2
from keras.models import load_model
k = load_model(sys.argv[1])  # expect: code.keras-legacy-load=medium
import keras
keras.config.enable_unsafe_deserialization()  # expect: code.keras-unsafe-mode=high
import tensorflow as tf
tf.keras.config.enable_unsafe_deserialization()  # expect: code.keras-unsafe-mode=high
mm = tf.saved_model.load(sys.argv[1])  # expect: code.tensorflow-load=medium
import mlflow.pyfunc
m2 = mlflow.pyfunc.load_model(f"models:/{sys.argv[1]}/Production")  # expect: code.model-uri-open=medium
import marshal, types
code = marshal.loads(open("x", "rb").read())  # expect: code.marshal-load=high
import skops.io as sio
from skops.io import get_untrusted_types, load as sload
o = sload("x.skops", trusted=get_untrusted_types(file="x.skops"))  # expect: code.skops-trusted=high
from diffusers import StableDiffusionPipeline
sd = StableDiffusionPipeline.from_pretrained("org/sd", safety_checker=None, revision="0123456789abcdef0123456789abcdef01234567")  # expect: code.guardrail-off=medium
sd.safety_checker = None  # expect: code.guardrail-off=medium
sd.load_lora_weights("user/lora")  # expect: code.hub-unpinned=medium
from peft import PeftModel, AutoPeftModelForCausalLM
pm = PeftModel.from_pretrained(model, "org/adapter")  # expect: code.hub-unpinned=medium
apm = AutoPeftModelForCausalLM.from_pretrained("org/adapter")  # expect: code.hub-unpinned=medium
import requests
s = requests.Session()
s.verify = False  # expect: code.tls-off=high
r = s.post("https://x.example/api", json={}, verify=False)  # expect: code.tls-off=high
import urllib3, ssl
http = urllib3.PoolManager(cert_reqs="CERT_NONE")  # expect: code.tls-off=high
ssl._create_default_https_context = ssl._create_unverified_context  # expect: code.tls-off=high
import aiohttp
conn = aiohttp.TCPConnector(ssl=False)  # expect: code.tls-off=high
conn = aiohttp.TCPConnector(verify_ssl=False)  # expect: code.tls-off=high
import gradio
with gradio.Blocks() as demo:
    pass
demo.queue().launch(server_name="0.0.0.0", share=cfg.share)  # expect: code.gradio-share=high code.server-open=medium
import uvicorn
uvicorn.run("main:app", host=cfg.HOST, port=8000)  # expect: code.server-open=medium
server = uvicorn.Server(uvicorn.Config("x:app", host="0.0.0.0"))  # expect: code.server-open=medium
from flask import Flask, request
app = Flask(__name__)
app.config["DEBUG"] = True  # expect: code.debug-server=medium
app.debug = True  # expect: code.debug-server=medium
from flask_cors import CORS
CORS(app, supports_credentials=True, origins="*")  # expect: code.cors-any=medium
from waitress import serve
serve(app, host="0.0.0.0", port=80)  # expect: code.server-open=medium
from http.server import HTTPServer, BaseHTTPRequestHandler
HTTPServer(("0.0.0.0", 8000), BaseHTTPRequestHandler).serve_forever()  # expect: code.server-open=medium
import grpc
gs = grpc.server(None)
gs.add_insecure_port("[::]:50051")  # expect: code.server-open=medium
import wandb
run = wandb.init()
art = run.use_artifact("team/data:latest")  # expect: code.data-unpinned=medium
os.environ["GIT_SSL_NO_VERIFY"] = "1"  # expect: code.tls-off=high
os.environ.update({"HF_HUB_DISABLE_SSL_VERIFY": "1"})  # expect: code.tls-off=high
os.environ["OLLAMA_HOST"] = "0.0.0.0:11434"  # expect: code.inference-open=high
subprocess.run([sys.executable, "-m", "pip", "install", "torch"])  # expect: code.pip-install-runtime=medium
subprocess.run("pip install --trusted-host pypi.example.com foo", shell=True)  # expect: code.pip-install-runtime=medium
import gdown
gdown.download("https://drive.google.com/uc?id=xyz", "m.pth")  # expect: code.download-unverified=medium
torch.hub.load_state_dict_from_url("https://x.example.com/m.pth", progress=False)  # expect: code.download-unverified=medium
tf.keras.utils.get_file("w.h5", "https://x.example.com/w.h5")  # expect: code.download-unverified=medium
import sys
sys.setrecursionlimit(100000)  # expect: code.parse-limit-off=info
from langchain.agents import initialize_agent, load_tools
tools = load_tools(["python_repl", "terminal"])  # expect: code.agent-code-tool=high
from langchain_community.tools.shell.tool import ShellTool
st = ShellTool()  # expect: code.agent-code-tool=high
from langchain_experimental.llm_bash.base import LLMBashChain
from crewai import Agent
ag = Agent(role="x", allow_code_execution=True)  # expect: code.agent-code-tool=medium
from llama_index.experimental.query_engine import PandasQueryEngine
q = PandasQueryEngine(df=None)  # expect: code.agent-code-tool=high
from autogen.coding import LocalCommandLineCodeExecutor
ex = LocalCommandLineCodeExecutor(work_dir="x")  # expect: code.agent-code-tool=high
from vllm import LLM
llm = LLM(model="org/model", trust_remote_code=True)  # expect: code.trust-remote-code=high
import dvc.api
dvc.api.read("data.csv", repo="https://github.com/o/r")  # expect: code.data-unpinned=medium
from datasets import load_dataset
load_dataset("org/data", revision="main")  # expect: code.hub-branch=low
load_dataset("org/data", split="train")  # expect: code.hub-unpinned=medium
load_dataset("json", data_files="http://x.example.com/a.jsonl")  # expect: code.data-unpinned=medium
import torch.distributed.rpc as rpc
rpc.init_rpc("w", rank=0, world_size=2)  # expect: code.torch-distributed-pickle=medium
from sentence_transformers import CrossEncoder
ce = CrossEncoder("cross-encoder/ms-marco", trust_remote_code=True)  # expect: code.trust-remote-code=high
import cloudpickle
f = cloudpickle.load(open("f.pkl", "rb"))  # expect: code.pickle-like-load=high
