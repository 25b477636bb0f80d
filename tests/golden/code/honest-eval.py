"""Turns questions into values."""
import ast
import json
import re

import openai
from pydantic import BaseModel

client = openai.OpenAI()


class Plan(BaseModel):
    tool: str
    city: str


def ask(question):
    resp = client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "user", "content": question}],
        max_tokens=200,
        timeout=20,
    )
    return resp.choices[0].message.content


def numbers(question):
    return ast.literal_eval(ask(question))


def plan(question):
    return Plan.model_validate_json(ask(question))


def total(question):
    found = json.loads(ask(question))
    return sum(float(x) for x in found["values"])


def evaluate(model, loader):
    model.eval()
    return [model(batch) for batch in loader]


def evaluate_metric(metric):
    return metric.compute()


def fixed():
    return eval("1 + 1")


PATTERN = re.compile(r"\d+")


class Session:
    def exec(self, statement):
        return statement

    def eval(self, text):
        return len(text)


def query(session, question):
    return session.exec(ask(question)), Session().eval(question)
