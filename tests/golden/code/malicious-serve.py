"""Everything that listens."""
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
HOST = "0.0.0.0"
LAUNCH = {"server_port": 7860, "share": True}

app.add_middleware(
    CORSMiddleware,
    allow_origins=["*"],  # expect: code.cors-any
    allow_credentials=True,
    allow_methods=["*"],
)
mlflow.set_tracking_uri("http://mlflow.example.com:5000")  # expect: code.mlflow-open


def cluster():
    ray.init(
        num_cpus=4,
        dashboard_host="0.0.0.0",  # expect: code.ray-open
    )


def demo(fn):
    gr.Interface(fn, "text", "text").launch(**LAUNCH)  # expect: code.gradio-share


def demo_blocks(fn):
    with gr.Blocks() as blocks:
        gr.ChatInterface(fn)
    blocks.queue().launch(share=True)  # expect: code.gradio-share


def tools():
    mcp.run(transport="sse", host="0.0.0.0", port=8000)  # expect: code.mcp-open


if __name__ == "__main__":
    if os.environ.get("SITE"):
        site.run(
            host=HOST,  # expect: code.server-open
            debug=True,  # expect: code.debug-server
        )
    else:
        uvicorn.run(app, host=HOST, port=8000)  # expect: code.server-open
