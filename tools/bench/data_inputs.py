#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""data_inputs.py DIR: the datasets that the benchmark reads, made with the standard library only
(and libzstd.so.1 for the Parquet file).

rows.jsonl     200 MB: prose, code and Markdown in JSON records, some escapes, some other scripts
rows.csv       200 MB: ids, names, prices, dates, quoted text
rows.parquet   200 MB decoded: three string columns and one of integers, plain pages, zstd
hostile/*      20 MB each: what costs a scanner most (digits, @, base64, prefixes of keys, one line), and texts that are nothing
               but findings (a card, an address, a token, a password in every line)
long.jsonl     one record of 400 MB, for memory
sample.jsonl   2 MB of rows.jsonl, for peers that read less than a megabyte a second
"""
import ctypes
import json
import os
import pathlib
import random
import struct
import sys

SIZE = int(os.environ.get("BENCH_MB", "200")) << 20
WORDS = ("the of and to in model data training value layer batch loss when that with for was result "
         "customer order shipped window river mountain system network signal report review quarter "
         "language answer question paper author section figure table method sample weight vector "
         "garden station morning evening travel kitchen window doctor teacher engine market").split()
OTHER = ["Überprüfung der Datensätze", "données d'entraînement", "обучающая выборка", "データセット", "训练数据"]
CODE = ["for i in range(len(batch)):", "    loss = criterion(output, target)", "return {\"id\": row[0]}",
        "def forward(self, x):", "if x is None: continue", "print(f'{epoch}: {loss:.4f}')"]


def sentence(r, low=8, high=18):
    return " ".join(r.choices(WORDS, k=r.randint(low, high))).capitalize() + "."


def prose(r):
    return " ".join(sentence(r) for _ in range(r.randint(3, 12)))


def text(r):
    kind = r.random()
    if kind < 0.7:
        return prose(r)
    if kind < 0.85:
        return "\n".join(r.choices(CODE, k=r.randint(4, 12)))
    if kind < 0.95:
        return "## " + sentence(r, 3, 6) + "\n\n- " + "\n- ".join(sentence(r) for _ in range(4))
    return r.choice(OTHER) + " " + prose(r)


def repeat(path, start, lines, head=b"", size=SIZE):
    """Lines in a random order, each with a number of its own: big quickly, and no two alike."""
    if path.exists():
        return
    r, number = random.Random(7), 0
    with open(path, "wb") as f:
        f.write(head)
        while f.tell() < size:
            f.write(b"".join(start % (number + i) + line for i, line in enumerate(r.choices(lines, k=2000))))
            number += 2000


def jsonl_line(r):
    record = {"source": r.choice(["web", "books", "code"]), "text": text(r), "score": round(r.random(), 4)}
    return json.dumps(record, ensure_ascii=r.random() < 0.1).encode()[1:] + b"\n"


def csv_line(r):
    note = sentence(r)
    note = '"' + note.replace(".", ", \"\"so\"\".") + '"' if r.random() < 0.2 else note
    return (f"{r.choice(WORDS)} {r.choice(WORDS)},{r.randint(1, 99999) / 100:.2f},"
            f"2026-{r.randint(1, 12):02}-{r.randint(1, 28):02},{r.choice('ABCD')},{note}\n").encode()


# ---------------------------------------------------------------- Parquet, by hand

def zstd():
    lib = ctypes.CDLL("libzstd.so.1")
    lib.ZSTD_compressBound.restype = lib.ZSTD_compress.restype = ctypes.c_size_t
    lib.ZSTD_compressBound.argtypes = [ctypes.c_size_t]
    lib.ZSTD_compress.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int]

    def compress(raw):
        out = ctypes.create_string_buffer(lib.ZSTD_compressBound(len(raw)))
        size = lib.ZSTD_compress(out, len(out), raw, len(raw), 3)
        return out.raw[:size]

    return compress


def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out + bytes([n]))


def thrift(fields):
    """A struct in the compact protocol: (id, kind, value), kinds i (i32), l (i64), b (binary), s (struct),
    L (list of structs), I (list of i32), B (list of binary)."""
    out, last = b"", 0
    codes = {"i": 5, "l": 6, "b": 8, "s": 12, "L": 9, "I": 9, "B": 9}
    for number, kind, value in fields:
        out += bytes([(number - last) << 4 | codes[kind]])
        last = number
        if kind in "il":
            out += varint(value << 1)
        elif kind == "b":
            out += varint(len(value)) + value
        elif kind == "s":
            out += value
        else:
            item = {"L": 12, "I": 5, "B": 8}[kind]
            out += bytes([len(value) << 4 | item]) if len(value) < 15 else bytes([0xF0 | item]) + varint(len(value))
            out += b"".join({"L": lambda v: v, "I": lambda v: varint(v << 1),
                             "B": lambda v: varint(len(v)) + v}[kind](v) for v in value)
    return out + b"\0"


def page(raw, count, compress):
    packed = compress(raw)
    data = thrift([(1, "i", count), (2, "i", 0), (3, "i", 3), (4, "i", 3)])
    return thrift([(1, "i", 0), (2, "i", len(raw)), (3, "i", len(packed)), (5, "s", data)]) + packed


def parquet(path):
    if path.exists():
        return
    r, compress = random.Random(9), zstd()
    pool = [text(r).encode() for _ in range(4000)]
    names = ["title", "text", "summary", "number"]
    groups, total = [], 0
    with open(path, "wb") as f:
        f.write(b"PAR1")
        while total < SIZE:
            rows, columns, group = 4000, [], 0
            for name in names:
                at = f.tell()
                if name == "number":
                    raw = struct.pack(f"<{rows}q", *(r.randint(0, 1 << 40) for _ in range(rows)))
                else:
                    raw = b"".join(struct.pack("<I", len(v)) + v for v in r.choices(pool, k=rows))
                body = page(raw, rows, compress)
                f.write(body)
                meta = thrift([(1, "i", 2 if name == "number" else 6), (2, "I", [0]), (3, "B", [name.encode()]),
                               (4, "i", 6), (5, "l", rows), (6, "l", len(raw)), (7, "l", len(body)), (9, "l", at)])
                columns.append(thrift([(2, "l", at), (3, "s", meta)]))
                group += len(raw)
            groups.append(thrift([(1, "L", columns), (2, "l", group), (3, "l", rows)]))
            total += group
        schema = [thrift([(4, "b", b"schema"), (5, "i", len(names))])]
        for name in names:
            kind = [(1, "i", 2)] if name == "number" else [(1, "i", 6)]
            schema.append(thrift(kind + [(3, "i", 0), (4, "b", name.encode())] + ([] if name == "number" else [(6, "i", 0)])))
        footer = thrift([(1, "i", 1), (2, "L", schema), (3, "l", 4000 * len(groups)), (4, "L", groups),
                         (6, "b", b"merlon bench")])
        f.write(footer + struct.pack("<I", len(footer)) + b"PAR1")
    path.with_suffix(".decoded").write_text(str(total))


# ---------------------------------------------------------------- what costs most

def with_luhn(digits):
    """The digits and their check digit."""
    twice = sum(sum(divmod(2 * int(d), 10)) for d in digits[::-2])
    return digits + str(-(twice + sum(map(int, digits[-2::-2]))) % 10)


def found(r, b64):
    """Blocks in which every line is a finding, or nearly one."""
    def some(n, letters=b64[:62]):
        return "".join(r.choices(letters, k=n))

    def lines(make, head=""):
        return head + "".join(make() + "\n" for _ in range(4000))

    small, digits = b64[26:52], b64[52:62]
    odd = "p\u0430 \u0440as\u0441\u043eo\u0435e"  # Cyrillic letters among Latin ones
    return {
        "found-cards.csv": lines(lambda: with_luhn("4" + some(14, digits))),
        "found-mails.csv": lines(lambda: f"{some(6, small)}.{some(6, small)}@{r.choice(['gmail.com', 'corp.net'])}", "contact\n"),
        "found-tokens.txt": lines(lambda: f"eyJ{some(24)}.eyJ{some(30)}.{some(40)}"),
        "found-passwords.txt": lines(lambda: f'password = "{some(12)}!"'),
        "found-lookalikes.csv": lines(lambda: some(24, odd), "name\n"),
    }


def hostile(folder):
    folder.mkdir(exist_ok=True)
    r, size = random.Random(11), SIZE // 10
    b64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    blocks = {
        "digits.txt": "".join(r.choices("0123456789", k=1 << 16)),
        "cards.csv": "\n".join(str(r.randint(4 * 10**15, 5 * 10**15)) for _ in range(4000)) + "\n",
        "at.txt": "a@b." * (1 << 14),
        "base64.txt": "".join(r.choices(b64, k=1 << 16)),
        "prefixes.txt": "AKIAghp_hf_sk-proj-xoxb-eyJ" * (1 << 11),
        "keywords.txt": "password secret token api_key " * (1 << 11),
        "escapes.jsonl": '{"a": "' + "\\u0041\\n\\\"" * (1 << 12) + '"}\n',
        "quotes.csv": '"a ""b"" c","",' * (1 << 12) + "\n",
        "wide.txt": "Ａ​Б" * (1 << 14),
    }
    blocks |= found(r, b64)
    for name, block in blocks.items():
        path, raw = folder / name, block.encode()
        if not path.exists():
            path.write_bytes(raw * (size // len(raw) + 1))


def main():
    base = pathlib.Path(sys.argv[1])
    base.mkdir(parents=True, exist_ok=True)
    r = random.Random(5)
    lines = [jsonl_line(r) for _ in range(4000)]
    repeat(base / "rows.jsonl", b'{"id": %d, ', lines)
    repeat(base / "sample.jsonl", b'{"id": %d, ', lines, size=2 << 20)
    repeat(base / "rows.csv", b"%d,", [csv_line(r) for _ in range(8000)], b"id,name,price,day,grade,note\n")
    parquet(base / "rows.parquet")
    hostile(base / "hostile")
    if not (base / "long.jsonl").exists():
        block = prose(r).encode() * 100
        (base / "long.jsonl").write_bytes(b'{"text": "' + block * (2 * SIZE // len(block)) + b'"}\n')


main()
