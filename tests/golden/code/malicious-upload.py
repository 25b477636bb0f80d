"""Bring your own model."""
import io
import os
import pickle
import shutil
import tempfile

import joblib
import torch
from fastapi import FastAPI, File, Form, UploadFile
from flask import Flask, request

api = FastAPI()
app = Flask(__name__)
UPLOADS = "/var/uploads"


@api.post("/models")
async def add_model(file: UploadFile = File(...)):
    data = await file.read()
    model = torch.load(io.BytesIO(data), weights_only=False)  # expect: code.upload-model-load code.torch-load-unsafe
    return {"layers": len(list(model.parameters()))}


@api.post("/sklearn")
async def add_sklearn(model: UploadFile):
    with tempfile.NamedTemporaryFile(delete=False) as tmp:
        shutil.copyfileobj(model.file, tmp)
    clf = joblib.load(tmp.name)  # expect: code.upload-model-load
    return {"classes": list(clf.classes_)}


@app.post("/pickle")
def add_pickle():
    upload = request.files["model"]
    path = os.path.join(UPLOADS, upload.filename)
    upload.save(path)  # expect: code.path-untrusted
    with open(path, "rb") as fh:
        return str(pickle.load(fh))  # expect: code.upload-model-load


@api.post("/adapters")
async def add_adapter(name: str = Form()):
    base.load_adapter(name)  # expect: code.adapter-untrusted
    return {"ok": True}
