#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench.py MERLON INPUTS [models|code|data|sign|memory|log|guard ...]: ratios of whole processes, measured in turn (A B A B ...),
and memory; all tables, or those that are named.

Wall and CPU times are medians over RUNS pairs after one warm-up. Memory is the highest sum of the
proportional set sizes (PSS) of all processes of a command, sampled every few milliseconds.
PEERS=dir holds checkouts of peers (dir/picklescan, dir/detect-secrets); without it: "peer absent".
bandit is taken from PATH.
Nothing here fails on a time; the goal stands beside each ratio.
"""
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = int(os.environ.get("RUNS", "7"))
MERLON, INPUTS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
HERE = os.path.dirname(os.path.abspath(__file__))
BENCH = os.path.join(os.path.dirname(MERLON), "tools/bench/merlon-bench")  # the literal pass by itself
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


def scan_of(path, *more):
    return [MERLON, "scan", "-s", "--no-cache", *more, path]


def size_of(path):
    decoded = os.path.splitext(path)[0] + ".decoded"
    if path.endswith(".parquet") and os.path.exists(decoded):
        with open(decoded) as f:
            return int(f.read())
    return os.path.getsize(path)


def against_literals(title, path, goal, twin=None):
    """Bytes a second of a scan with everything, and of the literal pass alone over the same file (or,
    for packed files, over `twin`, text of the same kind)."""
    literals = [BENCH, "literals", twin or path]
    ours, theirs = size_of(path), os.path.getsize(twin or path)
    a_wall, a_cpu, b_wall, _, ratio = pair(scan_of(path), literals)
    print(f"| {title} | {ours / a_wall / 1e9:.2f} GB/s ({ours / a_cpu / 1e9:.2f} a CPU second) | literals only: "
          f"{theirs / b_wall / 1e9:.2f} GB/s | {ours / theirs / ratio:.3f} | {goal} |")


def against_scanner(title, name, command, path):
    """A peer that reads data: bytes a second of both."""
    mine, _ = once(scan_of(path))
    if not command:
        print(f"| {title} | {size_of(path) / mine / 1e6:.0f} MB/s | {name}: peer absent | - | - |")
        return
    a_wall, _, b_wall, _, ratio = pair(scan_of(path), *command)
    print(f"| {title} | {size_of(path) / a_wall / 1e6:.0f} MB/s | {name}: {size_of(path) / b_wall / 1e6:.2f} MB/s "
          f"| {1 / ratio:.0f} x | - |")


def detect_secrets(path):
    folder = os.path.join(PEERS or "", "detect-secrets")
    if not PEERS or not os.path.isdir(folder):
        return None
    # below another folder than the one it runs in it looks at nothing
    where = ["env", "-C", os.path.dirname(path)]
    return [*where, PYTHON, "-m", "detect_secrets", "scan", "--all-files", os.path.basename(path)], \
        {"PYTHONPATH": os.path.abspath(folder)}


def presidio(path):
    """The pattern recognisers only, without a language model, on every line."""
    folder = os.path.join(PEERS or "", "presidio", "presidio-analyzer")
    if not PEERS or not os.path.isdir(folder):
        return None
    probe = subprocess.run([PYTHON, "-c", "import presidio_analyzer"], env={**os.environ, "PYTHONPATH": folder},
                           check=False, **QUIET)
    return ([PYTHON, os.path.join(HERE, "presidio_lines.py"), path], {"PYTHONPATH": folder}) if probe.returncode == 0 \
        else None


def data_rows():
    print("\n| datasets | merlon | against | ratio | goal |\n|---|---|---|---|---|")
    rows = {name: os.path.join(INPUTS, "rows." + name) for name in ("jsonl", "csv", "parquet")}
    against_literals("200 MB JSONL, every detector", rows["jsonl"], ">= 0.35")
    against_literals("200 MB CSV, every detector", rows["csv"], ">= 0.25")
    against_literals("Parquet with zstd, decoded bytes", rows["parquet"], ">= 0.10", rows["jsonl"])
    hostile = os.path.join(INPUTS, "hostile")
    for name in sorted(os.listdir(hostile)):
        against_literals("hostile: " + name, os.path.join(hostile, name), ">= 0.07", rows["jsonl"])
    sample = os.path.join(INPUTS, "sample.jsonl")
    against_scanner("2 MB JSONL, secrets", "detect-secrets", detect_secrets(sample), sample)
    against_scanner("2 MB JSONL, personal data", "Presidio, patterns only", presidio(sample), sample)


def code_rows():
    print("\n| code | merlon | against | ratio | goal |\n|---|---|---|---|---|")
    folder = os.path.join(INPUTS, "code")
    bandit = shutil.which("bandit")
    if bandit:
        row("100 Python files", "bandit", pair(scan_of(folder), [bandit, "-q", "-r", folder]), "<= 0.10")
    else:
        wall, cpu = once(scan_of(folder))
        print(f"| 100 Python files | {wall * 1e3:.1f} ms ({cpu * 1e3:.1f} CPU) | bandit: peer absent | - | <= 0.10 |")
    for title, name in (("one line of 2 MB", "line{}.py"), ("200 KB of nested brackets", "nested{}.py")):
        half, whole = (os.path.join(INPUTS, name.format(n)) for n in ((1, 2) if "line" in name else (100, 200)))
        row(title, "half of it", pair(scan_of(whole), scan_of(half)), "about 2: linear")


def sign_inputs():
    """A sparse file of 2 GiB, 5,000 files of 4 KiB in 50 folders, 100 of 1 MiB, three small files, a key."""
    base = os.path.join(INPUTS, "sign")
    key = os.path.join(base, "key")
    if not os.path.exists(key):
        for name in ("big", "tiny", "mib", *(f"many/{i:02}" for i in range(50))):
            os.makedirs(os.path.join(base, name), exist_ok=True)
        with open(os.path.join(base, "big/weights.bin"), "wb") as f:
            f.truncate(2 << 30)
        for i in range(5000):
            with open(os.path.join(base, f"many/{i % 50:02}/{i}"), "wb") as f:
                f.write(os.urandom(4096))
        for i in range(100):
            with open(os.path.join(base, f"mib/{i}"), "wb") as f:
                f.write(os.urandom(1 << 20))
        for i in range(3):
            with open(os.path.join(base, f"tiny/{i}"), "wb") as f:
                f.write(os.urandom(1500))
        subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", key],
                       check=True, **QUIET)
        subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", key + ".pub"], check=True, **QUIET)
    return base, key


def sign_rows():
    base, key = sign_inputs()
    for title, name, peer, goal in [
            ("2 GiB file", "big", ["openssl", "dgst", "-sha256", f"{base}/big/weights.bin"], "<= 1.05"),
            ("5,000 files of 4 KiB", "many", ["sh", "-c", f"find {base}/many -type f | xargs openssl dgst -sha256"], "<= 2"),
            ("three small files", "tiny", ["openssl", "dgst", "-sha256", f"{base}/tiny/0"], "<= 3")]:
        model, bundle = os.path.join(base, name), os.path.join(base, name + ".sig")
        sign = [MERLON, "sign", model, "--key", key, "--signature", bundle]
        verify = [MERLON, "verify", model, "--public-key", key + ".pub", "--signature", bundle]
        said = "find, openssl dgst" if name == "many" else "openssl dgst -sha256"
        row(f"sign {title}", said, pair(sign, peer), goal)
        row(f"verify {title}", said, pair([*verify, "--paranoid"], peer), goal)
    keyless_row(os.path.join(base, "tiny/0"))
    unchanged_rows(base, key)


def keyless_row(file):
    """The reference's own bundle over its own model: P-384 authorities, SCT, log entry, SET and time stamp."""
    golden = os.path.join(HERE, "../../tests/golden/oms")
    with open(os.path.join(golden, "keyless-v1.1.0/cases.json")) as f:
        case = next(c for c in json.load(f) if c["name"] == "genuine")
    verify = [MERLON, "verify", os.path.join(golden, "upstream/v1.1.0-sigstore"),
              "--signature", os.path.join(golden, "keyless-v1.1.0", case["bundle"]),
              "--trusted-root", os.path.join(golden, "trusted_root.json"),
              "--identity", case["identity"], "--issuer", case["issuer"]]
    row("verify two small files, keyless", "openssl dgst -sha256", pair(verify, ["openssl", "dgst", "-sha256", file]),
        "<= 3")


