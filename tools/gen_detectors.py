#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_detectors.py - compiles rules/secrets.tsv and rules/pii.tsv for the text engine.

    gen_detectors.py RULES_DIR --tables OUT.c --literals OUT.txt --near OUT.txt
                                                                     the engine's tables, the literals for the databases
    gen_detectors.py RULES_DIR --examples OUT.tsv                    id, good|bad, text: what tests feed to the engine

The rows' columns are described at the head of the two files, programs in pattern.py, tables in
src/detect/engine/tables.h. Output depends on the input only.
"""
import argparse
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
import pattern as pt
from detector_rows import CODES, bad_example, good_example, read_rows
from rule_tables import Bad, Pool, bad, quote

HOW = {"pattern": "BY_PATTERN", "words": "BY_WORD", "code": "BY_CODE"}


# Forms that ordinary texts are full of.
GATED = ("pii.dob", "pii.uk.sortcode", "pii.co.nit", "pii.us.ein", "pii.health.icd10", "pii.uk.postcode")


# What many other words hold, with what stands beside it when it is a word of its own.
INSIDE_WORDS = {"eth": ["eth_", "eth-", "_eth", "eth ", "eth:", "eth=", "eth\""]}


def fold(text):
    """As the engine folds words: lower case, "_" and "-" like a blank."""
    return re.sub(r"[\s_\-./]+", " ", text.lower()).strip()


ALNUM = sum(1 << c for c in range(128) if chr(c).isalnum())


def span_of(node):
    """How long the run of letters and digits is that a token begins with: of the whole, if it is nothing else."""
    body = [x for x in node[1] if x[0] not in pt.ZERO] if node[0] == "cat" else [node]
    plain = all((x[1] if x[0] == "rep" else x)[0] == "set" for x in body)
    if plain and all(not (x[1][1] if x[0] == "rep" else x[1]) & ~ALNUM for x in body):
        return pt.width(node)
    return 1, 65535


class Tables:
    def __init__(self, rows, evidence):
        self.evidence = evidence
        self.rows, self.sets, self.code = rows, pt.Sets(), []
        self.starts, self.literals, self.shape, self.words = [], {}, {}, {}
        self.checks, self.leads, self.firsts, self.tokens = {}, [], [], []
        self.follows, self.widths, self.spans = {}, [], []
        for i, row in enumerate(rows):
            self.add(i, row)

    def literal(self, text, nocase, use):
        if len(text) < 3:
            raise pt.BadPattern(f"literal {text!r} is too short")
        uses = self.literals.setdefault((text, nocase), [])
        if use not in uses:
            uses.append(use)

    def add_literals(self, i, row, node, how):
        found = False
        for alternative in pt.alternatives(node):
            anchor = pt.anchors(alternative)
            if anchor is None:
                if row["find"] == "literal+words":
                    continue
                raise pt.BadPattern("an alternative without a literal of 3 characters")
            found = True
            for text, nocase in anchor[0]:
                self.literal(text, nocase, (how, i, anchor[1], anchor[2]))
                self.follows.setdefault((text, nocase), []).append(anchor[3] if how == "pattern" else None)
        if not found:
            raise pt.BadPattern("no literal of 3 characters")

    def drop_longer(self, i):
        """Of a code's literals that end alike one is enough: "_key" for "api_key"."""
        mine = [k for k, uses in self.literals.items() if all(how == "code" and d == i for how, d, *_ in uses)]
        for text, nocase in mine:
            if any(t != text and n == nocase and text.endswith(t) for t, n in mine):
                del self.literals[text, nocase], self.follows[text, nocase]

    def add_words(self, i, row):
        raws = []
        for word in row["context"].split(","):
            parts = fold(word).split(" ")
            raws += [joint.join(parts) for joint in (["", " ", "_", "-"] if len(parts) > 1 else [""])]
        for raw in raws:
            if len(raw) < 3 or any(w != raw and len(w) > 3 and raw.startswith(w) for w in raws):
                continue  # "wandb" finds "wandb_v1" too
            for text in INSIDE_WORDS.get(raw, [raw]):
                self.literal(text.encode(), raw.isascii(), ("words", i, 0, 0))
                self.follows.setdefault((text.encode(), raw.isascii()), []).append([])

    def add(self, i, row):
        find, node = row["find"], pt.parse(row["pattern"])
        self.checks.setdefault(row["check"], len(self.checks))
        self.starts.append(len(self.code))
        code = [pt.END] if find in ("code", "file") else pt.compile_node(node, self.sets)
        self.code += code
        self.spans.append(span_of(node))
        self.widths.append(pt.width(node)[0])
        first = pt.first(node)[0]
        self.leads.append(bool(first & pt.LEAD))
        self.firsts.append(self.sets.of(first or pt.ALL))
        if find in ("literal", "literal+words"):
            self.add_literals(i, row, node, "pattern")
        if find in ("words", "literal+words"):
            self.add_words(i, row)
        if find == "code":
            self.add_literals(i, row, node, "code")
            self.drop_longer(i)
        if find == "shape":
            for key in pt.shapes(code, self.sets):
                self.shape.setdefault(key, []).append(i)
        if find in ("token", "colon"):
            self.tokens.append((find, i))
        named = [fold(w) for w in row["context"].split(",")] + self.evidence.get(row["id"], [])
        for word in sorted(set(filter(None, named))):
            self.words.setdefault(word, []).append(i)


