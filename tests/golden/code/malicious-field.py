"""Spellings that projects really use: numbers for truth, names of tables, code that is packed, requests of other frameworks."""
import base64, builtins, io, marshal, os, sys, types, zipfile, zlib
import jinja2, langchain, numpy as np, torch, tornado.web
import evaluate, replicate
from airflow.operators.bash import BashOperator
from flask import Response, request
from langchain_core.prompts import PromptTemplate
from lm_eval import simple_evaluate
from openai import OpenAI
from stat import S_IRWXU, S_IRWXG, S_IRWXO
from transformers import AutoModel

client = OpenAI(timeout=9)


def numbers(p):
    torch.load(p, weights_only=0)  # expect: code.torch-load-unsafe=high
    return np.load(file=p, allow_pickle=1)  # expect: code.numpy-allow-pickle=high


def rights(p):
    os.chmod(p, 0o777)  # expect: code.world-writable=medium
    os.chmod(p, mode=0o666)  # expect: code.world-writable=medium
    p.chmod(0o777)  # expect: code.world-writable=medium


langchain.debug = True  # expect: code.prompt-logged=low
langchain.globals.set_debug(True)  # expect: code.prompt-logged=low


def template(cfg, tokenizer):
    jinja2.Environment().from_string(cfg["chat_template"])  # expect: code.chat-template-unsafe=low
    jinja2.Template(tokenizer.chat_template)  # expect: code.chat-template-unsafe=low
    return PromptTemplate(template=cfg["t"], template_format="jinja2")  # expect: code.template-untrusted=high


def packed():
    exec(base64.b64decode("cHJpbnQoMSk="))  # expect: code.eval-dynamic=high
    exec(zlib.decompress(base64.b64decode(b"eJwrKMrMK9Ew1AQADWUCaA==")))  # expect: code.eval-dynamic=high
    exec(compile(open(sys.argv[1]).read(), sys.argv[1], "exec"))  # expect: code.eval-dynamic=high
    code = marshal.loads(open(sys.argv[1], "rb").read())  # expect: code.marshal-load=high
    return types.FunctionType(code, globals())  # expect: code.marshal-load=high


def tables(cur, table, stmt):
    cur.execute("DROP TABLE {}".format(table))  # expect: code.sql-built=high
    cur.execute(f"SELECT count(*) FROM {table}")  # expect: code.sql-built=high
    cur.execute("TRUNCATE TABLE " + table)  # expect: code.sql-built=high


BashOperator(task_id="t", bash_command="train.py {{ dag_run.conf['args'] }}")  # expect: code.shell-dynamic=high
BashOperator(task_id="u", bash_command=f"train.py {{{{ params.args }}}}")  # expect: code.shell-dynamic=high


class Handler(tornado.web.RequestHandler):
    def post(self):
        import pickle
        return pickle.loads(self.request.body)  # expect: code.pickle-untrusted=critical


class Socket(tornado.websocket.WebSocketHandler):
    def on_message(self, message):
        eval(message)  # expect: code.eval-dynamic=critical


def archives():
    zipfile.ZipFile(io.BytesIO(request.data)).extractall("/srv")  # expect: code.archive-extract=medium
    with zipfile.ZipFile(request.files["z"]) as z:
        z.extractall("/srv")  # expect: code.archive-extract=medium


def by_hand(p, out):
    with zipfile.ZipFile(p) as z:
        for name in z.namelist():
            with open(os.path.join(out, name), "wb") as fh:  # expect: code.path-untrusted=medium
                fh.write(z.read(name))


def hub(pipe):
    simple_evaluate("hf", model_args="pretrained=org/m,trust_remote_code=True")  # expect: code.trust-remote-code=high
    evaluate.load("org/metric")  # expect: code.hub-unpinned=medium
    pipe.safety_checker = lambda images, **kw: (images, [False] * len(images))  # expect: code.guardrail-off=medium


class Arguments:
    trust_remote_code: bool = True  # expect: code.trust-remote-code=high


def shells(x):
    os.execvp("sh", ["sh", "-c", "echo " + x])  # expect: code.shell-dynamic=high


async def started(x):
    import asyncio
    await asyncio.create_subprocess_exec("bash", "-c", x)  # expect: code.shell-dynamic=high


def written(q):
    exec("".join(replicate.run("meta/llama", input={"prompt": q})))  # expect: code.eval-model-output=critical
    a = client.responses.create(model="m", input=q, max_output_tokens=9).output_text
    return Response("<div>" + a + "</div>", mimetype="text/html")  # expect: code.html-model-output=medium
