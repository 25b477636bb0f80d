"""Exchange with the feature team, and model registries."""
import os

import bentoml
import mlflow
import msgpack
import msgpack_numpy as mnp
import onnxruntime as ort
import pyarrow as pa
import skops.io as sio
from skops.io import get_untrusted_types


def frames(blob):
    return msgpack.unpackb(blob, object_hook=mnp.decode)  # expect: code.object-columns


def old_frames(blob):
    return pa.deserialize(blob)  # expect: code.object-columns


def session(folder):
    options = ort.SessionOptions()
    options.register_custom_ops_library(os.path.join(folder, "ops.so"))  # expect: code.onnx-custom-ops
    return ort.InferenceSession("model.onnx", options)


def reviewed(path):
    unknown = get_untrusted_types(file=path)
    return sio.load(path, trusted=unknown)  # expect: code.skops-trusted


def everything(path):
    return sio.load(path, trusted=True)  # expect: code.skops-trusted


def registry(stage):
    uri = os.getenv("MODEL_URI")
    return mlflow.pyfunc.load_model(uri)  # expect: code.model-uri-open


def bento(tag):
    return bentoml.sklearn.load_model(tag)  # expect: code.model-uri-open
