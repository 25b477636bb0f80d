"""A support assistant behind Flask."""
import logging

from flask import Flask, jsonify, request
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=30)
log = logging.getLogger(__name__)
SYSTEM = "You are the assistant of {company}. The customer is called {name}."


@app.post("/chat")
def chat():
    data = request.get_json()
    persona = data.get("persona", "friendly")
    messages = [
        {
            "role": "system",
            "content": f"You are a {persona} assistant.",  # expect: code.system-prompt-user-input
        },
        {"role": "user", "content": data["message"]},
    ]
    out = client.chat.completions.create(model="gpt-4o", messages=messages, max_tokens=300)
    return jsonify(reply=out.choices[0].message.content)


@app.post("/support")
def support():
    name = request.form["name"]
    system = SYSTEM.format(company="Acme", name=name)
    messages = [dict(role="system", content=system)]  # expect: code.system-prompt-user-input
    messages.append({"role": "user", "content": request.form["text"]})
    out = client.chat.completions.create(model="gpt-4o", messages=messages, max_tokens=300)
    return jsonify(reply=out.choices[0].message.content)


@app.post("/learn")
def learn():
    example = request.json
    model.partial_fit([example["x"]], [example["y"]])  # expect: code.online-learning
    return jsonify(ok=True)
