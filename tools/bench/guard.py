# SPDX-License-Identifier: Apache-2.0
"""The gateway beside nginx as a reverse proxy, in turn, in one run: processor time per request, added time, memory.

Upstream: nginx with a JSON answer of 1 KB and an event stream of 9 KB that is sent at once. Load: wrk, 64 connections
that are kept, POST of about 850 bytes. Proxy on one processor, the rest on the other. Needs nginx and wrk."""
import os
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time

SECONDS = os.environ.get("SECONDS_EACH", "2")
TICK = os.sysconf("SC_CLK_TCK")

NGINX = """daemon off; master_process off; pid {dir}/{name}.pid; error_log {dir}/{name}.err;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000;
  client_body_temp_path {dir}/{name}b; proxy_temp_path {dir}/{name}p; fastcgi_temp_path {dir}/{name}f;
  uwsgi_temp_path {dir}/{name}u; scgi_temp_path {dir}/{name}s; {rest} }}
"""
UPSTREAM = """server {{ listen 127.0.0.1:{port};
  location = /json {{ alias {dir}/json; default_type application/json; error_page 405 =200 $uri; }}
  location = /sse {{ alias {dir}/sse; default_type text/event-stream; error_page 405 =200 $uri; }} }}"""
PROXY = """upstream u {{ server 127.0.0.1:{up}; keepalive 64; keepalive_requests 100000000; }}
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://u; proxy_http_version 1.1;
    proxy_set_header Connection ""; proxy_buffering {buffering}; }} }}"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Rig:
    def __init__(self, merlon):
        self.dir, self.started, self.merlon = tempfile.mkdtemp(), [], merlon
        with open(f"{self.dir}/json", "w") as f:
            f.write('{"id":"chatcmpl-1","choices":[{"message":{"role":"assistant","content":"%s"}}]}' % ("a" * 940))
        with open(f"{self.dir}/sse", "w") as f:
            f.write('data: {"choices":[{"delta":{"content":"%s"}}]}\n\n' % ("x" * 133) * 50)
        with open(f"{self.dir}/post.lua", "w") as f:
            f.write('wrk.method="POST"\nwrk.headers["Content-Type"]="application/json"\n'
                    'wrk.headers["Authorization"]="Bearer sk-0123456789"\n'
                    'wrk.body=\'{"model":"m","messages":[{"role":"user","content":"%s"}]}\'\n' % ("b" * 640))
        self.up = self.nginx("up", "0", UPSTREAM)[0]

    def start(self, cpu, command):
        p = subprocess.Popen(["taskset", "-c", cpu, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.started.append(p)
        return p

    def nginx(self, name, cpu, text, **more):
        port = free_port()
        rest = text.format(port=port, dir=self.dir, **more)
        with open(f"{self.dir}/{name}.conf", "w") as f:
            f.write(NGINX.format(dir=self.dir, name=name, rest=rest))
        return port, self.start(cpu, ["nginx", "-p", self.dir, "-c", f"{self.dir}/{name}.conf"])

    def guard(self, up, cpu="1"):
        port = free_port()
        return port, self.start(cpu, [self.merlon, "guard", "-j1", "--listen", f"127.0.0.1:{port}", "--upstream",
                                      f"http://127.0.0.1:{up}"])

    def stop(self):
        for p in self.started:
            p.kill()
            p.wait()
        shutil.rmtree(self.dir)


def wait_for(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.02)


def cpu_of(process):
    with open(f"/proc/{process.pid}/stat") as f:
        fields = f.read().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def pss_mib(process):
    with open(f"/proc/{process.pid}/smaps_rollup") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("Pss:")) / 1024


def load(rig, port, process, path):
    """Microseconds of processor time per request."""
    before = cpu_of(process)
    out = subprocess.run(["taskset", "-c", "0", "wrk", "-t1", "-c64", f"-d{SECONDS}s", "-s", f"{rig.dir}/post.lua",
                          f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True).stdout
    spent = cpu_of(process) - before
    if "Non-2xx" in out or "Socket errors" in out:
        raise RuntimeError(out)
    return spent * 1e6 / int(re.search(r"(\d+) requests in", out).group(1))


def latency(port, path, count=200):
    """Milliseconds of a request, one after the other over one connection: the fastest tenth, because a busy machine
    takes the processor away for longer than a request lasts."""
    times = []
    body = b'{"model":"m","messages":[{"role":"user","content":"' + b"b" * 640 + b'"}]}'
    request = (b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
               % (path.encode(), len(body))) + body
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            start = time.perf_counter()
            s.sendall(request)
            got = b""
            while not (got.endswith(b"0\r\n\r\n") or whole(got)):
                got += s.recv(65536)
            times.append((time.perf_counter() - start) * 1e3)
            time.sleep(0.0005)
    return sorted(times)[len(times) // 10]


def whole(got):
    end = got.find(b"\r\n\r\n")
    length = re.search(rb"Content-Length: (\d+)", got[:end])
    return end >= 0 and length and len(got) >= end + 4 + int(length.group(1))


def slow_streams(stop):
    """A server whose streams go on until `stop` is set; its port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)

    def serve(s):
        s.recv(65536)
        s.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        try:
            while not stop.is_set():
                s.sendall(b"b4\r\ndata: " + b"x" * 172 + b"\n\n\r\n")
                time.sleep(0.05)
        except OSError:
            pass  # the client has seen enough
        s.close()

    def accept():
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def memory(rig, port, process):
    """PSS in MiB with 64 streams under way."""
    wait_for(port)
    clients = []
    for _ in range(64):
        s = socket.create_connection(("127.0.0.1", port))
        s.sendall(b"GET /sse HTTP/1.1\r\nHost: a\r\n\r\n")
        clients.append(s)
    end, peak = time.time() + 2, 0
    while time.time() < end:
        for s in clients:
            s.recv(65536)
        peak = max(peak, pss_mib(process))
    for s in clients:
        s.close()
    return peak


