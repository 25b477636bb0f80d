"""Feature server: clients post a serialized frame, the answer is a score."""
import base64
import pickle
import socket

import redis
import requests
from flask import Flask, request
import cloudpickle

app = Flask(__name__)
cache = redis.Redis(host="cache")


@app.route("/score", methods=["POST"])
def score():
    body = request.get_data()
    frame = pickle.loads(body)  # expect: code.pickle-untrusted
    return {"score": float(frame.mean())}


@app.route("/restore")
def restore():
    token = request.args["state"]
    raw = base64.urlsafe_b64decode(token.encode())
    return str(pickle.loads(raw))  # expect: code.pickle-untrusted


def fetch(url):
    resp = requests.get(url, timeout=10)
    resp.raise_for_status()
    return pickle.loads(resp.content)  # expect: code.pickle-untrusted


def from_cache(key):
    hit = cache.get(key)
    if hit is not None:
        return cloudpickle.loads(hit)  # expect: code.pickle-untrusted
    return None


def worker(port):
    with socket.create_server(("127.0.0.1", port)) as server:
        conn, _ = server.accept()
        chunks = []
        while True:
            part = conn.recv(4096)
            if not part:
                break
            chunks.append(part)
        return pickle.loads(b"".join(chunks))  # expect: code.pickle-untrusted
