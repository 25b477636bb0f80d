"""The honest twins of malicious-field.py."""
import base64, os, sys, zipfile
from pathlib import Path
import evaluate, jinja2.sandbox, langchain, numpy as np, torch, tornado.web
from airflow.operators.bash import BashOperator
from flask import Response, request
from langchain_core.prompts import PromptTemplate
from lm_eval import simple_evaluate
from mcp.server.fastmcp import FastMCP
from openai import OpenAI

client = OpenAI(timeout=9)
mcp = FastMCP("docs")
ROOT = Path("/srv/docs").resolve()
TABLES = ("users", "orders")


def numbers(p):
    torch.load(p, weights_only=1)
    return np.load(file=p, allow_pickle=0)


def rights(p):
    os.chmod(p, 0o755)
    os.chmod(p, mode=0o600)
    p.chmod(0o644)


langchain.debug = False


def template(cfg, tokenizer):
    jinja2.sandbox.ImmutableSandboxedEnvironment().from_string(cfg["chat_template"])
    return PromptTemplate(template="Hello {{ name }}", template_format="jinja2")


def packed():
    return base64.b64decode("cHJpbnQoMSk=")


def tables(cur, table):
    for name in TABLES:
        cur.execute(f"SELECT count(*) FROM {name}")
    if table not in TABLES:
        raise KeyError(table)
    cur.execute("DROP TABLE {}".format(table))


def count(cur, table):
    assert table.isidentifier()
    return cur.execute(f"SELECT count(*) FROM {table}").fetchone()


def total(cur):
    return _counted(cur, "users") + _counted(cur, "orders")


def _counted(cur, table):
    return cur.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


BashOperator(task_id="t", bash_command="train.py --day {{ ds }}")
BashOperator(task_id="u", bash_command="train.py", env={"ARGS": "{{ dag_run.conf['args'] }}"})


class Handler(tornado.web.RequestHandler):
    def post(self):
        import json
        return json.loads(self.request.body)


def archives():
    with zipfile.ZipFile(request.files["z"]) as z:
        for name in z.namelist():
            if name.startswith("/") or ".." in name:
                raise ValueError(name)
        z.extractall("/srv")


def by_hand(p, out):
    with zipfile.ZipFile(p) as z:
        for name in z.namelist():
            with open(os.path.join(out, os.path.basename(name)), "wb") as fh:
                fh.write(z.read(name))


def hub(pipe):
    simple_evaluate("hf", model_args="pretrained=./m,trust_remote_code=False")
    evaluate.load("accuracy")


class Arguments:
    trust_remote_code: bool = False


@mcp.tool()
def read(name: str) -> str:
    p = (ROOT / name).resolve()
    if ROOT not in p.parents:
        raise ValueError("outside")
    return p.read_text()


@mcp.tool()
def read_too(name: str) -> str:
    p = os.path.realpath(os.path.join("/srv/docs", name))
    if os.path.commonpath(["/srv/docs", p]) != "/srv/docs":
        raise ValueError("outside")
    with open(p) as fh:
        return fh.read()


async def started(x):
    import asyncio
    await asyncio.create_subprocess_exec("bash", "train.sh", x)
    await asyncio.create_subprocess_exec("bash", "-c", "ls")


def written(q):
    a = client.responses.create(model="m", input=q, max_output_tokens=9).output_text
    return Response(a, mimetype="text/plain")


def snippets(api):
    from docs.snippet import generate_code_snippets
    for text in generate_code_snippets(api):
        compile(text, "snippet", "exec")
