#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""guard_upstream.py NAME [PORT [CERT KEY [CA]]] - a model server that also misbehaves, by path. Prints its port.

/sse N events 50 ms apart     /big 20 MB      /die in the middle of a chunk     /hang never answers
/late after 300 ms            /close until the end of the connection            anything else: an echo
/v1/chat/completions says, as OpenAI's API does, whole or streamed, what stands behind "say " in the last message, without _
It answers with its NAME in x-upstream, and counts connections at /connections."""
import guard_http
import http.server
import json
import os
import socketserver
import ssl
import sys
import time

NAME = sys.argv[1]
connections = 0


class Handler(guard_http.Handler):
    def setup(self):
        global connections
        connections += 1
        super().setup()

    def head(self, *fields, status=200):
        self.send_response(status)
        self.send_header("X-Upstream", NAME)
        for name, value in fields:
            self.send_header(name, value)
        self.end_headers()

    def whole(self, body):
        self.head(("Content-Length", str(len(body))), ("Content-Type", "application/octet-stream"))
        self.wfile.write(body)

    def chat(self, question):
        text = question["messages"][-1]["content"].partition("say ")[2].replace("_", "") or "well"
        if not question.get("stream"):
            answer = {"id": "c1", "object": "chat.completion", "model": question.get("model"), "choices": [
                {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}]}
            body = json.dumps(answer).encode()
            self.head(("Content-Length", str(len(body))), ("Content-Type", "application/json"))
            self.wfile.write(body)
            return
        self.head(("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked"))
        for i in range(0, len(text), 4):
            piece = {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text[i:i + 4]}}]}
            self.chunk(b"data: " + json.dumps(piece).encode() + b"\n\n")
        self.chunk(b"data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def do_GET(self):
        body, path = self.body(), self.path.split("?")[0]
        if path == "/sse":
            self.head(("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked"))
            for i in range(int((self.path.split("?") + ["20"])[1])):
                self.chunk(b"data: {\"n\": %d, \"text\": \"\xc3\xa4\"}\n\n" % i)
                time.sleep(0.05)
            self.chunk(b"data: [DONE]\n\n")
            self.wfile.write(b"0\r\n\r\n")
        elif path == "/die":
            self.head(("Transfer-Encoding", "chunked"))
            self.wfile.write(b"5\r\nhello\r\n64\r\nhalf")
            self.wfile.flush()
            self.connection.shutdown(2)
        elif path == "/hang":
            time.sleep(3600)
        elif path == "/late":
            time.sleep(0.3)
            self.whole(NAME.encode())
        elif path == "/close":
            self.close_connection = True
            self.head(("Connection", "close"))
            self.wfile.write(b"until the end")
        elif path == "/big":
            self.whole(bytes(range(256)) * 81920)
        elif path == "/v1/chat/completions":
            self.chat(json.loads(body))
        elif path == "/connections":
            self.whole(b"%d" % connections)
        elif path == "/headers":
            self.whole(str(self.headers).encode())
        elif path == "/health":
            self.head(("Content-Length", "0"), status=503 if os.path.exists(NAME + ".sick") else 200)
        else:
            self.whole(body or self.path.encode())

    do_POST = do_PUT = do_GET


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, address):
        pass


port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
server = Server(("127.0.0.1", port), Handler)
if len(sys.argv) > 4:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    if len(sys.argv) > 5:
        context.load_verify_locations(sys.argv[5])
        context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
server.serve_forever()
