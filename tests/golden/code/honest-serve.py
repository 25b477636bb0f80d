"""Everything that listens, at home."""
import os

import gradio as gr
import ray
import uvicorn
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastmcp import FastMCP
from flask import Flask
import mlflow

app = FastAPI()
site = Flask(__name__)
mcp = FastMCP("files")
ORIGINS = ["https://app.example.com"]

app.add_middleware(CORSMiddleware, allow_origins=ORIGINS, allow_credentials=True, allow_methods=["GET"])
mlflow.set_tracking_uri("http://localhost:5000")


def cluster():
    ray.init(num_cpus=4, dashboard_host="127.0.0.1")


def demo(fn, auth):
    gr.Interface(fn, "text", "text").launch(server_name="0.0.0.0", auth=auth)


def demo_local(fn):
    gr.Interface(fn, "text", "text").launch(share=False)


def tools():
    mcp.run(transport="stdio")


def share(items):
    return {"share": True, "items": items}


def listens_everywhere(host):
    return host in ("0.0.0.0", "::")


if __name__ == "__main__":
    if os.environ.get("SITE"):
        site.run(host="127.0.0.1", debug=os.environ.get("FLASK_DEBUG") == "1")
    else:
        uvicorn.run(app, host="127.0.0.1", port=8000)
