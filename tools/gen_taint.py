#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_taint.py RULES_DIR OUT.c - the flow tables of Python code (rules/code-{sources,sanitizers,sinks,verdicts}.tsv) as C.

Patterns are grouped by the last step of the names that they can fit, so that a call is compared with few of them;
patterns whose last step holds a star stand in one group of their own. All texts lie in one pool. Every complaint names
file and row; the exit code is then 1.
"""
import pathlib
import re
import sys

sys.dont_write_bytecode = True
import gen_rules
from rule_tables import SEVERITIES, Bad, Pool, bad, read_tsv

KINDS = ("none", "model", "tool", "request", "upload", "net", "user", "docs", "asked", "archive")
MORE_KINDS = ("open", "sql")
HOWS = ("call", "value", "params", "method", "hook", "param")
SAFE = ("code", "shell", "sql", "html", "url", "path", "prompt", "name", "load", "argv")
EFFECTS = ("fixed", "pass", "safe", "guard")
SINKS = ("code", "run-code", "shell", "argv", "sql", "html", "template", "url", "path", "load", "load-model", "adapter",
         "fit", "table", "system", "prompt", "log")
WHENS = ("-", "shell", "html", "db", "pickle", "full", "table", "learns", "page")
WHAT = re.compile(r"^[\w.*?:()\[\]]+$")
ARGUMENT = re.compile(r"^(?:(-?\d):([\w|]*)|self|\*)$")


def last_step(pattern):
    """The last step of every name that the pattern fits, or '*' when it leaves that open."""
    steps = re.findall(r"\(\)|\[\]|[^.()\[\]]+", pattern)
    return "*" if "*" in steps[-1] else steps[-1]


def bits(path, number, words, known, prefix):
    out = []
    for word in words:
        if word not in known:
            bad(path, number, f"{word!r} is none of {', '.join(known)}")
        out.append(prefix + word.upper())
    return " | ".join(out)


def one_of(path, number, word, known):
    if word not in known:
        bad(path, number, f"{word!r} is none of {', '.join(known)}")
    return word.upper().replace("-", "_")


def what_of(path, number, what):
    if not WHAT.match(what):
        bad(path, number, f"{what!r} is no pattern of names")
    return what


def read_sources(path):
    for number, row in read_tsv(path, ("kind", "how", "what")):
        what, _, extra = row["what"].rpartition(":") if row["how"] == "method" else (row["what"], "", "")
        how = one_of(path, number, row["how"], HOWS)
        yield (how, what_of(path, number, what), extra, bits(path, number, [row["kind"]], KINDS, "TAINT_"))


def read_sanitizers(path):
    for number, row in read_tsv(path, ("effect", "what")):
        effect, _, what_for = row["effect"].partition(":")
        effect = one_of(path, number, effect, EFFECTS)
        safe = "0"
        if effect in ("SAFE", "GUARD"):
            words = SAFE if what_for == "all" else what_for.split(",")
            safe = bits(path, number, words, SAFE, "SAFE_")
        yield (effect, what_of(path, number, row["what"]), "", safe)


def read_sinks(path):
    for number, row in read_tsv(path, ("sink", "what", "argument", "when")):
        match = ARGUMENT.match(row["argument"])
        if not match:
            bad(path, number, f"{row['argument']!r} is no argument such as 0:source, self or *")
        if row["argument"] == "self":
            position, keyword = "SINK_SELF", ""
        elif row["argument"] == "*":
            position, keyword = "SINK_ANY", ""
        else:
            position, keyword = match[1], match[2]
        yield (one_of(path, number, row["sink"], SINKS), what_of(path, number, row["what"]), position, keyword,
               "WHEN_" + (one_of(path, number, row["when"], WHENS) if row["when"] != "-" else "ANYWAY"))


def read_verdicts(path, rules):
    for number, row in read_tsv(path, ("sink", "kinds", "rule", "severity", "message")):
        if row["rule"] not in rules:
            bad(path, number, f"no rule has the id {row['rule']}")
        severity = rules[row["rule"]]["severity"] if row["severity"] == "-" else row["severity"]
        if severity not in SEVERITIES:
            bad(path, number, f"{severity!r} is no severity")
        kinds = bits(path, number, row["kinds"].split("|"), KINDS + MORE_KINDS, "TAINT_")
        yield (one_of(path, number, row["sink"], SINKS), kinds, row["rule"], severity, row["message"])


def grouped(rows):
    """Rows in the order of their last steps; rows of one step stay in the order of the file."""
    groups = {}
    for row in rows:
        groups.setdefault(last_step(row[1]), []).append(row)
    return [(k, groups[k]) for k in sorted(groups, key=lambda k: k.encode())]


def index_c(name, pool, groups):
    out, at = [f"const struct flow_group {name}_groups[] = {{\n"], 0
    for last, rows in groups:
        out.append(f"    {{{pool.add(last)}, {at}, {len(rows)}}},\n")
        at += len(rows)
    out.append(f"}};\nconst size_t {name}_group_count = {len(groups)};\n\n")
    return "".join(out)


def main():
    folder, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    try:
        rules = gen_rules.read_rules(folder, gen_rules.read_classes(folder / "classes.tsv"))
        sources = list(read_sources(folder / "code-sources.tsv"))
        sanitizers = list(read_sanitizers(folder / "code-sanitizers.tsv"))
        sinks = list(read_sinks(folder / "code-sinks.tsv"))
        verdicts = list(read_verdicts(folder / "code-verdicts.tsv", rules))
    except Bad as e:
        print(f"gen_taint: {e}", file=sys.stderr)
        return 1
    pool, text = Pool("flow_pool"), []
    flows = [("SOURCE_" + h, w, x, k) for h, w, x, k in sources] + [("EFFECT_" + e, w, x, k) for e, w, x, k in sanitizers]
    groups = grouped(flows)
    text.append("const struct flow_row flow_rows[] = {\n")
    for _, rows in groups:
        text += [f"    {{{how}, {pool.add(what)}, {pool.add(extra)}, {bit}}},\n" for how, what, extra, bit in rows]
    text.append("};\n\n" + index_c("flow", pool, groups))
    groups = grouped(sinks)
    text.append("const struct sink_row sink_rows[] = {\n")
    for _, rows in groups:
        text += [f"    {{SINK_{s}, {w}, {p}, {pool.add(what)}, {pool.add(k)}}},\n" for s, what, p, k, w in rows]
    text.append("};\n\n" + index_c("sink", pool, groups))
    text.append("const struct verdict_row verdict_rows[] = {\n")
    text += [f"    {{SINK_{s}, SEV_{v.upper()}, {k}, {pool.add(r)}, {pool.add(m)}}},\n" for s, k, r, v, m in verdicts]
    text.append(f"}};\nconst size_t verdict_count = {len(verdicts)};\n")
    head = ("/* SPDX-License-Identifier: Apache-2.0 */\n/* Made from rules/code-*.tsv by tools/gen_taint.py: do not edit. */\n"
            '#include "detect/python/taint_tables.h"\n\n#pragma GCC diagnostic ignored "-Woverlength-strings"\n'
            + pool.c())
    out.write_text(head + "".join(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
