#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench.py MERLON INPUTS: ratios of whole processes, measured in turn (A B A B ...), and memory.

Wall and CPU times are medians over RUNS pairs after one warm-up. Memory is the highest sum of the
proportional set sizes (PSS) of all processes of a command, sampled every few milliseconds.
PEERS=dir holds checkouts of peers (dir/picklescan, dir/modelscan); without it: "peer absent".
Nothing here fails on a time; the goal stands beside each ratio.
"""
import os
import resource
import statistics
import subprocess
import sys
import time

RUNS = int(os.environ.get("RUNS", "7"))
MERLON, INPUTS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
PEERS = os.environ.get("PEERS")
PYTHON = os.environ.get("PEER_PYTHON", "/usr/bin/python3")
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def once(command, env=None):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(command, env={**os.environ, **(env or {})}, check=False, **QUIET)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def pair(a, b, env=None):
    """Medians of wall and CPU seconds of both, and the median of the wall ratios pair by pair."""
    once(a), once(b, env)
    runs = [(once(a), once(b, env)) for _ in range(RUNS)]
    ratio = statistics.median(x[0] / y[0] for x, y in runs)
    return [statistics.median(r[side][k] for r in runs) for side in (0, 1) for k in (0, 1)] + [ratio]


def descendants(pid):
    found, todo = [], [pid]
    while todo:
        p = todo.pop()
        found.append(p)
        try:
            for task in os.listdir(f"/proc/{p}/task"):
                with open(f"/proc/{p}/task/{task}/children") as f:
                    todo += map(int, f.read().split())
        except OSError:
            pass
    return found


def pss_kib(pid):
    total = 0
    for p in descendants(pid):
        try:
            with open(f"/proc/{p}/smaps_rollup") as f:
                total += next(int(line.split()[1]) for line in f if line.startswith("Pss:"))
        except (OSError, StopIteration):
            pass
    return total


def peak_mib(command):
    process = subprocess.Popen(command, **QUIET)
    peak = 0
    while process.poll() is None:
        peak = max(peak, pss_kib(process.pid))
        time.sleep(0.002)
    return peak / 1024


def row(name, peer, figures, goal):
    a_wall, a_cpu, b_wall, b_cpu, ratio = figures
    print(f"| {name} | {a_wall * 1e3:.1f} ms ({a_cpu * 1e3:.1f} CPU) | {peer}: {b_wall * 1e3:.1f} ms "
          f"({b_cpu * 1e3:.1f} CPU) | {ratio:.3f} | {goal} |")


def peer_command(name, path):
    folder = os.path.join(PEERS or "", name)
    source = next((p for p in (os.path.join(folder, "src"), folder) if PEERS and os.path.isdir(p)), None)
    if not source:
        return None, None
    return [PYTHON, "-m", name, "-p", path], {"PYTHONPATH": source}


def against_peer(title, arguments, path, goal):
    command, env = peer_command("picklescan", path)
    if command:
        row(title, "picklescan", pair([MERLON, "scan", *arguments, path], command, env), goal)
    else:
        wall, cpu = once([MERLON, "scan", *arguments, path])
        print(f"| {title} | {wall * 1e3:.1f} ms ({cpu * 1e3:.1f} CPU) | picklescan: peer absent | - | {goal} |")


def main():
    big, small = os.path.join(INPUTS, "big.pt"), os.path.join(INPUTS, "small")
    print("| what | merlon | against | ratio | goal |\n|---|---|---|---|---|")
    against_peer("218 MB PyTorch file, structure (`--no-hash`)", ["-s", "--no-hash"], big, "<= 0.05")
    against_peer("500 small pickles", ["-s", "--no-cache"], small, "<= 0.125")
    digest = ["openssl", "dgst", "-sha256", big]
    row("218 MB PyTorch file, hash and full content", "openssl dgst -sha256",
        pair([MERLON, "scan", "-s", "--no-cache", big], digest), "<= 1.05")
    print("\n| memory of all processes (PSS) | MiB | goal |\n|---|---|---|")
    for title, arguments in [
        ("218 MB PyTorch file, hash and full content", ["--no-cache", big]),
        ("500 small pickles", ["--no-cache", small]),
        ("sparse 20 GB safetensors, structure", ["--no-hash", os.path.join(INPUTS, "sparse.safetensors")]),
        ("sparse 20 GB safetensors, hash and full content", ["--no-cache", os.path.join(INPUTS, "sparse.safetensors")]),
        ("sparse 20 GB GGUF, hash and full content", ["--no-cache", os.path.join(INPUTS, "sparse.gguf")]),
    ]:
        print(f"| {title} | {peak_mib([MERLON, 'scan', '-s', *arguments]):.1f} | <= 64 |")


main()
