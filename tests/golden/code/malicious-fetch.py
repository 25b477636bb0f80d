"""A browsing tool, and a proxy for pictures."""
import json
import urllib.request
from urllib.request import urlopen

import aiohttp
import httpx
import requests
from fastapi import FastAPI, Request
from langchain_core.tools import tool
from openai import OpenAI

app = FastAPI()
client = OpenAI(timeout=10)


@tool
def browse(url: str) -> str:
    """Fetches a page."""
    return requests.get(url, timeout=10).text  # expect: code.fetch-untrusted-url


def run_tools(messages, tools):
    reply = client.chat.completions.create(model="gpt-4o", messages=messages, tools=tools, max_tokens=100)
    for call in reply.choices[0].message.tool_calls:
        args = json.loads(call.function.arguments)
        if call.function.name == "fetch":
            yield httpx.get(args["url"]).text  # expect: code.fetch-untrusted-url


def summarize(question):
    link = client.responses.create(model="gpt-4o", input=question, max_output_tokens=30).output_text.strip()
    with urlopen(link) as page:  # expect: code.fetch-untrusted-url
        return page.read()


@app.get("/thumbnail")
async def thumbnail(src: str):
    async with aiohttp.ClientSession() as session:
        async with session.get(src) as resp:  # expect: code.fetch-untrusted-url
            return await resp.read()


@app.post("/import")
async def import_page(request: Request):
    body = await request.json()
    target = f"http://{body['host']}/export"
    return urllib.request.urlopen(target).read()  # expect: code.fetch-untrusted-url
