"""The same calls under other names: aliases, attributes, partial, dictionaries, indirect calls."""
import importlib, functools, sys, os
import torch, numpy as np, yaml, pandas as pd
from torch import load as tload
from transformers import AutoModelForCausalLM, pipeline
import transformers as tr
import tensorflow as tf
import requests, httpx, aiohttp, ssl, subprocess, tarfile

pk = importlib.import_module("pickle")
def a(f): return pk.load(f)  # expect: code.pickle-load=high
def b(f): return getattr(__import__("pickle"), "loads")(f.read())  # expect: code.pickle-load=high
def c(f):
    mod = sys.modules["pickle"]
    return mod.loads(f)  # expect: code.pickle-load=high
loader = functools.partial(torch.load, weights_only=False)  # expect: code.torch-load-unsafe=high
def d(p): return loader(p)  # expect: code.torch-load-unsafe=high
def e(p): return tload(p, map_location="cpu", weights_only=False)  # expect: code.torch-load-unsafe=high
class M:
    def __init__(self, path, unsafe=False):
        self.loader = yaml.load
        self.kw = {"trust_remote_code": True}
        self.session = requests.Session()
        self.session.verify = False  # expect: code.tls-off=high
    def read(self, fh):
        return self.loader(fh, Loader=yaml.Loader)  # expect: code.yaml-unsafe=high
    def model(self, name):
        return AutoModelForCausalLM.from_pretrained(name, **self.kw)  # expect: code.trust-remote-code=high
    def get(self, u):
        return self.session.get(u, verify=False)  # expect: code.tls-off=high
def f(name):
    kwargs = dict(device_map="auto")
    kwargs["trust_remote_code"] = True
    return pipeline("text-generation", model=name, **kwargs)  # expect: code.trust-remote-code=high
def g(name):
    kw = {}
    kw.update(trust_remote_code=True)
    return tr.AutoModel.from_pretrained(name, **kw)  # expect: code.trust-remote-code=high
def h(path):
    cfg = yaml.load(open(path), Loader=yaml.FullLoader)  # expect: code.yaml-unsafe=medium
    cfg2 = yaml.load(open(path), yaml.UnsafeLoader)  # expect: code.yaml-unsafe=high
    return cfg, cfg2
async def i(u):
    async with aiohttp.ClientSession() as s:
        async with s.get(u, ssl=False) as r:  # expect: code.tls-off=high
            return await r.read()
def j():
    ctx = ssl.create_default_context()
    ctx.check_hostname = False  # expect: code.tls-off=high
    ctx.verify_mode = ssl.CERT_NONE  # expect: code.tls-off=high
    return ctx
def k(p):
    with tarfile.open(p, "r:gz") as t:
        t.extractall("/data")  # expect: code.archive-extract=high
def l(cmd):
    subprocess.run(f"convert {cmd}", shell=True)  # expect: code.shell-dynamic=high
    os.system("rm -rf " + cmd)  # expect: code.shell-dynamic=high
    subprocess.check_output("ls %s" % cmd, shell=True)  # expect: code.shell-dynamic=high
    subprocess.Popen("ls {}".format(cmd), shell=True)  # expect: code.shell-dynamic=high
def m(p):
    return np.load(p, None, True)  # expect: code.numpy-allow-pickle=high
def n():
    torch.hub.load("ultralytics/yolov5", "yolov5s")  # expect: code.torch-hub-unpinned=high
    torch.hub.load("facebookresearch/dinov2", "dinov2_vits14", trust_repo=True)  # expect: code.torch-hub-unpinned=high
def o(p):
    return tf.keras.models.load_model(p, safe_mode=False)  # expect: code.keras-unsafe-mode=high
def p(path):
    return pd.read_pickle(path)  # expect: code.pandas-pickle=high
with open("m.pkl", "rb") as fh:
    from pickle import Unpickler
    obj = Unpickler(fh).load()  # expect: code.pickle-load=high
model = torch.load("m.pt", weights_only=False if os.environ.get("X") else True)  # expect: code.torch-load-unsafe=high
from concurrent.futures import ThreadPoolExecutor
import pickle
def q(items):
    with ThreadPoolExecutor() as ex:
        return list(ex.map(pickle.loads, items))  # expect: code.pickle-load=high
def r(items): return [pickle.loads(i) for i in items]  # expect: code.pickle-load=high
s = lambda b: pickle.loads(b)  # expect: code.pickle-load=high
httpx.Client(verify=False)  # expect: code.tls-off=high
httpx.AsyncClient(verify=False, timeout=3)  # expect: code.tls-off=high
requests.request("GET", "https://x.example", verify=False)  # expect: code.tls-off=high
import urllib.request
urllib.request.urlopen("https://x.example", context=ssl._create_unverified_context())  # expect: code.tls-off=high
from datasets import load_dataset
ds = load_dataset("allenai/c4", "en", trust_remote_code=True)  # expect: code.dataset-runs-code=high
ds2 = load_dataset("squad")  # expect: code.hub-unpinned=medium
from sentence_transformers import SentenceTransformer
st = SentenceTransformer("all-MiniLM-L6-v2")  # expect: code.hub-unpinned=medium
import joblib
clf = joblib.load("model.joblib")  # expect: code.joblib-load=high
df = pd.DataFrame()
def t(expr): return df.query(expr)  # expect: code.dataframe-eval=medium
def u(expr): return df.eval(f"x = {expr}")  # expect: code.dataframe-eval=medium
