"""Loads that take a way round: tables of loaders, mixins, keyword dictionaries, generators."""
import joblib, pickle, os, requests, hashlib, torch, numpy as np, boto3, io, gzip, redis, tempfile, zipfile, tarfile, bz2
from pathlib import Path
class Store:
    def __init__(self, root): self.root = Path(root); self.client = boto3.client("s3")
    def load(self, name):
        with gzip.open(self.root / f"{name}.pkl.gz", "rb") as fh:
            return pickle.load(fh)  # expect: code.pickle-load=high
    def load_s3(self, key):
        body = self.client.get_object(Bucket="b", Key=key)["Body"].read()
        return pickle.loads(body)  # expect: code.pickle-untrusted=critical
    def load_tmp(self, key):
        with tempfile.NamedTemporaryFile() as f:
            self.client.download_fileobj("b", key, f)
            f.seek(0)
            return joblib.load(f)  # expect: code.joblib-load=high
cache = redis.Redis()
def get(k): return pickle.loads(cache.get(k))  # expect: code.pickle-untrusted=critical
def every(paths):
    for p in paths:
        yield torch.load(p)  # expect: code.torch-load-default=high
def nested(p):
    return {"a": np.load(p, allow_pickle=True)["x"], "b": torch.load(p, weights_only=False)}  # expect: code.numpy-allow-pickle=high code.torch-load-unsafe=high
def cond(p, fast):
    fn = torch.load if fast else joblib.load
    return fn(p)  # expect: code.joblib-load=high code.torch-load-default=high
LOADERS = {"pkl": pickle.load, "joblib": joblib.load, "pt": torch.load}
def dyn(p, kind):
    return LOADERS[kind](open(p, "rb"))  # expect: code.joblib-load=high code.pickle-load=high code.torch-load-default=high
def dyn2(p):
    return LOADERS["pkl"](open(p, "rb"))  # expect: code.pickle-load=high
class Mixin:
    loads = staticmethod(pickle.loads)
    def run(self, b): return self.loads(b)  # expect: code.pickle-load=high
def deco():
    from importlib import import_module as im
    return im("dill").load(open("x", "rb"))  # expect: code.pickle-like-load=high
def meth(p): return Path(p).read_bytes()
obj = pickle.loads(meth("x"))  # expect: code.pickle-load=high
try:
    import cPickle as pk
except ImportError:
    import pickle as pk
data = pk.load(open("d.pkl", "rb"))  # expect: code.pickle-load=high
if True:
    import numpy
    numpy.load("x.npy", allow_pickle=bool(1))  # expect: code.numpy-allow-pickle=high
z = [joblib.load(f) for f in Path("m").glob("*.pkl")]  # expect: code.joblib-load=high
with open("x") as f, open("y", "rb") as g:
    w = pickle.load(g)  # expect: code.pickle-load=high
async def ah(p):
    import asyncio
    return await asyncio.to_thread(joblib.load, p)  # expect: code.joblib-load=high
from functools import partial, lru_cache
@lru_cache
def cached(p): return torch.load(p, "cpu", weights_only=False)  # expect: code.torch-load-unsafe=high
unsafe = dict(weights_only=False)
torch.load("x.pt", **unsafe)  # expect: code.torch-load-unsafe=high
torch.load("x.pt", **{"weights_only": False})  # expect: code.torch-load-unsafe=high
opts = {"weights_only": True}
opts["weights_only"] = False
torch.load("x.pt", **opts)  # expect: code.torch-load-unsafe=high
def wrapper(p, **kw):
    kw["weights_only"] = False
    return torch.load(p, **kw)  # expect: code.torch-load-unsafe=high
import dill as pickle2
pickle2.load(open("x", "rb"))  # expect: code.pickle-like-load=high
mod = __import__("torch")
mod.load("x", weights_only=False)  # expect: code.torch-load-unsafe=high
L = [pickle.loads, joblib.load]
L[0](b"")  # expect: code.pickle-load=high
(lambda f: pickle.load(f))(open("x", "rb"))  # expect: code.pickle-load=high
exec("import os")
global_loader = getattr(pickle, "load")
global_loader(open("x", "rb"))  # expect: code.pickle-load=high
from torch.serialization import load as ser
ser("x", weights_only=False)  # expect: code.torch-load-unsafe=high
import pandas as pd
pd.read_pickle(os.environ["P"])  # expect: code.pandas-pickle=medium
pd.io.pickle.read_pickle("x")  # expect: code.pandas-pickle=medium
np.lib.npyio.load("x", allow_pickle=True)  # expect: code.numpy-allow-pickle=high
