"""A support assistant behind Flask: users stay in their role."""
import logging
from enum import Enum

from flask import Flask, abort, jsonify, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=30)
log = logging.getLogger(__name__)
LANGUAGES = {"en": "English", "de": "German"}


class Tone(Enum):
    FRIENDLY = "friendly"
    FORMAL = "formal"


@app.post("/chat")
def chat():
    data = request.get_json()
    language = LANGUAGES.get(data.get("language"), "English")
    tone = Tone(data.get("tone", "friendly")).value
    messages = [
        {"role": "system", "content": f"Answer in {language}, in a {tone} tone."},
        {"role": "user", "content": data["message"]},
    ]
    log.info("chat of %d characters", len(data["message"]))
    out = client.chat.completions.create(model="gpt-4o", messages=messages, max_tokens=300)
    return jsonify(reply=out.choices[0].message.content)


@app.post("/style")
def style():
    style = request.json["style"]
    if style not in ("short", "long"):
        abort(400)
    messages = [{"role": "system", "content": "Answers are " + style}, {"role": "user", "content": request.json["q"]}]
    out = client.chat.completions.create(model="gpt-4o", messages=messages, max_tokens=300)
    return jsonify(reply=out.choices[0].message.content)


def train(model, x, y):
    model.partial_fit(x, y)
    return model
