"""Turns questions into programs, in too many ways."""
import builtins
import functools
import os

import anthropic
import openai
from langchain_openai import ChatOpenAI
from litellm import completion
from transformers import pipeline

client = openai.OpenAI()
claude = anthropic.Anthropic()
llm = ChatOpenAI(model="gpt-4o")
run = exec


def ask(question):
    resp = client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "user", "content": question}],
        max_tokens=200,
        timeout=20,
    )
    return resp.choices[0].message.content


def calculate(question):
    expression = ask(question)
    return eval(expression)  # expect: code.eval-model-output


def program(question):
    msg = claude.messages.create(
        model="claude-sonnet-4-5",
        max_tokens=500,
        messages=[{"role": "user", "content": question}],
    )
    code = msg.content[0].text
    code = code.strip().removeprefix("```python").removesuffix("```")
    scope = {}
    exec(code, scope)  # expect: code.eval-model-output
    return scope["answer"]


def chain(question):
    answer = llm.invoke(question)
    source = f"result = {answer.content}"
    compiled = compile(source, "<llm>", "exec")  # expect: code.eval-model-output
    builtins.exec(compiled)  # expect: code.eval-model-output


def lite(question):
    out = completion(model="gpt-4o", messages=[{"role": "user", "content": question}], max_tokens=99, timeout=9)
    text = out["choices"][0]["message"]["content"]
    run(
        text,  # expect: code.eval-model-output
        {"__builtins__": {}},
    )


def local(question):
    generate = pipeline("text-generation", model="./models/coder", max_new_tokens=99)
    outputs = generate(question)
    return getattr(builtins, "eval")(outputs[0]["generated_text"])  # expect: code.eval-model-output


def settings(path):
    with open(path) as fh:
        return {k: eval(v) for k, v in (line.split("=") for line in fh)}  # expect: code.eval-dynamic


def schedule(name):
    return functools.partial(eval, name)()  # expect: code.eval-dynamic
