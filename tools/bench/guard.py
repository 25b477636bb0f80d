# SPDX-License-Identifier: Apache-2.0
"""The gateway beside nginx, HAProxy and the Portkey gateway, in turn, in one run: processor time per request, added time,
memory, and what a stream's tokens wait.

Upstream: nginx with a chat answer of 1 KB and an event stream of 9 KB that is sent at once. Load: wrk, 64 connections that
are kept, POST of about 850 bytes. Proxy on one processor, the rest on the other. Merlon three times: a path that nobody here
can read (bytes pass), mode observe and mode enforce (everything is looked at, on both sides). Needs nginx and wrk; haproxy
from PATH; PEERS=dir with dir/node_modules/@portkey-ai/gateway (npm install @portkey-ai/gateway)."""
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
PEERS = os.environ.get("PEERS")
TICK = os.sysconf("SC_CLK_TCK")
CHAT = "/v1/chat/completions"
WORDS = ("the lighthouse keeper counted nine ships before the fog came in from the north and none of them was the one that he "
         "had been waiting for since the spring ").split()

NGINX = """daemon off; master_process off; pid {dir}/{name}.pid; error_log {dir}/{name}.err;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000;
  client_body_temp_path {dir}/{name}b; proxy_temp_path {dir}/{name}p; fastcgi_temp_path {dir}/{name}f;
  uwsgi_temp_path {dir}/{name}u; scgi_temp_path {dir}/{name}s; {rest} }}
"""
ANSWERS = """location = {path} {{{{ alias {dir}/{file}; default_type {type}; error_page 405 =200 $uri; }}}}"""
PROXY = """upstream u {{ server 127.0.0.1:{up}; keepalive 64; keepalive_requests 100000000; }}
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://u; proxy_http_version 1.1;
    proxy_set_header Connection ""; proxy_buffering {buffering}; }} }}"""
