"""The same cache, but checked before it is opened, or kept as plain data."""
import hashlib
import hmac
import json

import joblib
import numpy as np
import skops.io as sio
from safetensors.torch import load_file

EXPECTED = {"ranker.joblib": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
TRUSTED = ["sklearn.pipeline.Pipeline", "numpy.dtype"]


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as fh:
        for block in iter(lambda: fh.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def load_ranker(path):
    with open(path, "rb") as fh:
        digest = hashlib.sha256(fh.read()).hexdigest()
    if not hmac.compare_digest(digest, EXPECTED[path]):
        raise RuntimeError(f"{path} was changed")
    return joblib.load(path)


def load_reviewed(path):
    return sio.load(path, trusted=TRUSTED)


def load_arrays(path):
    weights = load_file("model.safetensors")
    arrays = np.load(path, allow_pickle=False)
    with open("meta.json") as fh:
        meta = json.load(fh)
    return weights, arrays["x"], meta
