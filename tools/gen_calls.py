#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_calls.py - turns rules/code-names.tsv and rules/code-calls.tsv into constant C tables.

    gen_calls.py RULES_DIR OUT.c     write the tables (meson does this)
    gen_calls.py RULES_DIR --check   read and check everything, write nothing

The heads of the two files explain their columns. All texts go into one pool; rows are found by the last step
of the name that they are about. Every complaint names file and row; the exit code is then 1.
"""
import pathlib
import re
import sys
import tomllib

sys.dont_write_bytecode = True
from rule_tables import SEVERITIES, Bad, Pool, bad, read_tsv

CALLS = ("rule", "severity", "on", "what", "when", "at", "need", "loads", "message")
NAMES = ("kind", "from", "to")
ON = {"call": "CODE_CALL", "assign": "CODE_ASSIGN", "base": "CODE_BASE", "import": "CODE_IMPORT", "name": "CODE_NAME",
      "pair": "CODE_PAIR"}
# Operators over one argument: do they take a text? See src/detect/python/tests.c.
OPS = {"given": False, "missing": False, "const": False, "open": False, "is": True, "ends": True, "begins": True, "has": True,
       "hex40": False, "hub-id": False, "hub-open": False, "http": False, "url": False, "named": True, "plain": True,
       "over": True, "under": True, "all-hosts": False, "loopback": False, "empty": False, "list-has": True, "key-false": True,
       "own": False, "secret": False, "quoted": False, "fallback": False, "shell": True, "local": False, "object": False,
       "param": False, "internal": False, "anybody": False, "dummy": False}
# Facts about the call's place or its module: see src/detect/python/facts.c.
FACTS = {"verified": False, "checked-later": False, "round-trip": False, "imports": True, "file-named": True, "service": False,
         "auth": False, "members-checked": False, "has": True, "gives": True, "compared": False, "handler": False,
         "reviewed": False, "before": True, "env": True, "saved": False, "in-test": False,
         "assigns": True, "saves": False, "downloads": False, "random-dataset": False, "pip-unpinned": False}
RECEIVER = re.compile(r"^[?:]?[\w*{},()\[\]/.$-]+$")


def expand(text):
    """a.{b,c} is a.b and a.c."""
    m = re.search(r"\{([^{}]*)\}", text)
    if not m:
        return [text]
    return [e for choice in m[1].split(",") for e in expand(text[:m.start()] + choice + text[m.end():])]


def last_step(pattern):
    """What the rows are sorted by; None: a pattern."""
    last = pattern
    for end in ("()", "[]"):
        if pattern.endswith(end):
            last = end
            break
    else:
        last = re.split(r"[.]", pattern)[-1]
        if "[" in last:  # os.environ[NAME]
            last = "[" + last.split("[", 1)[1]
    return None if "*" in last else last


def argument(path, number, text):
    """0:f, 0, f, - as position and keyword."""
    if text == "-":
        return -2, ""
    if text == "*":
        return -3, ""
    m = re.match(r"^(?:(\d+)(?::([A-Za-z_]\w*))?|([A-Za-z_]\w*))$", text)
    if not m:
        bad(path, number, f"{text!r} is no argument such as 0, 0:f or f")
    return (int(m[1]) if m[1] is not None else -1), m[2] or m[3] or ""


def tests_of(path, number, cell):
    out = []
    for part in filter(None, (p.strip() for p in cell.split(";"))):
        turned = part.startswith("!")
        words = part.lstrip("! ").split(None, 2)
        if len(words) < 2:
            bad(path, number, f"{part!r}: an argument and an operator are needed")
        known = FACTS if words[0] == "-" else OPS
        if words[1] not in known:
            bad(path, number, f"{part!r}: no operator {words[1]!r}")
        if known[words[1]] != (len(words) == 3):
            bad(path, number, f"{part!r}: the operator takes {'a' if known[words[1]] else 'no'} text")
        position, keyword = argument(path, number, words[0])
        op = ("CODE_FACT_" if known is FACTS else "CODE_OP_") + words[1].upper().replace("-", "_")
        out.append((op, int(turned), position, keyword, words[2] if len(words) == 3 else ""))
    return tuple(out)


def need_of(path, number, cell):
    if not cell:
        return "WHEN_ALWAYS", "", ""
    words = cell.split()
    kinds = {"admits": "WHEN_ADMITS", "forces": "WHEN_FORCES", "unknown-too": "WHEN_UNKNOWN_TOO"}
    if len(words) != 3 or words[0] not in kinds:
        bad(path, number, f"need {cell!r} is not: admits|forces|unknown-too PACKAGE VERSIONS")
    return kinds[words[0]], words[1], words[2]


def severities(folder):
    out = {}
    for path in sorted(folder.glob("*.toml")):
        for rule in tomllib.loads(path.read_text(encoding="utf-8")).get("rule", []):
            out[rule["id"]] = rule["severity"]
    return out


def read_calls(folder, pool):
    path, known = folder / "code-calls.tsv", severities(folder)
    rows, tests, runs = [], [], {}
    for number, row in read_tsv(path, CALLS):
        if row["rule"] not in known:
            bad(path, number, f"no rule has the id {row['rule']!r}")
        severity = row["severity"] or known[row["rule"]]
        if (severity not in SEVERITIES and severity != "silent") or row["on"] not in ON:
            bad(path, number, f"severity {severity!r} or on {row['on']!r} is unknown")
        if severity != "silent" and (not row["message"] or row["message"].endswith(".")):
            bad(path, number, "a message is needed, without a full stop")
        run = tests_of(path, number, row["when"])
        if run not in runs:
            runs[run] = len(tests)
            tests += run
        at = argument(path, number, row["at"] or "-")
        row["loads"] = argument(path, number, row["loads"] or "-")
        need = need_of(path, number, row["need"])
        for what in row["what"].split():
            for pattern in expand(what):
                if not RECEIVER.match(pattern):
                    bad(path, number, f"{pattern!r} is no name")
                rows.append((pattern, row, severity, run, runs[run], at, need))
        if not row["what"]:
            bad(path, number, "nothing in `what`")
    return rows, tests


def test_c(pool, test):
    op, turned, position, keyword, text = test
    return f"    {{{op}, {turned}, {position}, {pool.add(keyword)}, {pool.add(text)}}},\n"


def row_c(pool, item):
    pattern, row, severity, run, at_test, at, need = item
    fields = [ON[row["on"]], "CODE_SILENT" if severity == "silent" else f"SEV_{severity.upper()}", need[0], str(at[0]), pool.add(pattern), pool.add(row["rule"]),
              pool.add(at[1]), pool.add(row["message"]), pool.add(need[1]), pool.add(need[2]), pool.add(row["loads"][1]),
              str(row["loads"][0]), str(at_test), str(len(run))]
    return "    {" + ", ".join(fields) + "},\n"


def by_bytes(items):
    return sorted(items, key=lambda s: s.encode("utf-8"))


def names_c(folder, pool):
    kinds = {"same": {}, "habit": {}}
    for number, row in read_tsv(folder / "code-names.tsv", NAMES):
        if row["kind"] not in kinds or not row["from"] or not row["to"]:
            bad(folder / "code-names.tsv", number, "kind must be same or habit, with two names")
        for name in expand(row["from"]):
            kinds[row["kind"]][name] = row["to"]
    out = ""
    for kind, table in (("same", "code_names"), ("habit", "code_habits")):
        body = "".join(f"    {{{pool.add(k)}, {pool.add(kinds[kind][k])}}},\n" for k in by_bytes(kinds[kind]))
        out += f"const struct code_name {table}[] = {{\n{body}}};\nconst size_t {table}_count = {len(kinds[kind])};\n\n"
    return out


def calls_c(folder, pool):
    rows, tests = read_calls(folder, pool)
    lasts, anywhere, order = {}, [], []
    for i, item in enumerate(rows):
        last = last_step(item[0])
        if last is None:
            anywhere.append(i)
        else:
            lasts.setdefault(last, []).append(i)
    index = ""
    for last in by_bytes(lasts):
        index += f"    {{{pool.add(last)}, {len(order)}, {len(lasts[last])}}},\n"
        order += lasts[last]
    out = "const struct code_test code_tests[] = {\n" + "".join(test_c(pool, t) for t in tests) + "};\n\n"
    out += "const struct code_row code_rows[] = {\n" + "".join(row_c(pool, r) for r in rows) + "};\n\n"
    out += f"const uint16_t code_order[] = {{{', '.join(map(str, order))}}};\n\n"
    out += f"const struct code_last code_lasts[] = {{\n{index}}};\nconst size_t code_lasts_count = {len(lasts)};\n\n"
    out += f"const uint16_t code_any[] = {{{', '.join(map(str, anywhere or [0]))}}};\n"
    return out + f"const size_t code_any_count = {len(anywhere)};\n"


def main():
    folder, out = pathlib.Path(sys.argv[1]), sys.argv[2]
    pool = Pool("code_pool")
    try:
        body = names_c(folder, pool) + calls_c(folder, pool)
    except (Bad, OSError, tomllib.TOMLDecodeError) as e:
        print(f"gen_calls: {e}", file=sys.stderr)
        return 1
    if out == "--check":
        return 0
    head = ("/* SPDX-License-Identifier: Apache-2.0 */\n/* Made from rules/ by tools/gen_calls.py: do not edit. */\n"
            '#include "detect/python/tables.h"\n#include "finding/condition.h"\n#include "finding/severity.h"\n\n'
            '#pragma GCC diagnostic ignored "-Woverlength-strings"\n')
    pathlib.Path(out).write_text(head + pool.c() + body, encoding="utf-8")
    return 0


sys.exit(main())