def run(merlon, runs):
    if not shutil.which("nginx") or not shutil.which("wrk"):
        print("| nginx or wrk: absent | - | - | - | - |")
        return
    rig = Rig(merlon)
    try:
        peers = {"on": rig.nginx("on", "1", PROXY, up=rig.up, buffering="on"),
                 "off": rig.nginx("off", "1", PROXY, up=rig.up, buffering="off")}
        ours = rig.guard(rig.up)
        for port, _ in (*peers.values(), ours):
            wait_for(port)
        for title, path in (("1 KB JSON", "/json"), ("9 KB event stream", "/sse")):
            for buffering, peer in peers.items():
                load(rig, *ours, path), load(rig, *peer, path)
                pairs = [(load(rig, *ours, path), load(rig, *peer, path)) for _ in range(runs)]
                a, b = (statistics.median(p[i] for p in pairs) for i in (0, 1))
                ratio = statistics.median(x / y for x, y in pairs)
                print(f"| {title}, CPU per request | {a:.1f} us | nginx, buffering {buffering}: {b:.1f} us "
                      f"| {ratio:.2f} | <= 1.5 |", flush=True)
            ports = (rig.up, ours[0], peers["off"][0])
            times = [[latency(p, path) for p in ports] for _ in range(runs)]
            direct, a, b = (statistics.median(t[i] for t in times) for i in range(3))
            print(f"| {title}, added time | {(a - direct) * 1e3:.0f} us | nginx: {(b - direct) * 1e3:.0f} us "
                  f"| {(a - direct) / (b - direct):.2f} | <= nginx + 50 us |", flush=True)
        stop = threading.Event()
        slow = slow_streams(stop)
        a = memory(rig, *rig.guard(slow))
        b = memory(rig, *rig.nginx("slow", "1", PROXY, up=slow, buffering="off"))
        stop.set()
        print(f"| 64 streams, PSS | {a:.1f} MiB | nginx: {b:.1f} MiB | {a / b:.2f} | <= 24 MiB |", flush=True)
    finally:
        rig.stop()
