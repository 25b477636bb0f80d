"""A browsing tool that looks at the host first."""
import json
from urllib.parse import urlparse

import httpx
import requests
from fastapi import FastAPI, HTTPException
from langchain_core.tools import tool
from openai import OpenAI

app = FastAPI()
client = OpenAI(timeout=10)
ALLOWED = {"docs.python.org", "arxiv.org"}
API = "https://api.example.org/v1/papers"


@tool
def browse(url: str) -> str:
    """Fetches a page of a few known hosts."""
    if urlparse(url).hostname not in ALLOWED:
        raise ValueError("this host is not allowed")
    return requests.get(url, timeout=10, allow_redirects=False).text


def run_tools(messages, tools):
    reply = client.chat.completions.create(model="gpt-4o", messages=messages, tools=tools, max_tokens=100)
    for call in reply.choices[0].message.tool_calls:
        args = json.loads(call.function.arguments)
        host = urlparse(args["url"]).hostname
        if host not in ALLOWED:
            continue
        yield httpx.get(args["url"]).text


@app.get("/paper")
def paper(id: int):
    return requests.get(f"{API}/{id}", timeout=10).json()


@app.get("/search")
def search(q: str):
    return requests.get(API, params={"q": q}, timeout=10).json()


@app.get("/mirror")
def mirror(src: str):
    parts = urlparse(src)
    if parts.scheme != "https" or parts.netloc not in ALLOWED:
        raise HTTPException(status_code=400)
    return httpx.get(src).text
