#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""make DIR: a table of invented people in several formats.  check DIR IN OUT MODE: OUT is IN with values replaced."""
import csv
import io
import json
import pathlib
import random
import sys

FIRST = "anna bernd carla dirk elena faruk greta henrik ines jonas".split()
LAST = "weber novak rossi dubois jansen kowalski silva nagy berg moreau".split()


def luhn(prefix, n):
    digits = prefix + "".join(random.choice("0123456789") for _ in range(n - 1 - len(prefix)))
    total = 0
    for i, ch in enumerate(reversed(digits)):
        d = int(ch) * (2 if i % 2 == 0 else 1)
        total += d - 9 if d > 9 else d
    return digits + str(-total % 10)


def iban():
    bban = "".join(random.choice("0123456789") for _ in range(18))
    check = 98 - int(bban + "131400") % 97
    return f"DE{check:02d}{bban}"


def people(n):
    random.seed(7)
    for i in range(n):
        name = f"{random.choice(FIRST)}.{random.choice(LAST)}{i}"
        yield {
            "id": i,
            "name": name.replace(".", " ").title(),
            "email": f"{name}@{random.choice(LAST)}-mail.de",
            "card_number": int(luhn("4", 16)),
            "iban": iban(),
            "note": f'said "call me", then wrote\n"{name}@postbox-{i}.org"; paid by \\ card',
            "score": round(random.random(), 3),
            "tags": ["a", None, True],
        }


def make(folder):
    rows = list(people(60))
    flat = [{k: v for k, v in r.items() if k != "tags"} for r in rows]

    def table(delimiter, end):
        out = io.StringIO(newline="")
        w = csv.DictWriter(out, flat[0].keys(), delimiter=delimiter, lineterminator=end)
        w.writeheader()
        w.writerows(flat)
        return out.getvalue()
    put = lambda name, data: (folder / name).write_bytes(data)
    put("people.csv", table(",", "\r\n").encode())
    put("people.tsv", table("\t", "\n").encode())
    put("semicolon.csv", table(";", "\n").encode())
    put("bom.csv", b"\xef\xbb\xbf" + table(",", "\n").encode())
    put("wide.csv", table(",", "\n").encode("utf-16"))
    put("people.jsonl", "".join(json.dumps(r) + "\n" for r in rows).encode())
    put("utf8.jsonl", "".join(json.dumps(r | {"ünit": "für"}, ensure_ascii=False) + "\r\n" for r in rows).encode())
    put("people.json", json.dumps(rows, indent=2).encode())
    put("lines.txt", "".join(f"{r['name']} <{r['email']}> pays from {r['iban']}\n" for r in rows).encode())


def load(path):
    data = path.read_bytes()
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    if path.suffix in (".csv", ".tsv"):
        delimiter = {"people.tsv": "\t", "semicolon.csv": ";"}.get(path.name.split("__")[-1], ",")
        return [dict(r) for r in csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)]
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in text.splitlines()]
    if path.suffix == ".json":
        return json.loads(text)
    return [{"line": line} for line in text.split("\n")]


def check(before, after, mode):
    a, b = load(before), load(after)
    assert len(a) == len(b), (len(a), len(b))
    changed = 0
    for old, new in zip(a, b):
        assert list(old) == list(new), (list(old), list(new))
        for key, value in old.items():
            other = new[key]
            if other == value:
                continue
            changed += 1
            assert key in ("email", "card_number", "iban", "note", "line", "name"), key
            if isinstance(value, int):
                assert other is None if mode == "drop" else isinstance(other, str), other
    everything = after.read_bytes().replace(b"\0", b"")
    for old in a:
        for key in ("email", "iban"):
            assert key not in old or str(old[key]).encode() not in everything, old[key]
        if "card_number" in old:
            assert str(old["card_number"]).encode() not in everything, old["card_number"]
    assert changed, "nothing was changed"
    return b


if sys.argv[1] == "make":
    make(pathlib.Path(sys.argv[2]))
elif sys.argv[1] == "check":
    check(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4])
