#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""embed.py OUT.c HEADER NAME=FILE...: files as constant C strings that HEADER declares, each with its SHA-256
for a content security policy: NAME, NAME_size, NAME_sha256 (base64). Output depends on the input only."""
import base64
import hashlib
import pathlib
import sys


def constant(name, data):
    rows = [data[i:i + 24] for i in range(0, len(data), 24)]
    body = "\n".join("    " + "".join(f"{b}," for b in row) for row in rows)
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    return (f"const unsigned char {name}[] = {{\n{body}\n    0}};\n"
            f"const size_t {name}_size = {len(data)};\n"
            f"const char {name}_sha256[] = \"{digest}\";\n")


def main():
    out = ["/* Written by tools/embed.py. */", f'#include "{sys.argv[2]}"', ""]
    for pair in sys.argv[3:]:
        name, path = pair.split("=", 1)
        out.append(constant(name, pathlib.Path(path).read_bytes()))
    pathlib.Path(sys.argv[1]).write_text("\n".join(out))


main()
