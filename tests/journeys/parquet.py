#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""parquet.py OUT NAME:TYPE,... [ROWS_PER_GROUP]: JSON lines from standard input as a Parquet file.

Types: int32, int64, double, string. Plain, unpacked, every column optional; one page per row group.
"""
import json
import struct
import sys

PHYSICAL = {"int32": 1, "int64": 2, "double": 5, "string": 6}
PACK = {"int32": "<i", "int64": "<q", "double": "<d"}


def varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])


def integer(n):
    return varint(n << 1 ^ n >> 63)


def struct_of(*fields):
    """(id, kind, value): kinds of the compact protocol; a struct is bytes that are made already."""
    out, last = b"", 0
    for number, kind, value in fields:
        out += bytes([number - last << 4 | kind])
        last = number
        if kind in (5, 6):
            out += integer(value)
        elif kind == 8:
            out += varint(len(value)) + value
        elif kind == 9:
            of, items = value
            head = bytes([len(items) << 4 | of]) if len(items) < 15 else bytes([0xF0 | of]) + varint(len(items))
            out += head + b"".join(items)
        else:
            out += value
    return out + b"\0"


def text(value):
    return varint(len(value)) + value


def page(kind, values):
    bits = "".join("0" if v is None else "1" for v in values)
    bits += "0" * (-len(bits) % 8)
    packed = bytes(int(bits[i:i + 8][::-1], 2) for i in range(0, len(bits), 8))
    levels = varint(len(packed) << 1 | 1) + packed
    body = struct.pack("<I", len(levels)) + levels
    for v in values:
        if v is not None and kind == "string":
            body += struct.pack("<I", len(v.encode())) + v.encode()
        elif v is not None:
            body += struct.pack(PACK[kind], v)
    header = struct_of((1, 5, len(values)), (2, 5, 0), (3, 5, 3), (4, 5, 3))
    return struct_of((1, 5, 0), (2, 5, len(body)), (3, 5, len(body)), (5, 12, header)) + body


def main():
    columns = [c.split(":") for c in sys.argv[2].split(",")]
    rows = [json.loads(line) for line in sys.stdin]
    size = int(sys.argv[3]) if len(sys.argv) > 3 else len(rows)
    data, groups = b"PAR1", []
    for at in range(0, len(rows), size):
        chunks = []
        for name, kind in columns:
            one = page(kind, [r.get(name) for r in rows[at:at + size]])
            meta = struct_of((1, 5, PHYSICAL[kind]), (2, 9, (5, [integer(0)])), (3, 9, (8, [text(name.encode())])), (4, 5, 0),
                             (5, 6, len(rows[at:at + size])), (6, 6, len(one)), (7, 6, len(one)), (9, 6, len(data)))
            chunks.append(struct_of((2, 6, len(data)), (3, 12, meta)))
            data += one
        groups.append(struct_of((1, 9, (12, chunks)), (2, 6, 0), (3, 6, len(rows[at:at + size]))))
    schema = [struct_of((4, 8, b"schema"), (5, 5, len(columns)))]
    for name, kind in columns:
        fields = [(1, 5, PHYSICAL[kind]), (3, 5, 1), (4, 8, name.encode())]
        schema.append(struct_of(*fields, *([(6, 5, 0)] if kind == "string" else [])))
    footer = struct_of((1, 5, 1), (2, 9, (12, schema)), (3, 6, len(rows)), (4, 9, (12, groups)))
    with open(sys.argv[1], "wb") as f:
        f.write(data + footer + struct.pack("<I", len(footer)) + b"PAR1")


main()
