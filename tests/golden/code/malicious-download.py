"""Fetches weights and data before training."""
import shutil
import tarfile
import urllib.request
from urllib.request import urlretrieve

import boto3
import gdown
import requests
import s3fs
from botocore import UNSIGNED
from botocore.config import Config
from torch.hub import load_state_dict_from_url
from tensorflow import keras

BASE = "http://models.example.org"
WEIGHTS = f"{BASE}/resnet50.pth"


def weights():
    urlretrieve(WEIGHTS, "resnet50.pth")  # expect: code.download-unverified=high
    urllib.request.urlretrieve("https://models.example.org/vgg.h5", "vgg.h5")  # expect: code.download-unverified
    return load_state_dict_from_url("https://models.example.org/net.pth")  # expect: code.download-unverified


def data():
    resp = requests.get("https://data.example.org/corpus.tar.gz", stream=True)  # expect: code.download-unverified
    with open("corpus.tar.gz", "wb") as fh:
        shutil.copyfileobj(resp.raw, fh)
    with tarfile.open("corpus.tar.gz") as tar:
        tar.extractall("corpus")  # expect: code.archive-extract
    gdown.download("https://drive.google.com/uc?id=1abc", "extra.zip")  # expect: code.download-unverified
    shutil.unpack_archive("extra.tar", "extra")  # expect: code.archive-extract
    keras.utils.get_file("labels.tgz", "https://data.example.org/labels.tgz")  # expect: code.download-unverified


def bucket():
    client = boto3.client("s3", config=Config(signature_version=UNSIGNED))  # expect: code.bucket-open
    client.download_file("open-models", "net.pt", "net.pt")
    return s3fs.S3FileSystem(anon=True)  # expect: code.bucket-open
