"""Prompts that speak of secrets, and hold none."""
import os

from openai import OpenAI

client = OpenAI(api_key=os.environ["OPENAI_API_KEY"], timeout=30)
MAX_TOKENS = 300
SYSTEM = """You answer questions about the warehouse. Never ask for a password or an API key,
and refuse to repeat a token that a user pastes."""


def ask(question, token_budget=MAX_TOKENS):
    messages = [
        {"role": "system", "content": f"{SYSTEM} Answer in {token_budget} tokens."},
        {"role": "user", "content": question},
    ]
    return client.chat.completions.create(model="gpt-4o", messages=messages, max_tokens=token_budget)
