"""Logs in everywhere, with keys from elsewhere."""
import getpass
import os

import wandb
from dotenv import load_dotenv
from huggingface_hub import login
from openai import OpenAI

load_dotenv()
HF_TOKEN = os.getenv("HF_TOKEN")
local = OpenAI(base_url="http://localhost:11434/v1", api_key="ollama")
dummy = OpenAI(base_url="http://localhost:8000/v1", api_key="EMPTY")
client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])
example = OpenAI(api_key="<your key here>")
placeholder = OpenAI(api_key="YOUR_API_KEY")


def start():
    wandb.login(key=getpass.getpass())
    login(token=HF_TOKEN)


def test_client():
    return OpenAI(api_key="sk-test")
