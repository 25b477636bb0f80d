"""A service that believes everything that reaches it: a file, a request, the answer of a model."""
import pickle
import subprocess

import torch
from fastapi import FastAPI, Request
from openai import OpenAI

app = FastAPI()
llm = OpenAI()
net = torch.load("net.pt", weights_only=False)


@app.post("/score")
async def score(request: Request):
    features = pickle.loads(await request.body())
    return {"score": float(net(features))}


@app.post("/report")
def report(question: str):
    answer = llm.chat.completions.create(
        model="assistant",
        max_tokens=200,
        messages=[{"role": "user", "content": question}],
    )
    command = answer.choices[0].message.content
    return subprocess.run(command, shell=True, capture_output=True, timeout=5).stdout