def read_rarity(path):
    """Of values that have the form, one in so many passes the check (evidence.tsv, `fits`: bits): id -> number."""
    rarity = {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        cells = line.split("\t")
        if len(cells) > 2 and cells[0].startswith("pii.") and not cells[0].startswith("pii.phone."):
            bits = int(cells[1] or 0)
            rarity[cells[0]] = 1 << min(bits, 20) if bits >= 3 else 0
    return rarity


def read_evidence(path):
    """Words that speak for a kind of personal value (evidence.tsv): id -> folded words, lists filled in."""
    lists, rows = {}, {}
    for line in path.read_text(encoding="utf-8").split("\n"):
        cells = line.split("\t") + [""] * 5
        if not line or line.startswith("#") or cells[0] in ("id", "other", "filler"):
            continue
        rows[cells[0]] = [w for w in (cells[4] + "," + cells[5]).split(",") if w]
        if cells[0].startswith("@"):
            lists[cells[0]] = [w for c in cells[1:] for w in c.split(",") if w]
    out = {}
    for name, words in rows.items():
        if not name.startswith("@"):
            flat = [x for w in words for x in (lists.get(w, []) if w.startswith("@") else [w])]
            out[name] = [fold(w.rstrip("*")) for w in flat]
    return out


def words_of_mask(mask):
    return ", ".join(f"0x{mask >> (32 * k) & 0xffffffff:x}u" for k in range(8))


def rows_of_mask(mask):
    """By the low half of a byte: a bit for each high half. See sets.c."""
    return ", ".join(str(sum((mask >> (16 * high + low) & 1) << high for high in range(8))) for low in range(16))


def numbers(values, per=20):
    lines = [", ".join(str(v) for v in values[k:k + per]) for k in range(0, len(values), per)]
    return "    " + ",\n    ".join(lines) + ","


def hash_word(data):
    """FNV-1a, as in context.c."""
    h = 2166136261
    for b in data:
        h = ((h ^ b) * 16777619) & 0xffffffff
    return h


DETECTORS_MAX = 384
WORD_SLOTS = 8192
BLOOM_BITS = 32768


def word_table(words):
    slots = [None] * WORD_SLOTS
    for word in sorted(words):
        at = hash_word(word.encode()) % WORD_SLOTS
        while slots[at]:
            at = (at + 1) % WORD_SLOTS
        slots[at] = word
    return slots


HEAD = """/* SPDX-License-Identifier: Apache-2.0 */
/* Made from rules/secrets.tsv and rules/pii.tsv by tools/gen_detectors.py: do not edit. */
#include "detect/engine/tables.h"
#pragma GCC diagnostic ignored "-Woverlength-strings"

"""


def detectors_c(t):
    out = []
    out.append("const struct detector detectors_table[] = {\n")
    for i, row in enumerate(t.rows):
        out.append(f"    {{.id = {quote(row['id'])}, .kind = DETECTOR_{row['kind'].upper()}, .severity = SEV_{row['severity'].upper()},\n"
                   f"     .title = {quote(row['title'])}, .region = {quote(row['region'])}, "
                   f".one_in = {row['one_in'] or t.rarity.get(row['id'], 0)}}},\n")
    out.append("};\n\nconst struct detector_row detector_rows[] = {\n")
    for i, row in enumerate(t.rows):
        flags = [name for name, on in (("ROW_NEEDS_WORD", row["need"] == "word"), ("ROW_LEAD", t.leads[i]),
                                       ("ROW_SECRET", row["kind"] == "secret"), ("ROW_SOLID", row["solid"]),
                                       ("ROW_GATED", row["id"] in GATED), ("ROW_BOTH", row["find"] == "literal+words"),
                                       ("ROW_CONTEXT", row["context"].strip(", "))) if on]
        out.append(f"    {{{t.starts[i]}, {t.firsts[i]}, {t.checks[row['check']]}, {' | '.join(flags) or 0}}}, /* {row['id']} */\n")
    out.append("};\n\nconst char check_names[][CHECK_NAME] = {" + ", ".join(quote(c) for c in t.checks) + "};\n"
               f"const size_t check_names_count = {len(t.checks)};\n\n")
    return "".join(out)


def merged(follows):
    """What has to follow whatever use it is."""
    if all(f == follows[0] for f in follows):
        return follows[0]
    if not all(follows):
        return []
    mask, low = 0, min(f[0][1] for f in follows)
    for f in follows:
        mask |= f[0][0]
    return [[mask, low, low]] if low else []


def gate_of(t, uses, text=b""):
    """What a cheap look at the text around the literal has to find (gate.c)."""
    kinds = {how for how, *_ in uses}
    if kinds == {"words"}:
        least = min(t.widths[i] for _, i, *_ in uses)
        return "GATE_KEY" if least >= 16 else "GATE_CAPITALS"
    if all(t.rows[i]["code"] == "assign" for how, i, *_ in uses if how == "code"):
        if kinds == {"code"}:
            return "GATE_SECRET"
        if kinds == {"code", "pattern"}:
            return "GATE_EITHER"
    if text == b"curl":
        return "GATE_CURL"
    return "GATE_JWT" if text == b"eyJ" else "GATE_NONE"


LITERAL_BUCKETS = 4096
NO_LITERAL = 0xffff


def bucket_chains(texts):
    """The literals of each bucket in ascending order: the first of it, and the one behind each."""
    heads, following, last = [NO_LITERAL] * LITERAL_BUCKETS, [], {}
    for i, text in enumerate(texts):
        a, b, c = text[:3].lower()
        bucket = (((a | b << 8 | c << 16) * 2654435761) & 0xffffffff) >> 20  # bucket() in literals.c
        if bucket in last:
            following[last[bucket]] = i
        else:
            heads[bucket] = i
        last[bucket] = i
        following.append(NO_LITERAL)
    return heads, following


def literals_c(t):
    order = sorted(t.literals)
    uses, rows, follows, pool = [], [], [], Pool("literal_pool")
    for text, nocase in order:
        mine = t.literals[text, nocase]
        bounded = all(how == "pattern" and high == 0 and t.code[t.starts[i]] == pt.BOUND for how, i, _, high in mine)
        after = merged([f for f in t.follows[text, nocase] if f is not None] or [[]])
        gate = gate_of(t, mine, text)
        rows.append(f"    {{{pool.place(text.decode())}, {len(text)}, {int(nocase)}, {int(bounded)}, {gate}, {len(after)}, "
                    f"{len(follows)}, {len(mine)}, {len(uses)}}},\n")
        follows += [(t.sets.of(mask), low, high) for mask, low, high in after]
        uses += mine
    out = [pool.c(), "const struct literal literals_table[] = {\n", *rows, "};\n", f"const size_t literals_count = {len(order)};\n\n"]
    out.append("const struct literal_use literal_uses[] = {\n")
    for how, i, low, high in uses:
        number = CODES.index(t.rows[i]["code"]) if how == "code" else i
        out.append(f"    {{{HOW[how]}, {number}, {low}, {high}}},\n")
    out.append("};\n\nconst struct literal_follow literal_follows[] = {\n")
    out += [f"    {{{a}, {low}, {high}}},\n" for a, low, high in follows]
    out.append("};\n\n")
    heads, following = bucket_chains(text for text, _ in order)
    out.append(f"const uint16_t literal_heads[LITERAL_BUCKETS] = {{\n{numbers(heads)}\n}};\n"
               f"const uint16_t literal_next[] = {{\n{numbers(following)}\n}};\n\n")
    return "".join(out)


LITERALS_ALIKE = 4  # as in src/detect/engine/part.h
LITERAL_MOST = 32  # LONGEST in literals.c


def check_literals(t):
    """The engine has room for so many literals that end at one place, and looks so far back for their beginnings."""
    low = [text.lower() for text, _ in t.literals]
    for text in low:
        alike = sum(text.endswith(other) for other in low)
        if alike > LITERALS_ALIKE or len(text) > LITERAL_MOST:
            raise pt.BadPattern(f"literal {text!r} is too long, or {alike} literals end alike")


def detector_bits(detectors):
    mask = sum(1 << d for d in detectors)
    return ", ".join(f"0x{mask >> (64 * k) & (1 << 64) - 1:x}u" for k in range(DETECTORS_MAX // 64))


def shape_c(t):
    lists, at, sets = [], [], []
    for kind in range(2):
        for n in range(pt.SHAPE_MAX + 1):
            for follow in range(len(pt.NEXT)):
                mine = t.shape.get((kind, n, follow), [])
                at.append(len(lists))
                lists += mine
                sets.append("    {{" + detector_bits(mine) + "}},\n")
    at.append(len(lists))
    return ("const struct detector_set shape_sets[] = {\n" + "".join(sets) + "};\n"
            f"const uint16_t shape_at[] = {{\n{numbers(at)}\n}};\n"
            f"const uint16_t shape_lists[] = {{\n{numbers(lists or [0])}\n}};\n\n")


def words_c(t):
    slots, lists, bloom, pool = word_table(t.words), [], 0, Pool("context_pool")
    for word in t.words:
        bloom |= 1 << (hash_word(word.encode()) % BLOOM_BITS)
    out = ["const struct context_word context_words[CONTEXT_SLOTS] = {\n"]
    for k, word in enumerate(slots):
        if word is None:
            continue
        mine = t.words[word]
        out.append(f"    [{k}] = {{{pool.place(word)}, {len(word.encode())}, {len(mine)}, {len(lists)}}},\n")
        lists += mine
    out.append(f"}};\nconst uint16_t context_lists[] = {{\n{numbers(lists)}\n}};\n\n" + pool.c())
    masks = [f"0x{bloom >> (64 * k) & (1 << 64) - 1:x}u" for k in range(BLOOM_BITS // 64)]
    out.append(f"const uint64_t context_bloom[] = {{\n{numbers(masks, 8)}\n}};\n\n")
    return "".join(out)


def tables_c(t):
    out = [HEAD, detectors_c(t), literals_c(t), shape_c(t), words_c(t)]
    for find in ("token", "colon"):
        mine = [i for f, i in t.tokens if f == find]
        out.append(f"const uint16_t {find}_list[] = {{{', '.join(map(str, mine))}}};\nconst size_t {find}_count = {len(mine)};\n")
    spans = [t.spans[i] for f, i in t.tokens if f == "token"]
    out.append(f"const uint16_t token_widths[][2] = {{{', '.join(f'{{{a}, {b}}}' for a, b in spans)}}};\n")
    token = ALNUM | sum(1 << c for c in b"+/-_")
    out.append(f"\nconst uint16_t alnum_set = {t.sets.of(ALNUM)}, token_set = {t.sets.of(token)};\n")
    out.append("const struct byte_set byte_sets[] = {\n")
    out += [f"    {{{{{words_of_mask(m)}}},\n     {{{{{rows_of_mask(m)}}},\n      {{{rows_of_mask(m >> 128)}}}}}}},\n"
            for m in t.sets.index]
    out.append("};\n\n" f"const uint16_t programs[] = {{\n{numbers(t.code)}\n}};\n\n")
    for i, row in enumerate(t.rows):
        if row["id"] in ("pii.card", "pii.dob", "pii.phone.e164", "pii.phone.grouped"):
            out.append(f"const uint16_t {row['id'][4:].replace('.', '_')}_detector = {i};\n")
        if row["find"] in ("at", "street"):
            out.append(f"const uint16_t {'email' if row['find'] == 'at' else 'street'}_detector = {i};\n")
    for name in ("secret.generic.assign", "secret.db_uri", "pii.url.userinfo", "secret.pem.private_key", "secret.k8s.secret",
                 "secret.gcp.service_account", "secret.oci.key", "secret.bip39"):
        index = next(i for i, r in enumerate(t.rows) if r["id"] == name)
        out.append(f"const uint16_t {'is_' + name.replace('.', '_')} = {index};\n")
    out.append(f"const size_t detectors_count = {len(t.rows)};\n"
               f"_Static_assert({len(t.rows)} <= DETECTORS_MAX, \"more detectors than bits\");\n")
    return "".join(out)


def literals_txt(t, near):
    """Those that matter only near a long run of letters and digits, or the others."""
    rows = [(k, *key) for k, key in enumerate(sorted(t.literals)) if (gate_of(t, t.literals[key]) == "GATE_KEY") == near]
    return "".join(f"{k}\t{int(nocase)}\t{text.hex()}\n" for k, text, nocase in rows)


def examples(rows):
    for row in rows:
        if row["find"] == "file":
            continue  # its examples are no text
        yield row["id"], "bad", bad_example(row)
        yield row["id"], "good", good_example(row)


def main():
    p = argparse.ArgumentParser(description="detectors' tables into C")
    p.add_argument("folder", type=pathlib.Path)
    p.add_argument("--tables", type=pathlib.Path, metavar="OUT.c")
    p.add_argument("--literals", type=pathlib.Path, metavar="OUT.txt")
    p.add_argument("--near", type=pathlib.Path, metavar="OUT.txt")
    p.add_argument("--examples", type=pathlib.Path, metavar="OUT.tsv")
    a = p.parse_args()
    try:
        rows = read_rows(a.folder)
        t = Tables(rows, read_evidence(a.folder / "evidence.tsv"))
        t.rarity = read_rarity(a.folder / "evidence.tsv")
        check_literals(t)
    except (Bad, pt.BadPattern) as e:
        print(f"gen_detectors: {e}", file=sys.stderr)
        return 1
    if a.tables:
        a.tables.write_text(tables_c(t), encoding="utf-8")
    if a.literals:
        a.literals.write_text(literals_txt(t, False))
    if a.near:
        a.near.write_text(literals_txt(t, True))
    if a.examples:
        a.examples.write_text("".join(f"{i}\t{kind}\t{text.encode().hex()}\n" for i, kind, text in examples(rows)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
