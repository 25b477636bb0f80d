"""Fetches weights and data before training, and believes no byte of them."""
import hashlib
import tarfile
import urllib.request
import zipfile

import requests
from tensorflow import keras
from torch.hub import load_state_dict_from_url

URL = "https://models.example.org/resnet50.pth"
SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def weights(path):
    urllib.request.urlretrieve(URL, path)
    with open(path, "rb") as fh:
        if hashlib.sha256(fh.read()).hexdigest() != SHA256:
            raise ValueError(f"{path}: wrong digest")
    return path


def data():
    resp = requests.get("https://data.example.org/corpus.tar.gz", timeout=60)
    resp.raise_for_status()
    digest = hashlib.sha256(resp.content).hexdigest()
    if digest != SHA256:
        raise RuntimeError("corpus.tar.gz was changed")
    with open("corpus.tar.gz", "wb") as fh:
        fh.write(resp.content)
    with tarfile.open("corpus.tar.gz") as tar:
        tar.extractall("corpus", filter="data")


def state():
    return load_state_dict_from_url("https://models.example.org/net-9f86d081.pth", check_hash=True)


def labels():
    keras.utils.get_file("labels.tgz", "https://data.example.org/labels.tgz", file_hash=SHA256)
    with zipfile.ZipFile("labels.zip") as archive:
        archive.extractall("labels")


def page():
    return requests.get("https://api.example.org/v1/status", timeout=5).json()
