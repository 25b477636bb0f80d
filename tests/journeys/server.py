#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A small HTTP server with the faults that a downloader must live through. Prints its port.

/plain/NAME    the bytes of NAME with an ETag, ranges honoured
/cut/NAME      the first answers end in the middle, ranges honoured
/noranges/NAME the first answer ends in the middle, ranges ignored afterwards
/changed/NAME  the first answer is cut; afterwards another version with another ETag
/wrongrange/NAME  206, but from another place than was asked for
/liar/NAME     other bytes of the same length
/busy/NAME     503 twice, then the bytes      /gone/NAME  404       /always503/NAME
/redirect/NAME to /plain/NAME                 /loop        to itself
/elsewhere/NAME  to the same server under another name of it, so another origin
/silent/NAME   half of it, then nothing       /endless     without length, without end
The bytes of NAME are made from NAME: 200,000 of them. /log gives the requests so far, as lines.
"""
import hashlib
import http.server
import sys
import threading
import time

LOG, COUNT, LOCK = [], {}, threading.Lock()


def content(name, version=0):
    out, block = b"", f"{name}/{version}".encode()
    while len(out) < 200_000:
        block = hashlib.sha256(block).digest()
        out += block
    return out[:200_000]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def bytes(self, body, etag='"one"', cut=None, ranges=True, start=None):
        asked = self.headers.get("Range", "")
        first = 0
        if_range = self.headers.get("If-Range")
        if ranges and asked.startswith("bytes=") and if_range in (None, etag):
            first = int(asked[6:].rstrip("-"))
        if first >= len(body):
            return self.short(416)
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(len(body) - first))
        self.send_header("ETag", etag)
        if first:
            shown = first if start is None else start
            self.send_header("Content-Range", f"bytes {shown}-{len(body) - 1}/{len(body)}")
        self.end_headers()
        rest = body[first:]
        self.wfile.write(rest if cut is None else rest[:cut])
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True

    def short(self, status, text=b"no\n", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self):
        _, kind, *rest = self.path.split("?")[0].split("/")
        name = rest[-1] if rest else ""
        with LOCK:
            COUNT[self.path] = n = COUNT.get(self.path, 0) + 1
            if kind != "log":
                LOG.append(f"{self.path} {self.headers.get('Range', '-')} {self.headers.get('If-Range', '-')}")
        body = content(name)
        if kind == "log":
            self.short(200, ("\n".join(LOG) + "\n").encode())
        elif kind == "plain":
            self.bytes(body)
        elif kind == "cut":
            self.bytes(body, cut=60_000 if n < 4 else None)
        elif kind == "noranges":
            self.bytes(body, cut=60_000 if n < 2 else None, ranges=n < 2)
        elif kind == "changed":
            if n == 1:
                self.bytes(content(name, 1), etag='"old"', cut=60_000)
            else:
                self.bytes(body, etag='"new"')
        elif kind == "wrongrange":
            self.bytes(body, cut=60_000 if n < 2 else None, start=7 if n == 2 else None, ranges=n <= 2)
        elif kind == "liar":
            self.bytes(content(name, 9))
        elif kind == "busy" and n < 3:
            self.short(503, Retry_After="1") if n == 1 else self.short(503)
        elif kind == "busy":
            self.bytes(body)
        elif kind == "always503":
            self.short(503)
        elif kind == "redirect":
            self.short(302, Location=f"/plain/{name}")
        elif kind == "loop":
            self.short(301, Location="/loop")
        elif kind == "elsewhere":
            port = self.server.server_address[1]
            self.short(302, Location=f"http://localhost:{port}/plain/{name}")
        elif kind == "file":
            self.short(302, Location="file:///etc/passwd")
        elif kind == "silent":
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[:50_000])
            self.wfile.flush()
            time.sleep(30)
        elif kind == "endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                self.close_connection = True
        else:
            self.short(404)


def main():
    if len(sys.argv) > 1:  # server.py NAME...: hashes of what it will give
        for name in sys.argv[1:]:
            print(name, *[kind + "=" + hashlib.new(kind, content(name)).hexdigest() for kind in ("sha256", "sha512", "md5")])
        return
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda request, address: None  # clients that go away are the point
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
