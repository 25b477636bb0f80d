#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_evidence.py RULES_DIR OUT.c - compiles rules/evidence.tsv: bits per kind of personal value, and
the words that speak of each, folded as src/detect/engine/fold.c folds text. The rows are in the
order of their ids, as the detectors are. Output depends on the input only."""
import pathlib
import sys
import unicodedata

NAMED, GENERAL, OTHER, FILLER = range(4)
FLAGS = {OTHER: "PHRASE_OTHER", FILLER: "PHRASE_FILLER"}
RANGES = ((0xC0, 0x460), (0x1E00, 0x1F00))
WIDE = ((0x590, 0x700), (0xE00, 0xE80), (0x3040, 0x3100), (0x3400, 0xA000), (0xAC00, 0xD7B0))
SPECIAL = {"ß": "s", "æ": "a", "œ": "o", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "t", "ı": "i", "ς": "σ"}


def fold_char(char):
    """One character in lower case, without accents; "" for what is no letter."""
    char = char.lower()[:1]
    char = unicodedata.normalize("NFKD", char)[:1]
    char = SPECIAL.get(char, char)
    return char if char.isalpha() else ""


def wide(char):
    return any(low <= ord(char) < high for low, high in WIDE)


def kind_of(char):
    if char.isascii() and char.isdigit():
        return "digit"
    if wide(char):
        return "wide"
    return "letter" if char.isalpha() or unicodedata.category(char) in ("Mc", "Mn") else ""


def fold(text):
    out, before = [], ""
    for char in unicodedata.normalize("NFC", text):
        kind = kind_of(char)
        if kind and before and kind != before:
            out.append(" ")
        if kind:
            in_table = any(low <= ord(char) < high for low, high in RANGES)
            out.append(fold_char(char) if kind == "letter" and (char.isascii() or in_table) else char)
        elif before:
            out.append(" ")
        before = kind
    return "".join(out).strip()


def split(cell):
    return [word.strip() for word in cell.split(",") if word.strip()]


def read(path):
    lists, rows = {}, {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        cells = (line.split("\t") + [""] * 6)[:6]
        if cells[0].startswith("@"):
            lists[cells[0]] = split(cells[4])
        else:
            rows[cells[0]] = cells
    return lists, rows


def expand(words, lists):
    out = []
    for word in words:
        out += lists[word] if word.startswith("@") else [word]
    return out


def phrases_of(ids, rows, lists):
    phrases = {}

    def add(word, kind, index):
        open_end = word.endswith("*")
        text = fold(word.rstrip("*"))
        if not text:
            sys.exit(f"evidence.tsv: {word!r} has no letters")
        entry = phrases.setdefault(text, {"open": False, NAMED: set(), GENERAL: set(), "flags": set()})
        entry["open"] = entry["open"] or open_end or wide(text[-1])
        if index is None:
            entry["flags"].add(FLAGS[kind])
        else:
            entry[kind].add(index)

    for index, row in enumerate(ids):
        for word in expand(split(rows[row][4]), lists):
            add(word, NAMED, index)
        for word in expand(split(rows[row][5]), lists):
            add(word, GENERAL, index)
    for word in split(rows["other"][4]):
        add(word, OTHER, None)
    for word in split(rows["filler"][4]):
        add(word, FILLER, None)
    return phrases


SLOTS = 4096


def key_of(phrase):
    return (phrase.encode().split(b" ")[0][:3] + b"   ")[:3]


def slots_of(order, phrases):
    """Sorted phrases with one key lie together, but for short first words: those are moved there."""
    groups = {}
    for index, phrase in enumerate(order):
        key = key_of(phrase)
        if not phrase[0].isalpha():
            sys.exit(f"evidence.tsv: {phrase!r} does not begin with a letter, see surroundings.c")
        if phrases[phrase]["open"] and b" " in key and " " not in phrase:
            sys.exit(f"evidence.tsv: {phrase!r} is too short to go on")
        groups.setdefault(key, []).append(index)
    table = {}
    for key, members in sorted(groups.items()):
        if members[-1] - members[0] + 1 != len(members):
            sys.exit(f"evidence.tsv: phrases of {key!r} do not lie together")
        at = (int.from_bytes(key, "big") * 2654435761 & 0xFFFFFFFF) >> 20
        while at in table:
            at = (at + 1) % SLOTS
        text = ",".join(str(b) for b in key)
        table[at] = f"    [{at}] = {{{{{text}}}, {len(members)}, {members[0]}}},"
    return "\n".join(table[at] for at in sorted(table))


def numbers(values, per=20):
    return "\n".join("    " + " ".join(f"{v}," for v in values[i:i + per]) for i in range(0, len(values), per))


def main():
    lists, rows = read(pathlib.Path(sys.argv[1]) / "evidence.tsv")
    ids = sorted(row for row in rows if row.startswith("pii."))
    phrases = phrases_of(ids, rows, lists)
    order = sorted(phrases, key=lambda p: (key_of(p), p.encode()))
    text, pool, seen, entries = b"", [255], {}, []
    for phrase in order:
        entry, at = phrases[phrase], {}
        for kind in (NAMED, GENERAL):
            members = tuple(sorted(entry[kind] - (entry[NAMED] if kind == GENERAL else set())))
            if members and members not in seen:
                seen[members] = len(pool)
                pool += list(members) + [255]
            at[kind] = seen[members] if members else 0
        data = phrase.encode()
        flags = sorted(entry["flags"]) + (["PHRASE_OPEN"] if entry["open"] else [])
        entries.append(f"    {{{len(text)}, {len(data)}, {' | '.join(flags) or 0}, {at[NAMED]}, {at[GENERAL]}}},")
        text += data
    slots = slots_of(order, phrases)
    latin = [ord(fold_char(chr(c)) or "\0") for low, high in RANGES for c in range(low, high)]
    evidence = "\n".join(f'    {{"{i}", {rows[i][1]}, {rows[i][2]}, {rows[i][3]}}},' for i in ids)
    pathlib.Path(sys.argv[2]).write_text(
        "/* Made from rules/evidence.tsv by tools/gen_evidence.py. */\n"
        '#include "detect/engine/phrases.h"\n\n'
        f"const uint8_t phrases_text[] = {{\n{numbers(list(text))}\n}};\n"
        "const struct phrase phrases_table[] = {\n" + "\n".join(entries) + "\n};\n"
        f"const struct phrase_slot phrases_slots[PHRASE_SLOTS] = {{\n{slots}\n}};\n"
        f"const uint8_t phrases_pool[] = {{\n{numbers(pool)}\n}};\n"
        f"const uint16_t fold_letters[] = {{\n{numbers(latin)}\n}};\n"
        f"const struct evidence evidence_table[] = {{\n{evidence}\n}};\n"
        f"const size_t evidence_count = {len(ids)};\n", encoding="utf-8")


main()
