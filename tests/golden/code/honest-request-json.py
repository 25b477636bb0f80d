"""Feature server: clients post JSON, the answer is a label."""
import base64
import json

import redis
import requests
from flask import Flask, jsonify, request
from pydantic import BaseModel

app = Flask(__name__)
cache = redis.Redis(host="cache")


class Frame(BaseModel):
    values: list[float]


@app.route("/score", methods=["POST"])
def score():
    frame = Frame.model_validate_json(request.get_data())
    return jsonify(label="high" if sum(frame.values) > 1 else "low")


@app.route("/restore")
def restore():
    raw = base64.urlsafe_b64decode(request.args["state"].encode())
    return jsonify(json.loads(raw))


def fetch(url):
    resp = requests.get(url, timeout=10)
    resp.raise_for_status()
    return resp.json()


def from_cache(key):
    hit = cache.get(key)
    return json.loads(hit) if hit is not None else None
