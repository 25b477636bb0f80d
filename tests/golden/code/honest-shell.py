"""Runs fixed programs."""
import os
import shlex
import subprocess
import sys

from anthropic import Anthropic

client = Anthropic()
CHECK = "nvidia-smi --query-gpu=memory.used --format=csv"
ACTIONS = {"status": ["git", "status"], "log": ["git", "log", "-3"]}


def suggest(task):
    reply = client.messages.create(model="claude-sonnet-4-5", max_tokens=20, timeout=9, messages=[{"role": "user", "content": task}])
    return reply.content[0].text


def act(task):
    name = suggest(task).strip()
    if name not in ACTIONS:
        raise ValueError(name)
    return subprocess.run(ACTIONS[name], check=True, capture_output=True)


def gpu():
    return subprocess.check_output(CHECK, shell=True)


def convert(path):
    return subprocess.run(["ffmpeg", "-i", path, "out.wav"], check=True)


def quoted(path):
    return subprocess.run("wc -l " + shlex.quote(path), shell=True, check=True)


def clear():
    os.system("clear" if os.name == "posix" else "cls")


def train(lr, epochs):
    subprocess.run([sys.executable, "train.py", "--lr", str(lr), "--epochs", str(epochs)], check=True)


def version():
    return subprocess.run("git rev-parse HEAD", shell=True, capture_output=True).stdout
