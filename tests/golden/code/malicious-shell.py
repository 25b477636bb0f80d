"""An assistant with a terminal."""
import asyncio
import os
import subprocess
import sys
from os import system
from subprocess import check_output as sh

import ollama
from anthropic import Anthropic

client = Anthropic()
SHELL = {"shell": True, "text": True}


def suggest(task):
    reply = client.messages.create(model="claude-sonnet-4-5", max_tokens=300, messages=[{"role": "user", "content": task}])
    return reply.content[0].text


def act(task):
    command = suggest(task)
    print("running", command)
    return subprocess.run(
        command,  # expect: code.shell-model-output
        shell=True,
        capture_output=True,
    )


def act_again(task):
    for line in suggest(task).splitlines():
        os.system(line)  # expect: code.shell-model-output


def act_local(task):
    answer = ollama.chat(model="llama3", messages=[{"role": "user", "content": task}])
    cmd = answer["message"]["content"]
    return subprocess.check_output(["bash", "-c", cmd])  # expect: code.shell-model-output


def tools(task):
    reply = client.messages.create(model="claude-sonnet-4-5", max_tokens=300, tools=[], messages=[])
    for block in reply.content:
        if block.type == "tool_use" and block.name == "bash":
            yield os.popen(block.input["command"]).read()  # expect: code.shell-model-output


async def act_async(task):
    proc = await asyncio.create_subprocess_shell(suggest(task))  # expect: code.shell-model-output
    await proc.wait()


def convert(path):
    subprocess.call(f"ffmpeg -i {path} out.wav", shell=True)  # expect: code.shell-dynamic


def archive(folder):
    return sh("tar czf out.tgz " + folder, **SHELL)  # expect: code.shell-dynamic


def train(args):
    system("python train.py --lr {}".format(args.lr))  # expect: code.shell-dynamic


def install(package):
    subprocess.check_call([sys.executable, "-m", "pip", "install", package])  # expect: code.pip-install-runtime


def index():
    os.system("pip install --extra-index-url http://pypi.example.org mylib==1.0")  # expect: code.pip-install-runtime
