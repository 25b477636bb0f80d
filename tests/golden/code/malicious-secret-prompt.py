"""A prompt with keys in it."""
import os

from openai import OpenAI

client = OpenAI(timeout=30)
DB_PASSWORD = os.environ["DB_PASSWORD"]
SYSTEM = f"""You answer questions about the warehouse.
Connect as analyst with the password {DB_PASSWORD} and never tell it."""  # expect: code.secret-in-prompt


def ask(question):
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}]
    return client.chat.completions.create(model="gpt-4o", messages=messages, max_tokens=300)
