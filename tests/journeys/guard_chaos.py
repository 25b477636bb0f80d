#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""guard_chaos.py PORT WHAT [N] - clients in trouble. Prints one line; exit 1 if it is not as it should be.

cut N      N event streams, during which the upstream is killed: each is seen to be cut, none looks whole
whole N    N event streams, during which other things happen: each is whole
half       a client that has nothing more to say, and says so (half closed): it gets its answer
slow N     N clients that ask for 20 MB and read nothing for two seconds, while another is served as ever
flood N    N connections at once that say nothing; in the end the gateway serves again"""
import socket
import sys
import threading
import time

PORT, WHAT = int(sys.argv[1]), sys.argv[2]
N = int(sys.argv[3]) if len(sys.argv) > 3 else 1


def connect():
    return socket.create_connection(("127.0.0.1", PORT), timeout=60)


def ask(s, path):
    s.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())


def read_all(s):
    out = b""
    try:
        while piece := s.recv(65536):
            out += piece
    except ConnectionResetError:
        out += b"[reset]"
    return out


def all_of(work):
    results = []
    threads = [threading.Thread(target=lambda: results.append(work())) for _ in range(N)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return results


def one_stream():
    with connect() as s:
        ask(s, "/sse?60")
        return read_all(s)


def is_whole(out):
    return out.startswith(b"HTTP/1.1 200 ") and out.count(b"data: {") == 60 and out.endswith(b"0\r\n\r\n")


def cut():
    got = all_of(one_stream)
    begun = sum(b"data: {" in g for g in got)
    ended = sum(g.endswith(b"0\r\n\r\n") for g in got)
    print(f"{begun} of {N} had begun, {ended} look whole")
    return begun == N and ended == 0


def whole():
    got = all_of(one_stream)
    print(f"{sum(map(is_whole, got))} of {N} are whole")
    return all(map(is_whole, got))


def half():
    with connect() as s:
        ask(s, "/late")
        s.shutdown(socket.SHUT_WR)
        out = read_all(s)
    print(out[:15])
    return out.startswith(b"HTTP/1.1 200 ")


def slow():
    sockets = [connect() for _ in range(N)]
    for s in sockets:
        ask(s, "/big")
    start, longest = time.time(), 0
    while time.time() - start < 2:
        begin = time.time()
        with connect() as s:
            ask(s, "/x")
            assert read_all(s).startswith(b"HTTP/1.1 200 ")
        longest = max(longest, time.time() - begin)
    sizes = [len(read_all(s).split(b"\r\n\r\n", 1)[1]) for s in sockets]
    print(f"{len(sizes)} slow ones got {set(sizes)} bytes; the other waited {longest:.2f} s at most")
    return set(sizes) == {256 * 81920} and longest < 2


def flood():
    sockets = []
    for _ in range(N):
        s = socket.socket()
        s.setblocking(False)
        s.connect_ex(("127.0.0.1", PORT))
        sockets.append(s)
    time.sleep(1)
    [s.close() for s in sockets]
    for _ in range(50):
        try:
            with connect() as s:
                s.settimeout(2)
                ask(s, "/x")
                if read_all(s).startswith(b"HTTP/1.1 200 "):
                    print("served again")
                    return True
        except OSError:
            pass
        time.sleep(0.1)
    print("not served any more")
    return False


sys.exit(0 if {"cut": cut, "whole": whole, "half": half, "slow": slow, "flood": flood}[WHAT]() else 1)