HAPROXY = """global
  nbthread 1
  maxconn 4096
defaults
  mode http
  http-reuse always
  option http-keep-alive
  option http-no-delay
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen p
  bind 127.0.0.1:{port}
  server u 127.0.0.1:{up}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def event(text):
    return ('data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":'
            '{"content":"%s"},"finish_reason":null}]}\n\n' % text).encode()


def prose(size):
    text = " ".join(WORDS)
    return (text * (size // len(text) + 1))[:size]


def request_body(stream):
    return '{"model":"m",%s"messages":[{"role":"user","content":"%s"}]}' % ('"stream":true,' if stream else "", prose(640))


class Rig:
    def __init__(self, merlon):
        self.dir, self.started, self.merlon = tempfile.mkdtemp(), [], merlon
        self.write("json", '{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,'
                   '"finish_reason":"stop","message":{"role":"assistant","content":"%s"}}],"usage":{"prompt_tokens":1,'
                   '"completion_tokens":1,"total_tokens":2}}' % prose(820))
        self.write("sse", b"".join(event(" " + WORDS[i % len(WORDS)]) for i in range(55)).decode() + "data: [DONE]\n\n")
        for name, stream in (("json", False), ("sse", True)):
            self.write(name + ".lua", 'wrk.method="POST"\nwrk.headers["Content-Type"]="application/json"\n'
                       'wrk.headers["Authorization"]="Bearer sk-0123456789"\nwrk.headers["x-portkey-provider"]="openai"\n'
                       'wrk.body=\'%s\'\n' % request_body(stream))
        self.up = {file: self.nginx("up" + file, "0", "server {{ listen 127.0.0.1:{port}; %s %s }}" % (
            ANSWERS.format(path=CHAT, dir=self.dir, file=file, type=kind),
            ANSWERS.format(path="/unknown", dir=self.dir, file=file, type=kind)))[0]
            for file, kind in (("json", "application/json"), ("sse", "text/event-stream"))}

    def write(self, name, text):
        with open(f"{self.dir}/{name}", "w") as f:
            f.write(text)

    def start(self, cpu, command, **env):
        p = subprocess.Popen(["taskset", "-c", cpu, *command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             env={**os.environ, **env}, cwd=self.dir)
        self.started.append(p)
        return p

    def nginx(self, name, cpu, text, **more):
        port = free_port()
        rest = text.format(port=port, dir=self.dir, **more)
        self.write(name + ".conf", NGINX.format(dir=self.dir, name=name, rest=rest))
        return port, self.start(cpu, ["nginx", "-p", self.dir, "-c", f"{self.dir}/{name}.conf"])

    def guard(self, up, mode="observe"):
        port = free_port()
        return port, self.start("1", [self.merlon, "guard", "-j1", "--listen", f"127.0.0.1:{port}", "--upstream",
                                      f"http://127.0.0.1:{up}", "--mode", mode])

    def haproxy(self, up):
        port = free_port()
        self.write(f"h{port}", HAPROXY.format(port=port, up=up))
        return port, self.start("1", ["haproxy", "-f", f"{self.dir}/h{port}", "-db"])

    def portkey(self, up):
        port = free_port()
        script = os.path.join(PEERS, "node_modules/@portkey-ai/gateway/build/start-server.js")
        return port, self.start("1", ["node", script, f"--port={port}", "--headless"], NODE_ENV="production",
                                TRUSTED_CUSTOM_HOSTS="127.0.0.1")

    def peers(self, up, streams):
        """name -> (port, process)"""
        out = {"merlon observe": self.guard(up), "merlon enforce": self.guard(up, "enforce"),
               "nginx": self.nginx(f"p{up}", "1", PROXY, up=up, buffering="off")}
        if shutil.which("haproxy"):
            out["HAProxy"] = self.haproxy(up)
        if PEERS and os.path.isdir(os.path.join(PEERS, "node_modules/@portkey-ai/gateway")) and shutil.which("node"):
            out["Portkey"] = self.portkey(up)
        for port, _ in out.values():
            wait_for(port)
        return {name: peer for name, peer in out.items() if name.startswith("merlon") or not streams or self.works(name, peer[0], up)}

    def works(self, name, port, up):
        """Portkey 1.15.2 ends every stream in a 500 of its own with Node 20 ("immutable" headers)."""
        with open_stream(port, up) as s:
            first = s.recv(65536)
        if not first.startswith(b"HTTP/1.1 200"):
            print(f"| streams | | {name}: {first.splitlines()[0].decode()} | - | |", flush=True)
        return first.startswith(b"HTTP/1.1 200")

    def end(self, peers):
        for _, p in peers.values():
            p.kill()
            p.wait()

    def stop(self):
        self.end({i: (0, p) for i, p in enumerate(self.started)})
        shutil.rmtree(self.dir)


def wait_for(port):
    for _ in range(500):
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


def load(rig, port, process, path, file, seconds=None):
    """Microseconds of processor time per request."""
    host = ["-H", f"x-portkey-custom-host: http://127.0.0.1:{rig.up[file]}/v1"]
    before = cpu_of(process)
    out = subprocess.run(["taskset", "-c", "0", "wrk", "-t1", "-c64", f"-d{seconds or SECONDS}s", "-s", f"{rig.dir}/{file}.lua",
                          *host, f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True).stdout
    spent = cpu_of(process) - before
    if "Non-2xx" in out:
        raise RuntimeError(out)
    return spent * 1e6 / int(re.search(r"(\d+) requests in", out).group(1))


def head_of(path, body, up):
    return (f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAuthorization: Bearer sk-0123456789\r\n"
            f"x-portkey-provider: openai\r\nx-portkey-custom-host: http://127.0.0.1:{up}/v1\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode()


def latency(port, path, up, stream, count=200):
    """Microseconds of a request, one after the other over one connection: the fastest tenth, because a busy machine
    takes the processor away for longer than a request lasts."""
    times = []
    body = request_body(stream).encode()
    request = head_of(path, body, up) + body
    with socket.create_connection(("127.0.0.1", port)) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(count):
            start = time.perf_counter()
            s.sendall(request)
            got = b""
            while not (got.endswith(b"0\r\n\r\n") or whole(got)):
                got += s.recv(65536)
            times.append((time.perf_counter() - start) * 1e6)
            time.sleep(0.0005)
    return sorted(times)[len(times) // 10]


def whole(got):
    end = got.find(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", got[:end].lower())
    return end >= 0 and length and len(got) >= end + 4 + int(length.group(1))


def paced_streams(pause):
    """A server of streams: a token every `pause` seconds, 200 of them; its port, and when each event left (by its number)."""
    listener, sent = socket.socket(), {}
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)

    def serve(s):
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            s.recv(65536)
            s.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n"
                      b"Transfer-Encoding: chunked\r\n\r\n")
            for i in range(200):
                time.sleep(pause)
                data = event(" " + WORDS[i % len(WORDS)]).replace(b'"created":1', b'"created":%d' % (1000 + i))
                sent[i] = time.perf_counter()
                s.sendall(b"%x\r\n%s\r\n" % (len(data), data))
            s.sendall(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")
        except OSError:
            pass  # the client has seen enough
        s.close()

    def accept():
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1], sent


def open_stream(port, up, path=CHAT):
    body = request_body(True).encode()
    s = socket.create_connection(("127.0.0.1", port))
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    s.sendall(head_of(path, body, up) + body)
    return s


def memory(port, process, up):
    """PSS in MiB with 64 streams under way."""
    clients = [open_stream(port, up) for _ in range(64)]
    end, peak = time.time() + 2, 0
    while time.time() < end:
        for s in clients:
            s.recv(65536)
        peak = max(peak, pss_mib(process))
    for s in clients:
        s.close()
    return peak


def tokens(port, up, sent, path=CHAT):
    """Microseconds from an event's leaving to its coming: of the first, and of the others (median, 95 of 100)."""
    sent.clear()
    came, got = {}, b""
    with open_stream(port, up, path) as s:
        while b"[DONE]" not in got:
            more = s.recv(65536)
            if not more:
                raise RuntimeError(f"the stream ended early: {got}")
            got += more
            now = time.perf_counter()
            for number in re.findall(rb'"created":1(\d{3}),', got):
                came.setdefault(int(number), now)
            got = got[-400:]
    waits = sorted((came[i] - sent[i]) * 1e6 for i in range(1, 200))
    return (came[0] - sent[0]) * 1e6, statistics.median(waits), waits[189]


