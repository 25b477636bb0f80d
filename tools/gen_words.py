#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_words.py OUT.c NAME=FILE...: lists of words as constant tables, sorted by their bytes, for
words_find() of src/detect/check/words.h. Lines with # are remarks; words may share a line."""
import pathlib
import sys


def words_of(path):
    words = set()
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            words.update(line.split())
    return sorted(words, key=lambda w: w.encode())


def table(name, words):
    starts, text, at = [], [], 0
    for word in words:
        data = word.encode()
        starts.append(at)
        text.append(data)
        at += len(data)
    starts.append(at)
    if at > 65535:
        sys.exit(f"{name}: more text than its offsets can count")
    data = b"".join(text)
    body = "\n".join("    " + "".join(f"{b}," for b in data[i:i + 24])
                     for i in range(0, len(data), 24))
    numbers = "\n".join("    " + " ".join(f"{n}," for n in starts[i:i + 16])
                        for i in range(0, len(starts), 16))
    return (f"static const uint8_t {name}_text[] = {{\n{body}\n}};\n"
            f"static const uint16_t {name}_starts[] = {{\n{numbers}\n}};\n"
            f"const struct words words_{name} = {{{name}_text, {name}_starts, {len(words)}}};\n")


def main():
    out = ["/* Written by tools/gen_words.py. */", '#include "detect/check/words.h"', ""]
    for pair in sys.argv[2:]:
        name, path = pair.split("=", 1)
        out.append(table(name, words_of(path)))
    pathlib.Path(sys.argv[1]).write_text("\n".join(out))


main()
