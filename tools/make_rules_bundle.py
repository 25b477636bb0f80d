#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make_rules_bundle.py - a signed bundle of rules and advisories for `merlon rules update`.

    make_rules_bundle.py --key PRIVATE.pem --sequence N [--version V] [--osv DIR --day YYYYMMDD]
                         [--changes FILE] [--rules DIR] [--made SECONDS] OUT

The format is doc/format-rules-bundle.md. Advisories come from DIR/advisories (default rules/), those of OSV from --osv
if it is given: a folder of OSV records, for example https://osv-vulnerabilities.storage.googleapis.com/PyPI/all.zip,
unpacked. --changes is a TOML file:

    [[rule]]
    id = "code.pickle-load"
    severity = "medium"          # or: off = true; title, what, why and fix may be changed, too

The signature is made by the openssl program (3.0 or later), so that the key may also live in a token.
Make a key: openssl genpkey -algorithm ed25519 -out PRIVATE.pem; its public half: openssl pkey -in PRIVATE.pem -pubout
"""
import argparse
import hashlib
import pathlib
import struct
import subprocess
import sys
import tempfile
import time
import tomllib

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import gen_advisories
import gen_rules
import osv

MAGIC, FORMAT = b"MERLRULE", 1
HEAD, ROW, SIGNATURE = 64, 56, 64
MOST = {"title": 60, "what": 200, "why": 140, "fix": 140}
PROMISES = (".not-inspected", ".malformed")


def stop(text):
    sys.exit(f"make_rules_bundle: {text}")


def openssl(*args, **more):
    try:
        return subprocess.run(["openssl", *args], check=True, capture_output=True, **more).stdout
    except (OSError, subprocess.CalledProcessError) as e:
        stop(f"openssl {args[0]}: {getattr(e, 'stderr', b'').decode() or e}")


def public_half(key):
    der = openssl("pkey", "-in", key, "-pubout", "-outform", "DER")
    if len(der) != 44 or not der.startswith(bytes.fromhex("302a300506032b6570032100")):
        stop(f"{key} is no Ed25519 key")
    return der[12:]


def sign(data, key):
    with tempfile.NamedTemporaryFile() as f:
        f.write(data)
        f.flush()
        return openssl("pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", f.name)


# ---------------------------------------------------------------- parts

def change_lines(rule, known):
    name = rule.pop("id", None)
    if name not in known:
        stop(f"no rule is called {name!r}")
    if rule.get("off") not in (None, True) or rule.get("severity") not in (None, *gen_rules.SEVERITIES):
        stop(f"{name}: off is true or left out, severity one of {', '.join(gen_rules.SEVERITIES)}")
    kept = name.startswith("meta.") or name.endswith(PROMISES)
    order = gen_rules.SEVERITIES.index
    weaker = "severity" in rule and order(rule["severity"]) < order(known[name]["severity"])
    if kept and ("off" in rule or weaker):
        stop(f"{name} may not be turned off or lowered: see doc/format-rules-bundle.md")
    for key, value in rule.items():
        text = "1" if key == "off" else value
        if key not in ("off", "severity", *MOST) or not text or len(text) > MOST.get(key, 9) or not text.isprintable():
            stop(f"{name}: {key} = {value!r} cannot be changed so")
        yield f"{name}\t{key}\t{text}\n"


def rules_part(path, folder):
    known = gen_rules.read_rules(folder, gen_rules.read_classes(folder / "classes.tsv"))
    changes = tomllib.loads(path.read_text(encoding="utf-8"))
    return "".join(line for rule in changes.get("rule", []) for line in change_lines(dict(rule), known)).encode()


def advisory_part(folder, osv_folder, day):
    newer = osv.read_folder(osv_folder) if osv_folder else None
    if newer == []:
        stop(f"{osv_folder} holds no OSV record of PyPI")
    return gen_advisories.image(folder, newer, day)[0]


# ---------------------------------------------------------------- the file

def head_of(parts, sequence, made, version, key):
    at = HEAD + ROW * len(parts) + SIGNATURE
    rows = b""
    for name, data in parts:
        rows += struct.pack("<8sQQ32s", name.encode(), at, len(data), hashlib.sha256(data).digest())
        at += len(data)
    head = struct.pack("<8sHHIQQ16s8s8x", MAGIC, FORMAT, len(parts), sequence, made, at, version.encode(),
                       hashlib.sha256(key).digest()[:8])
    return head + rows


def bundle(parts, sequence, made, version, key):
    head = head_of(parts, sequence, made, version, public_half(key))
    return head + sign(head, key) + b"".join(data for _, data in parts)


def main():
    p = argparse.ArgumentParser(description="a signed bundle of rules and advisories")
    p.add_argument("out", type=pathlib.Path)
    p.add_argument("--key", required=True, help="the private key, PEM")
    p.add_argument("--sequence", required=True, type=int, help="higher than that of every bundle before")
    p.add_argument("--version", help="of the rules; default: rules/VERSION")
    p.add_argument("--rules", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent / "rules")
    p.add_argument("--osv", type=pathlib.Path, metavar="DIR")
    p.add_argument("--day", type=int, help="of the OSV records, YYYYMMDD")
    p.add_argument("--changes", type=pathlib.Path, metavar="FILE")
    p.add_argument("--made", type=int, default=int(time.time()), help="seconds since 1970")
    a = p.parse_args()
    if bool(a.osv) != bool(a.day):
        stop("--osv and --day belong together")
    try:
        version = a.version or gen_rules.read_version(a.rules / "VERSION")
        parts = [("advisory", advisory_part(a.rules / "advisories", a.osv, a.day))]
        if a.changes:
            parts.append(("rules", rules_part(a.changes, a.rules)))
    except (gen_rules.Bad, OSError, ValueError) as e:
        stop(e)
    if not gen_rules.VERSION.match(version):
        stop(f"{version!r} is no version such as 2026.11.1")
    data = bundle(parts, a.sequence, a.made, version, a.key)
    a.out.write_bytes(data)
    print(f"{a.out}: rules {version}, sequence {a.sequence}, {len(data)} bytes")


if __name__ == "__main__":
    main()