def cpu_rows(rig, runs):
    for title, file in (("1 KB JSON", "json"), ("9 KB event stream", "sse")):
        peers = rig.peers(rig.up[file], file == "sse")
        ways = [("merlon, bytes pass", "merlon observe", "/unknown")] + [(n, n, CHAT) for n in peers]
        figures = {name: [] for name, _, _ in ways}
        for _, peer, path in ways:
            load(rig, *peers[peer], path, file, 1)
        for _ in range(runs):
            for name, peer, path in ways:
                figures[name].append(load(rig, *peers[peer], path, file))
        for other in [n for n in peers if not n.startswith("merlon")]:
            for name in [n for n in figures if n.startswith("merlon")]:
                a, b = (statistics.median(figures[n]) for n in (name, other))
                ratio = statistics.median(x / y for x, y in zip(figures[name], figures[other]))
                goal = "<= 1.5" if "pass" in name and other == "nginx" else ""
                print(f"| {title}, CPU per request | {name}: {a:.1f} us | {other}: {b:.1f} us | {ratio:.2f} | {goal} |", flush=True)
        times = {n: [] for n in ("direct", *figures)}
        for _ in range(runs):
            times["direct"].append(latency(rig.up[file], CHAT, rig.up[file], file == "sse"))
            for name, peer, path in ways:
                times[name].append(latency(peers[peer][0], path, rig.up[file], file == "sse"))
        direct = statistics.median(times.pop("direct"))
        print(f"| {title}, added time | " + ", ".join(f"{n}: {statistics.median(t) - direct:.0f} us" for n, t in times.items()) +
              f" | direct: {direct:.0f} us | | <= nginx + 50 us |", flush=True)
        rig.end(peers)


def stream_rows(rig, runs):
    port, sent = paced_streams(0.01)
    peers = rig.peers(port, True)
    time.sleep(3)  # the streams that it tried them with have ended
    ways = [("direct", port, CHAT), ("merlon, bytes pass", peers["merlon observe"][0], "/unknown")]
    ways += [(n, q[0], CHAT) for n, q in peers.items()]
    rows = {n: [tokens(at, port, sent, path) for _ in range(runs)] for n, at, path in ways}
    for name, row in rows.items():
        first, middle, late = (statistics.median(r[i] for r in row) for i in range(3))
        print(f"| stream, an event each 10 ms | {name} | first event {first:.0f} us after it left | others {middle:.0f} us "
              f"(95 %: {late:.0f} us) | added < 100 us |", flush=True)
    rig.end(peers)
    slow, _ = paced_streams(0.05)
    peers = rig.peers(slow, True)
    sizes = {n: memory(*q, slow) for n, q in peers.items()}
    print("| 64 streams, PSS | " + ", ".join(f"{n}: {m:.1f} MiB" for n, m in sizes.items()) + " | | | <= 24 MiB |", flush=True)
    rig.end(peers)


def run(merlon, runs):
    if not shutil.which("nginx") or not shutil.which("wrk"):
        print("| nginx or wrk: absent | - | - | - | - |")
        return
    rig = Rig(os.path.abspath(merlon))
    try:
        cpu_rows(rig, runs)
        stream_rows(rig, runs)
        for name, there in (("HAProxy", shutil.which("haproxy")), ("Portkey", PEERS and shutil.which("node"))):
            if not there:
                print(f"| {name} | | peer absent | | |")
    finally:
        rig.stop()
