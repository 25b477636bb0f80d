#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""guard_client.py PORT WHAT [N] - clients that curl is not. Prints one line; exit 1 if it is not as it should be.

churn N    N connections, one request each, eight at a time; some leave before their answer
slow       one that reads 20 MB in small bites
streams N  N event streams at once, each complete and in order
half       one that closes its side behind its question, and listens on: prints the answer
flood N    N exchanges with many matches; prints how many of each status"""
import collections
import http.client
import json
import socket
import sys
import threading
import time

PORT, WHAT = int(sys.argv[1]), sys.argv[2]
N = int(sys.argv[3]) if len(sys.argv) > 3 else 1


def connect():
    return socket.create_connection(("127.0.0.1", PORT), timeout=60)


def ask(s, path, more=""):
    s.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n".encode())


def read_all(s):
    out = b""
    while True:
        piece = s.recv(65536)
        if not piece:
            return out
        out += piece


def churn():
    wrong, left, lock = [], [N], threading.Lock()

    def work():
        while True:
            with lock:
                left[0] -= 1
                i = left[0]
            if i < 0:
                return
            try:
                with connect() as s:
                    ask(s, f"/merlon/health?{i}" if i % 3 else f"/x{i}", "Connection: close\r\n")
                    if i % 7 == 0:
                        continue
                    answer = read_all(s)
                if not answer.startswith(b"HTTP/1.1 200 "):
                    wrong.append(answer[:200])
            except OSError as e:
                wrong.append(e)

    threads = [threading.Thread(target=work) for _ in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    print(f"{N} connections, {len(wrong)} wrong {wrong[:3]}")
    return not wrong


def slow():
    with connect() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 131072)
        ask(s, "/big", "Connection: close\r\n")
        time.sleep(0.5)
        out = read_all(s)
    body = out.split(b"\r\n\r\n", 1)[1]
    print(f"{len(body)} bytes")
    return body == bytes(range(256)) * 81920


def dechunk(data):
    out = b""
    while True:
        line, data = data.split(b"\r\n", 1)
        n = int(line, 16)
        if not n:
            return out
        out, data = out + data[:n], data[n + 2:]


def streams():
    good = []

    def work():
        with connect() as s:
            ask(s, "/sse?30", "Connection: close\r\n")
            out = read_all(s)
        events = dechunk(out.split(b"\r\n\r\n", 1)[1])
        want = b"".join(b"data: {\"n\": %d, \"text\": \"\xc3\xa4\"}\n\n" % i for i in range(30)) + b"data: [DONE]\n\n"
        good.append(events == want)

    threads = [threading.Thread(target=work) for _ in range(N)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    print(f"{sum(good)} of {N} streams are whole")
    return len(good) == N and all(good)


def half():
    body = json.dumps({"stream": True, "messages": [{"role": "user", "content": "do:slow"}]})
    with connect() as s:
        s.sendall(f"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
        s.shutdown(socket.SHUT_WR)
        print(read_all(s).decode())
    return True


def flood():
    text = [{"role": "user", "content": f"mail a{i}.person@corp-mail.org"} for i in range(24)]
    body, seen = json.dumps({"model": "m", "messages": text}), collections.Counter()
    for i in range(N):
        if i % 50 == 0:
            c = http.client.HTTPConnection("127.0.0.1", PORT, timeout=20)
        c.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
        r = c.getresponse()
        r.read()
        seen[r.status] += 1
    print(json.dumps(seen))
    return True


sys.exit(0 if {"half": half, "flood": flood, "churn": churn, "slow": slow, "streams": streams}[WHAT]() else 1)
