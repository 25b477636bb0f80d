#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_words.py OUT.c NAME=FILE... set:NAME=FILE... inside:NAME=FILE... begin:NAME=FILE... sets:FILE: lists of words as constant tables for
src/detect/check/words.h, sorted by their bytes for words_find(); those that are looked for inside a text by their first
characters, for words_are_inside(); beginnings, for words_begin(); hash tables for words_have(), small ones all in a file with headings. Lines with # are
remarks; words may share a line."""
import pathlib
import sys


def words_of(path):
    words = set()
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            words.update(line.split())
    return sorted(words, key=lambda w: w.encode())


def pair_of(word):
    """As in words.c."""
    return (word.encode()[0] & 31) << 5 | (word.encode()[1] & 31)


def slot_of(word, room):
    """As in words.c."""
    w, n = word.encode(), len(word)
    x = w[0] | w[n // 2] << 8 | w[n - 1] << 16 | n << 24
    return (x * 2654435761 & 0xFFFFFFFF) >> 16 & (room - 1)


def sets_of(path):
    sets, words = {}, []
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith("[") and line.endswith("]") and " " not in line:
            words = sets.setdefault(line[1:-1], [])
        elif not line.startswith("#"):
            words += line.split()
    return sets


def set_table(name, words):
    """Open addressing in 4 to 8 times as many slots: most words that are not there end at an empty one."""
    if len(set(words)) != len(words) or any(w != w.lower() or len(w) > 31 for w in words):
        sys.exit(f"{name}: too many words, or one twice, or one that is too long or not in small letters")
    room = 1 << (len(words) * 4 - 1).bit_length()
    slots = [0] * room
    for i, word in enumerate(words):
        at = slot_of(word, room)
        while slots[at]:
            at = (at + 1) % room
        slots[at] = i + 1
    return (table("set_" + name, words) + f"static const uint16_t set_{name}_slots[] = {{\n{rows(slots)}\n}};\n"
            f"const struct words_set words_set_{name} = {{&words_set_{name}_list, set_{name}_slots, {room - 1}}};\n"
            ).replace(f"const struct words words_set_{name} =", f"static const struct words words_set_{name}_list =")


def rows(numbers):
    return "\n".join("    " + " ".join(f"{n}," for n in numbers[i:i + 16]) for i in range(0, len(numbers), 16))


def inside_table(name, words, nocase=True):
    """The words by their pairs, and where each pair's words begin, from 1."""
    words = sorted(words, key=lambda w: (pair_of(w), w.encode()))
    if len(words) > 254 or any(nocase and w != w.lower() or not w.isascii() or len(w) < 2 for w in words):
        sys.exit(f"{name}: too many words, or one that is too short or not in small letters")
    heads, thirds = [0] * 1024, [0] * 1024
    for i, word in enumerate(words):
        heads[pair_of(word)] = heads[pair_of(word)] or i + 1
        thirds[pair_of(word)] |= 1 << (word.encode()[2] & 31) if len(word) > 2 else 0xFFFFFFFF
    return (table(name, words) + f"static const uint8_t {name}_heads[] = {{\n{rows(heads)}\n}};\n"
            f"static const uint32_t {name}_thirds[] = {{\n{rows(thirds)}\n}};\n"
            f"const struct words_inside words_inside_{name} = {{&words_{name}, {name}_heads, {name}_thirds}};\n")


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
    return (f"static const uint8_t {name}_text[] = {{\n{body}\n}};\n"
            f"static const uint16_t {name}_starts[] = {{\n{rows(starts)}\n}};\n"
            f"const struct words words_{name} = {{{name}_text, {name}_starts, {len(words)}}};\n")


def main():
    out = ["/* Written by tools/gen_words.py. */", '#include "detect/check/words.h"', ""]
    for pair in sys.argv[2:]:
        if pair.startswith("sets:"):
            out += [set_table(name, words) for name, words in sets_of(pair[5:]).items()]
            continue
        name, path = pair.split("=", 1)
        kind, _, name = name.rpartition(":")
        if kind == "set":
            out.append(set_table(name, words_of(path)))
        elif kind:
            out.append(inside_table(name, words_of(path), kind == "inside"))
        else:
            out.append(table(name, words_of(path)))
    pathlib.Path(sys.argv[1]).write_text("\n".join(out))


main()
