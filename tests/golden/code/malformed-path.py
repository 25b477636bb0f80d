"""Serves results by name."""
import os
import shutil

from fastapi import FastAPI
from fastapi.responses import FileResponse
from flask import Flask, request, send_file
from openai import OpenAI

api = FastAPI()
app = Flask(__name__)
client = OpenAI(timeout=10)
RESULTS = "/srv/results"


@api.get("/results/{name}")
def result(name: str):
    return FileResponse(os.path.join(RESULTS, name))  # expect: code.path-untrusted


@app.get("/download")
def download():
    return send_file(request.args["file"])  # expect: code.path-untrusted


@app.delete("/runs")
def delete():
    run = request.args.get("run")
    shutil.rmtree(f"{RESULTS}/{run}")  # expect: code.path-untrusted
    return "", 204


def save_note(question):
    out = client.responses.create(model="gpt-4o", input=question, max_output_tokens=99)
    name = out.output_text
    with open(name, "w") as fh:  # expect: code.path-untrusted
        fh.write(question)