def unchanged_rows(base, key):
    """The first run remembers; a file that changed less than two seconds ago would not be."""
    time.sleep(2)
    for title, name in (("2 GiB file", "big"), ("100 files of 1 MiB", "mib"), ("5,000 files of 4 KiB", "many")):
        model, bundle = os.path.join(base, name), os.path.join(base, name + ".sig")
        once([MERLON, "sign", model, "--key", key, "--signature", bundle])
        with tempfile.TemporaryDirectory() as cache:
            again = ["env", f"XDG_CACHE_HOME={cache}", MERLON, "verify", model, "--public-key", key + ".pub",
                     "--signature", bundle]
            once(again)
            row(f"verify unchanged {title}", "--paranoid", pair(again, [*again, "--paranoid"]), "<= 0.2")


def log_rows():
    """Each run begins with an empty folder. The log and SQLite both sync before they acknowledge."""
    bench = os.path.join(os.path.dirname(MERLON), "tools/bench/log-bench")
    events = int(os.environ.get("EVENTS", "100000"))
    print("\n| the log | merlon | against | ratio | goal |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(dir=INPUTS) as base:
        folder = os.path.join(base, "run")

        def fresh(*command):
            return ["sh", "-c", f"rm -rf {folder}; exec {bench} {command[0]} {folder} {' '.join(map(str, command[1:]))}"]

        row(f"{events:,} events, group commit", "SQLite WAL, 256 rows a transaction",
            pair(fresh("log", events, 0), fresh("sqlite", events, 256)), "<= 1")
        row("500 events, each acknowledged before the next", "SQLite WAL, a row a transaction",
            pair(fresh("log", 500, 1), fresh("sqlite", 500, 1)), "<= 1")
        row(f"{events:,} events, group commit", "the same lines, neither hashed nor written",
            pair(fresh("log", events, 0), fresh("crc", events)), "-")
        kept = os.path.join(base, "kept")
        subprocess.run([bench, "log", kept, str(events * 10), "0"], check=True, **QUIET)
        files = f"{kept}/*.log"
        size = sum(os.path.getsize(os.path.join(kept, f)) for f in os.listdir(kept) if f.endswith(".log"))
        row(f"verify a log of {size / 1e6:.0f} MB", "openssl dgst -sha256",
            pair([MERLON, "audit", "verify", "-s", kept], ["sh", "-c", f"openssl dgst -sha256 {files}"]), "<= 3")


def model_rows():
    big, small = os.path.join(INPUTS, "big.pt"), os.path.join(INPUTS, "small")
    print("| what | merlon | against | ratio | goal |\n|---|---|---|---|---|")
    against_peer("218 MB PyTorch file, structure (`--no-hash`)", ["-s", "--no-hash"], big, "<= 0.05")
    against_peer("500 small pickles", ["-s", "--no-cache"], small, "<= 0.125")
    digest = ["openssl", "dgst", "-sha256", big]
    row("218 MB PyTorch file, hash and full content", "openssl dgst -sha256",
        pair([MERLON, "scan", "-s", "--no-cache", big], digest), "<= 1.05")


def memory_rows():
    big, small = os.path.join(INPUTS, "big.pt"), os.path.join(INPUTS, "small")
    print("\n| memory of all processes (PSS) | MiB | goal |\n|---|---|---|")
    for title, arguments in [
        ("218 MB PyTorch file, hash and full content", ["--no-cache", big]),
        ("500 small pickles", ["--no-cache", small]),
        ("sparse 20 GB safetensors, structure", ["--no-hash", os.path.join(INPUTS, "sparse.safetensors")]),
        ("sparse 20 GB safetensors, hash and full content", ["--no-cache", os.path.join(INPUTS, "sparse.safetensors")]),
        ("sparse 20 GB GGUF, hash and full content", ["--no-cache", os.path.join(INPUTS, "sparse.gguf")]),
        ("200 MB JSONL", ["--no-cache", os.path.join(INPUTS, "rows.jsonl")]),
        ("200 MB CSV", ["--no-cache", os.path.join(INPUTS, "rows.csv")]),
        ("Parquet with zstd", ["--no-cache", os.path.join(INPUTS, "rows.parquet")]),
        ("one JSON record of 400 MB", ["--no-cache", os.path.join(INPUTS, "long.jsonl")]),
        ("lines of repeats, columns and escapes", ["--no-cache", os.path.join(INPUTS, "hostile")]),
    ]:
        print(f"| {title} | {peak_mib([MERLON, 'scan', '-s', *arguments]):.1f} | <= 64 |")


def guard_rows():
    import guard  # beside this file; needs nginx and wrk
    print("\n| gateway | merlon | against | ratio | goal |\n|---|---|---|---|---|")
    guard.run(MERLON, RUNS)


def main():
    tables = {"models": model_rows, "code": code_rows, "data": data_rows, "sign": sign_rows,
              "memory": memory_rows, "log": log_rows, "guard": guard_rows}
    for name in sys.argv[3:] or tables:
        tables[name]()


main()
