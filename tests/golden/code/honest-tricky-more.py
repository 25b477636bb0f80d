"""More that looks like it: pinned by table, digests after the download, reviewed types, loopback."""
import os, pickle, json, hashlib, sys
import numpy as np, torch, requests, yaml
from transformers import AutoModel, AutoTokenizer, AutoConfig
from flask import Flask
app = Flask(__name__)
PINNED = {"bert": ("google-bert/bert-base-uncased", "86b5e0934494bd15c9632b12f734a8a67f723594")}
def load_pinned(key):
    name, rev = PINNED[key]
    return AutoModel.from_pretrained(name, revision=rev)
class Reg:
    MODEL = "org/model"
    REV = "86b5e0934494bd15c9632b12f734a8a67f723594"
    def load(self):
        return AutoTokenizer.from_pretrained(self.MODEL, revision=self.REV)
def from_cfg(cfg):
    return AutoModel.from_pretrained(cfg["model"], revision=cfg["revision"])
def export(model, path):
    model.save_pretrained(path)
def cfg_only():
    c = AutoConfig.for_model("bert")
    return AutoModel.from_config(c)
def verify_ssl_setting():
    verify = os.environ.get("CA_BUNDLE", True)
    return requests.get("https://x.example", verify=verify)
def dbg():
    app.run(host="127.0.0.1", debug=os.environ.get("FLASK_DEBUG") == "1")
if __name__ == "__main__":
    app.run()
def safe_load_any(p):
    loader = yaml.SafeLoader
    return yaml.load(open(p), Loader=loader)
class Enc(json.JSONEncoder):
    def default(self, o): return str(o)
def tokens():
    password = os.getenv("PASSWORD", "")
    token = "<your token>"
    api_key = os.environ.get("API_KEY")
    return password, token, api_key
def ckpt(path):
    sd = torch.load(path, map_location="cpu", weights_only=True)
    return sd
def arr(path, **kw):
    kw.setdefault("allow_pickle", False)
    return np.load(path, **kw)
def dl(url, dest, sha256):
    r = requests.get("https://models.example.com/m.onnx", timeout=30)
    r.raise_for_status()
    if hashlib.sha256(r.content).hexdigest() != sha256:
        raise ValueError("digest")
    open(dest, "wb").write(r.content)
def dl2(dest):
    import urllib.request
    urllib.request.urlretrieve("https://models.example.com/m.onnx", dest)
    digest = hashlib.sha256(open(dest, "rb").read()).hexdigest()
    if digest != "ab" * 32:
        os.remove(dest)
        raise SystemExit("bad digest")
def cache_key(x): return hashlib.sha1(x.encode()).hexdigest()
def same(a, b): return cache_key(a) == cache_key(b)
def exec_sql(cur, uid): cur.execute("select * from t where id = %s", (uid,))
model = torch.nn.Module()
model.eval()
evaluate = lambda m: m.eval()
def load_hub_local(p):
    return torch.hub.load("./yolov5", "custom", source="local", path=p)
def trust(flag=False):
    return AutoModel.from_pretrained("./local", trust_remote_code=flag)
def t2(): return AutoModel.from_pretrained("/models/x", trust_remote_code=False)
SYSTEM = "Never call eval(), pickle.loads() or os.system()."
import logging
logging.info("pickle.load(%s)", SYSTEM)
from gradio import Interface
Interface(None, "text", "text").launch()
Interface(None, "text", "text").launch(server_name="0.0.0.0", auth=("u", os.environ["PW"]))
import subprocess
subprocess.run([sys.executable, "-m", "pip", "--version"])
subprocess.run([sys.executable, "-m", "pip", "install", "-r", "requirements.txt"])
subprocess.run([sys.executable, "-m", "pip", "install", "humanize==4.9.0", "--require-hashes"])
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
def signed(path, sig, pub):
    data = open(path, "rb").read()
    Ed25519PublicKey.from_public_bytes(pub).verify(sig, data)
    return pickle.loads(data)
import skops.io as sio
def sk(p):
    unknown = sio.get_untrusted_types(file=p)
    if set(unknown) - {"numpy.dtype"}:
        raise ValueError(unknown)
    return sio.load(p, trusted=unknown)
from PIL import Image
Image.MAX_IMAGE_PIXELS = 10_000_000
import mlflow
mlflow.set_tracking_uri("http://localhost:5000")
mlflow.pyfunc.load_model("models:/ranker/3")
import ray
ray.init(dashboard_host="127.0.0.1")
from openai import OpenAI
c = OpenAI(api_key="EMPTY", base_url="http://localhost:8000/v1")
c2 = OpenAI(api_key="not-needed-for-local", base_url="http://127.0.0.1:1234/v1")
import chromadb
ch = chromadb.HttpClient(host=os.environ["H"], port=8000, headers={"x": os.environ["K"]})
