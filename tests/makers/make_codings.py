#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tests/golden/coding: one answer in each Content-Encoding, packed by the tools that people use.

Needs gzip, zstd, brotli, python3-zstandard, python3-brotli. flushed-* is a stream as a server sends
it, flushed after each event: pieces, each behind its length as two bytes (little endian)."""
import json
import os
import subprocess
import zlib

import brotli
import zstandard

OUT = os.path.join(os.path.dirname(__file__), "..", "golden", "coding")
WORDS = "The lighthouse keeper counted nine ships before the fog came, and none of them was his .".split()


def events():
    for i, word in enumerate(WORDS):
        piece = {"id": "chatcmpl-7", "object": "chat.completion.chunk", "choices": [
            {"index": 0, "delta": {"content": " " + word}, "finish_reason": None}], "n": i * i * 7919}
        yield b"data: " + json.dumps(piece).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def tool(data, *command):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def deflated(data, bits):
    z = zlib.compressobj(9, zlib.DEFLATED, bits)
    return z.compress(data) + z.flush()


def by_zlib(pieces):
    z = zlib.compressobj(6, zlib.DEFLATED, 31)
    packed = [z.compress(p) + z.flush(zlib.Z_SYNC_FLUSH) for p in pieces]
    return packed[:-1] + [packed[-1] + z.flush()]


def by_brotli(pieces):
    b = brotli.Compressor()
    packed = [b.process(p) + b.flush() for p in pieces]
    return packed[:-1] + [packed[-1] + b.finish()]


def by_zstd(pieces):
    z = zstandard.ZstdCompressor().compressobj()
    packed = [z.compress(p) + z.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK) for p in pieces]
    return packed[:-1] + [packed[-1] + z.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH)]


def write(name, data):
    with open(os.path.join(OUT, name), "wb") as f:
        f.write(data)


def main():
    os.makedirs(OUT, exist_ok=True)
    pieces = list(events())
    plain = b"".join(pieces)
    half = len(plain) // 2
    gzip = tool(plain, "gzip", "-9n")
    write("plain", plain)
    write("gzip", gzip)
    write("gzip-members", tool(plain[:half], "gzip", "-1n") + tool(plain[half:], "gzip", "-9n"))
    write("deflate", deflated(plain, 15))
    write("deflate-bare", deflated(plain, -15))
    write("br", tool(plain, "brotli", "-c"))
    write("zstd", tool(plain, "zstd", "-qc"))
    write("zstd-frames", tool(plain[:half], "zstd", "-qc") + b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc"
          + tool(plain[half:], "zstd", "-qc", "--check"))
    write("zstd-window-16MiB", tool(plain, "zstd", "-qc", "--zstd=wlog=24", "--no-content-size"))
    write("gzip-br", tool(gzip, "brotli", "-c"))
    write("zstd-gzip", tool(tool(plain, "zstd", "-qc"), "gzip", "-n"))
    for name, packed in (("gzip", by_zlib), ("br", by_brotli), ("zstd", by_zstd)):
        write("flushed-" + name, b"".join(len(p).to_bytes(2, "little") + p for p in packed(pieces)))
    zeros = bytes(8 << 20)
    write("bomb-gzip", tool(zeros, "gzip", "-9n"))
    write("bomb-br", tool(bytes(64 << 20), "brotli", "-c"))
    write("bomb-zstd", tool(zeros, "zstd", "-qc"))
    write("bomb-gzip-gzip", tool(tool(bytes(64 << 20), "gzip", "-9n"), "gzip", "-9n"))


main()
