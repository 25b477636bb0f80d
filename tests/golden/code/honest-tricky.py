"""What looks like it and is not: pickle.load(f), torch.load(p, weights_only=False), yaml.load(x), eval(code)"""
import ast, io, os, json, pickle, re, hashlib, hmac, subprocess, shlex, ssl, tarfile, zipfile
from pathlib import Path
from typing import TYPE_CHECKING
import numpy as np, pandas as pd, requests, torch, yaml, httpx
from transformers import AutoModel, AutoTokenizer
if TYPE_CHECKING:
    import dill
    x = dill.loads(b"")

class SafeLoader2(yaml.SafeLoader): pass
def load_yaml(p): return yaml.load(Path(p).read_text(), Loader=SafeLoader2)
def load_yaml2(p): return yaml.load(open(p), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
try:
    from yaml import CSafeLoader as Loader
except ImportError:
    from yaml import SafeLoader as Loader
def load_yaml3(p): return yaml.load(open(p), Loader=Loader)
def rt(o): return pickle.loads(pickle.dumps(o))
def rt2(model):
    buf = io.BytesIO()
    torch.save(model.state_dict(), buf)
    buf.seek(0)
    return torch.load(buf, weights_only=True)
def rt3(model):
    buf = io.BytesIO(); pickle.dump(model, buf); buf.seek(0)
    return pickle.load(buf)
EXPECTED = "aa"*32
def ver(path):
    data = Path(path).read_bytes()
    if hashlib.sha256(data).hexdigest() != EXPECTED:
        raise ValueError("bad digest")
    return pickle.loads(data)
def ver2(path, sig, key):
    data = Path(path).read_bytes()
    key.verify(sig, data)
    return pickle.loads(data)
def _check_sha256(p, want):
    if hashlib.sha256(Path(p).read_bytes()).hexdigest() != want:
        raise RuntimeError
def ver3(p):
    _check_sha256(p, EXPECTED)
    import joblib
    return joblib.load(p)
class Restricted(pickle.Unpickler):
    SAFE = {"builtins": {"dict"}}
    def find_class(self, module, name):
        if name in self.SAFE.get(module, ()):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)
def safe(b): return Restricted(io.BytesIO(b)).load()
REV = os.environ["MODEL_REVISION"]
m = AutoModel.from_pretrained("org/model", revision=REV)
SHA = "0123456789abcdef0123456789abcdef01234567"
t = AutoTokenizer.from_pretrained("org/model", revision=SHA)
loc = AutoModel.from_pretrained(Path(__file__).parent / "weights")
off = AutoModel.from_pretrained("org/model", local_files_only=True)
model_dir = os.environ.get("MODEL_DIR", "./models/bert")
l2 = AutoModel.from_pretrained(model_dir)
requests.get("https://localhost:8443/health", verify=False)
httpx.get("https://127.0.0.1:8443/x", verify=False)
requests.get("https://x.example", verify="/etc/ssl/ca.pem")
np.load("a.npy", allow_pickle=False)
np.load("a.npy")
subprocess.run(["ls", "-l", user_dir], check=True) if (user_dir := ".") else None
subprocess.run("ls -l | wc -l", shell=True)
def sh(n): subprocess.run(f"grep {shlex.quote(n)} log.txt", shell=True)
def ex(p):
    with tarfile.open(p) as t: t.extractall("d", filter="data")
def ex2(p):
    with tarfile.open(p) as tar:
        for m in tar.getmembers():
            if not os.path.realpath(os.path.join("d", m.name)).startswith(os.path.realpath("d")):
                raise ValueError
        tar.extractall("d")
def ex3(p):
    with zipfile.ZipFile(p) as z: z.extractall("d")  # expect: code.archive-extract=low
df = pd.read_csv("a.csv")
df.query("a > 3")
lim = 3
df.query("a > @lim")
v = ast.literal_eval("[1]")
net = torch.nn.Linear(1, 1); net.eval()
rx = re.compile("a+")
key = hashlib.md5(b"cache").hexdigest()
h5 = hashlib.md5(b"x", usedforsecurity=False)
cfg = yaml.safe_load(open("c.yml"))
def getk(): return os.environ["OPENAI_API_KEY"]
from openai import OpenAI
client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], base_url="http://localhost:8000/v1")
token = "your-token-here"
from huggingface_hub import login, hf_hub_download
login(token=os.getenv("HF_TOKEN"))
hf_hub_download("org/model", "model.safetensors", revision=SHA)
import uvicorn
if __name__ == "__main__":
    uvicorn.run("app:app", host=os.getenv("HOST", "127.0.0.1"), port=8000)
    debug = os.getenv("DEBUG") == "1"
import gradio as gr
gr.Interface(None, "text", "text").launch(server_name="127.0.0.1", share=False)
ctx = ssl.create_default_context(cafile="/etc/ca.pem")
from datasets import load_dataset
load_dataset("csv", data_files="data/train.csv")
load_dataset("imagefolder", data_dir="img")
load_dataset("org/data", revision=SHA)
ck = torch.load("m.pt", map_location="cpu", weights_only=True)
def load_pickle(path): raise NotImplementedError("pickle.load is not allowed")
def train(model, out):
    model.save_pretrained(out)
    return AutoModel.from_pretrained(out)
import onnxruntime as ort
s = ort.InferenceSession("m.onnx")
import ctypes, ctypes.util
libc = ctypes.CDLL(ctypes.util.find_library("c"))
own = ctypes.CDLL(str(Path(__file__).with_name("libx.so")))
def hdr(req, x):
    got = hmac.new(b"k", x, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(got, req): raise PermissionError
    return pickle.loads(x)
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["https://a.example"], allow_credentials=True)
import chromadb
c = chromadb.PersistentClient(path="db"); c2 = chromadb.HttpClient(host="localhost", port=8000)
