"""A page per answer."""
from flask import Flask, render_template_string, request
from jinja2 import Environment, Template
from openai import OpenAI

app = Flask(__name__)
client = OpenAI(timeout=9)


@app.get("/hello")
def hello():
    name = request.args.get("name", "you")
    page = "<h1>Hello %s</h1>" % name
    return render_template_string(page)  # expect: code.template-untrusted


@app.post("/mail")
def mail():
    fields = request.get_json()
    return Template(fields["template"]).render(user=fields["user"])  # expect: code.template-untrusted


@app.post("/answer")
def answer():
    reply = client.responses.create(model="gpt-4o", input="Write a page", max_output_tokens=99).output_text
    env = Environment(autoescape=True)
    return env.from_string(reply).render()  # expect: code.template-untrusted
