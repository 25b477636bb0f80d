"""Bring your own weights."""
import os
import uuid
from pathlib import Path

import onnxruntime as ort
from fastapi import FastAPI, HTTPException, UploadFile
from flask import Flask, request
from safetensors.torch import load
from werkzeug.utils import secure_filename

api = FastAPI()
app = Flask(__name__)
UPLOADS = Path("/var/uploads")
ADAPTERS = {"legal": "adapters/legal", "medical": "adapters/medical"}


@api.post("/models")
async def add_model(file: UploadFile):
    if not file.filename.endswith(".safetensors"):
        raise HTTPException(415)
    weights = load(await file.read())
    return {"tensors": len(weights)}


@api.post("/onnx")
async def add_onnx(file: UploadFile):
    path = UPLOADS / f"{uuid.uuid4().hex}.onnx"
    path.write_bytes(await file.read())
    return {"inputs": [i.name for i in ort.InferenceSession(str(path)).get_inputs()]}


@app.post("/files")
def add_file():
    upload = request.files["data"]
    name = secure_filename(upload.filename)
    upload.save(os.path.join(UPLOADS, name))
    return {"name": name}


@app.get("/files/<name>")
def get_file(name):
    path = (UPLOADS / name).resolve()
    if not path.is_relative_to(UPLOADS):
        raise HTTPException(404)
    return path.read_text()


@api.post("/adapters/{name}")
async def add_adapter(name: str):
    if name not in ADAPTERS:
        raise HTTPException(404)
    base.load_adapter(ADAPTERS[name])
    return {"ok": True}
