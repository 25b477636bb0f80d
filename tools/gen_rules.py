#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_rules.py - turns the text files of rules/ into constant C tables.

    gen_rules.py RULES_DIR --rules OUT.c --globals OUT.c     write the tables (meson does this)
    gen_rules.py RULES_DIR --check [SRC_DIR...]              read and check everything, write nothing

With SRC_DIR, --check also looks for rule ids in C sources that no rule file knows.

Input
    VERSION               one line, the version of the rule set
    classes.tsv           finding classes and where each stands in the public taxonomies
    *.toml                rules: what is shown by `merlon explain`
    secrets.tsv pii.tsv   detectors of the text engine, each of which is a rule too (detector_rows.py)
    pickle-dangerous.tsv  globals that act when a pickle is loaded
    pickle-safe*.tsv      globals that honest pickles need, and how they may be used
    pickle-args.tsv       named argument rules, and what it means when one is broken
    pickle-renames.tsv    Python 2 names of modules and globals

The tables come out sorted by the bytes of their key, so that the lookups are binary searches.
Output depends on the input only. Every complaint names file and row; the exit code is then 1.
"""
import argparse
import pathlib
import re
import sys
import tomllib

sys.dont_write_bytecode = True
import detector_rows
from rule_tables import SEVERITIES, Bad, bad, quote, read_text, read_tsv

CLASS_COLUMNS = ("id", "stage", "station", "cwe", "atlas", "atlas_mitigation", "owasp_llm",
                 "owasp_ml", "owasp_agentic", "aisvs", "nist_100_2", "nist_rmf", "eu_ai_act",
                 "iso_42001", "csa_aicm", "saif")
RULE_TEXTS = ("title", "what", "why", "fix", "bad", "good")
RULE_KEYS = {"id", "class", "severity", "attack", "refs", *RULE_TEXTS}
MLC = re.compile(r"^MLC-[A-Z]{2,3}-\d{3}$")  # the optional key `mlc`: rows of the list of code checks that a rule covers
ID = re.compile(r"^[a-z]+(\.[a-z0-9_]+(-[a-z0-9_]+)*)+$")
CLASS_ID = re.compile(r"^[a-z]+\.[a-z0-9_]+$")
VERSION = re.compile(r"^\d{4}\.\d{1,2}\.\d+$")
GLOBAL_NAME = re.compile(r"^(\*|[^\W\d]\w*(\.\w+)*)$")
MODULE_NAME = re.compile(r"^(\*|[^\W\d]\w*(\.\w+)*)$")
ID_IN_C = re.compile(r'"((?!file\.io")(?:model|archive|file|meta|data|inject|secret|code|dep)\.[a-z0-9]+(?:-[a-z0-9]+)*)"')
USES = {"class": "GLOBAL_CLASS", "call": "GLOBAL_CALL", "ref": "GLOBAL_REF"}
DANGERS = ("process", "code-eval", "indirection", "nested-load", "fw-exec", "fn-from-bytes",
           "obfuscation", "file", "network", "resource", "env", "ui")
KEY_MAX = 400  # the lookup builds "module.name" in a buffer of this size; see globals.c


# ---------------------------------------------------------------- classes and rules

def read_version(path):
    text = read_text(path).strip()
    if not VERSION.match(text):
        bad(path, 1, f"{text!r} is no version such as 2026.11.1")
    return text


def read_classes(path):
    classes = {}
    for number, row in read_tsv(path, CLASS_COLUMNS):
        if not CLASS_ID.match(row["id"]):
            bad(path, number, f"{row['id']!r} is no class id such as model.malformed")
        if row["id"] in classes:
            bad(path, number, f"class {row['id']} appears twice")
        if not row["stage"] or not row["station"]:
            bad(path, number, "stage and station must not be empty")
        classes[row["id"]] = row
    return classes


def rule_rows(path):
    """The line on which each [[rule]] of a file starts, for messages."""
    return [n for n, line in enumerate(read_text(path).split("\n"), 1) if line.strip() == "[[rule]]"]


def check_rule(path, row, rule, classes):
    if not isinstance(rule, dict):
        bad(path, row, "a rule must be a table")
    for key in sorted(rule.keys() - RULE_KEYS - {"mlc"}):
        bad(path, row, f"unknown key {key!r}")
    for key in sorted(RULE_KEYS - rule.keys()):
        bad(path, row, f"rule {rule.get('id', '?')} has no {key!r}")
    for key in ("id", "class", "severity", *RULE_TEXTS):
        if not isinstance(rule[key], str) or not rule[key].strip():
            bad(path, row, f"rule {rule['id']}: {key!r} must be a text that is not empty")
    if not ID.match(rule["id"]):
        bad(path, row, f"{rule['id']!r} is no rule id such as model.pickle-exec")
    where = f"rule {rule['id']}"
    if rule["class"] not in classes:
        bad(path, row, f"{where}: class {rule['class']!r} is not in classes.tsv")
    if rule["severity"] not in SEVERITIES:
        bad(path, row, f"{where}: severity {rule['severity']!r} is none of {', '.join(SEVERITIES)}")
    for key, most in (("title", 60), ("fix", 140), ("why", 140), ("what", 200)):
        if len(rule[key].strip()) > most:
            bad(path, row, f"{where}: {key!r} has {len(rule[key].strip())} characters, {most} at most")
    for key in ("title", "what", "why", "fix"):
        if "\n" in rule[key].strip():
            bad(path, row, f"{where}: {key!r} must be one line")
    if not rule["why"].strip().endswith("."):
        bad(path, row, f"{where}: 'why' must be one sentence with a full stop")
    for key, count in (("attack", 3), ("refs", None)):
        items = rule[key]
        if not isinstance(items, list) or not all(isinstance(i, str) and i.strip() for i in items):
            bad(path, row, f"{where}: {key!r} must be a list of texts")
        if count is not None and len(items) != count:
            bad(path, row, f"{where}: {key!r} needs exactly {count} steps, has {len(items)}")
        if any("\n" in i for i in items):
            bad(path, row, f"{where}: an item of {key!r} must be one line")
    mlc = rule.get("mlc", [])
    if not isinstance(mlc, list) or not all(isinstance(i, str) and MLC.match(i) for i in mlc):
        bad(path, row, f"{where}: 'mlc' must be a list of numbers such as MLC-DES-001")
    if any(" " in r for r in rule["refs"]):
        bad(path, row, f"{where}: a reference must not contain a space")


def read_rules(folder, classes):
    rules = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            data = tomllib.loads(read_text(path))
        except tomllib.TOMLDecodeError as e:
            bad(path, 0, str(e))
        for key in sorted(data.keys() - {"rule"}):
            bad(path, 0, f"unknown table {key!r}")
        rows = rule_rows(path)
        items = data.get("rule", [])
        for i, rule in enumerate(items):
            row = rows[i] if i < len(rows) else 0
            check_rule(path, row, rule, classes)
            if rule["id"] in rules:
                bad(path, row, f"rule {rule['id']} appears twice")
            rules[rule["id"]] = rule
    if not rules:
        bad(folder, 0, "no rule in any *.toml")
    for row in detector_rows.read_rows(folder):
        rule = detector_rows.rule_of(row)
        check_rule(row["file"], row["number"], rule, classes)
        if rule["id"] in rules:
            bad(row["file"], row["number"], f"rule {rule['id']} appears twice")
        rules[rule["id"]] = rule
    return rules


# ---------------------------------------------------------------- globals

def names_of(path, number, row):
    """A name cell may hold several names with spaces between: one row each."""
    if not MODULE_NAME.match(row["module"]):
        bad(path, number, f"{row['module']!r} is no module name")
    names = row["name"].split()
    if not names:
        bad(path, number, "no name")
    for name in names:
        if not GLOBAL_NAME.match(name):
            bad(path, number, f"{name!r} is no global name")
        if row["module"] == "*" and (name == "*" or "." in name):
            bad(path, number, "under module * a name must be plain")
        if len(row["module"]) + 1 + len(name) >= KEY_MAX:
            bad(path, number, "module and name are too long")
        yield name


def read_args(path):
    args = {}
    for number, row in read_tsv(path, ("args", "severity", "class", "note")):
        if not re.match(r"^[a-z]+(-[a-z]+)*$", row["args"]):
            bad(path, number, f"{row['args']!r} is no argument rule name")
        if row["args"] in args:
            bad(path, number, f"argument rule {row['args']} appears twice")
        check_danger(path, number, row)
        args[row["args"]] = row
    return args


def check_danger(path, number, row):
    if row["severity"] not in SEVERITIES:
        bad(path, number, f"severity {row['severity']!r} is none of {', '.join(SEVERITIES)}")
    if row["class"] not in DANGERS:
        bad(path, number, f"class {row['class']!r} is none of {', '.join(DANGERS)}")


def add_global(out, path, number, module, name, entry):
    key = f"{module}.{name}"
    if key in out:
        first = out[key]
        bad(path, number, f"{key} is there already ({first['file']}:{first['row']})")
    out[key] = {"module": module, "name": name, "file": path.name, "row": number, **entry}


def read_dangerous(path, out):
    for number, row in read_tsv(path, ("module", "name", "severity", "class", "note")):
        check_danger(path, number, row)
        for name in names_of(path, number, row):
            add_global(out, path, number, row["module"], name,
                       {"use": "GLOBAL_DANGEROUS", "args": None, "severity": row["severity"],
                        "class": row["class"], "note": row["note"]})


def read_safe(path, args, used, out):
    for number, row in read_tsv(path, ("module", "name", "use", "note")):
        use, _, rule = row["use"].partition(":")
        if use == "args":
            if rule not in args:
                bad(path, number, f"argument rule {rule!r} is not in pickle-args.tsv")
            used.add(rule)
            entry = {"use": "GLOBAL_ARGS", "args": rule, "severity": args[rule]["severity"],
                     "class": args[rule]["class"]}
        elif use in USES and not rule:
            entry = {"use": USES[use], "args": None, "severity": "info", "class": ""}
        else:
            bad(path, number, f"use {row['use']!r} is none of class, call, ref, args:RULE")
        if row["module"] == "*":
            bad(path, number, "a safe row needs a module")
        for name in names_of(path, number, row):
            if name == "*" and row["use"] not in ("class", "args:torchscript"):
                bad(path, number, "a wildcard may only stand for classes")
            add_global(out, path, number, row["module"], name, {**entry, "note": row["note"]})


def read_renames(path):
    renames = {}
    for number, row in read_tsv(path, ("old_module", "old_name", "module", "name")):
        if (row["old_name"] == "*") != (row["name"] == "*"):
            bad(path, number, "a rename of a module has * as both names")
        key = f"{row['old_module']}.{row['old_name']}"
        if key in renames:
            bad(path, number, f"{key} is there already")
        renames[key] = row
    return renames


def read_globals(folder):
    out = {}
    args = read_args(folder / "pickle-args.tsv")
    read_dangerous(folder / "pickle-dangerous.tsv", out)
    used = set()
    for path in sorted(folder.glob("pickle-safe*.tsv")):
        read_safe(path, args, used, out)
    for rule in sorted(args.keys() - used):
        bad(folder / "pickle-args.tsv", 0, f"argument rule {rule} is used by no row")
    renames = read_renames(folder / "pickle-renames.tsv")
    # Lookups see new names only: a row under an old one would never be found.
    for row in out.values():
        if row["module"] + ".*" in renames:
            bad(folder / row["file"], row["row"],
                f"{row['module']} is the Python 2 name of {renames[row['module'] + '.*']['module']}")
    return out, renames, sorted(args)


# ---------------------------------------------------------------- C

def by_bytes(items):
    return sorted(items, key=lambda s: s.encode("utf-8"))


HEAD = ("/* SPDX-License-Identifier: Apache-2.0 */\n"
        "/* Made from rules/ by tools/gen_rules.py: do not edit. */\n"
        '#include "finding/tables.h"\n\n')


def rule_c(rule):
    attack = "\n".join(f"{i} {step.strip()}" for i, step in enumerate(rule["attack"], 1))
    fields = [("id", rule["id"]), ("class_id", rule["class"])]
    fields += [(k, rule[k].strip()) for k in ("title", "what")]
    fields += [("attack", attack)]
    fields += [(k, rule[k].strip()) for k in ("why", "fix", "bad", "good")]
    fields += [("refs", " ".join(rule["refs"]))]
    lines = [f"     .{k} = {quote(v)}," for k, v in fields]
    lines.insert(2, f"     .severity = SEV_{rule['severity'].upper()},")
    return "    {\n" + "\n".join(lines) + "\n    },\n"


def rules_c(version, classes, rules):
    out = [HEAD, f"const char rules_version[] = {quote(version)};\n\n"]
    out.append("const struct rule rules_table[] = {\n")
    out += [rule_c(rules[i]) for i in by_bytes(rules)]
    out.append("};\n\n" f"const size_t rules_table_count = {len(rules)};\n\n")
    out.append("const struct control_class classes_table[] = {\n")
    for i in by_bytes(classes):
        out.append("    {" + ", ".join(quote(classes[i][c]) for c in CLASS_COLUMNS) + "},\n")
    out.append("};\n\n" f"const size_t classes_table_count = {len(classes)};\n")
    return "".join(out)


def verdict(row):
    """What a row says; many rows share one."""
    args = "GLOBAL_ARGS_" + row["args"].upper().replace("-", "_") if row["args"] else "GLOBAL_ARGS_NONE"
    return (row["use"], args, "SEV_" + row["severity"].upper(), row["class"], row["note"])


def globals_c(table, renames):
    verdicts = {}
    rows, pool, at = [], [], 0
    for key in by_bytes(table):
        number = verdicts.setdefault(verdict(table[key]), len(verdicts))
        size = len(key.encode("utf-8"))
        rows.append(f"    {{{at}, {size}, {number}}},\n")
        pool.append(f"    {quote(key)}\n")
        at += size
    out = [HEAD]
    out.append("/* All keys one behind the other: no pointers, so nothing to relocate at start. */\n"
               '#pragma GCC diagnostic ignored "-Woverlength-strings"\n'
               "const char globals_keys[] =\n" + "".join(pool).rstrip("\n") + ";\n\n")
    out.append("const struct global_row globals_table[] = {\n" + "".join(rows) + "};\n\n")
    out.append(f"const size_t globals_table_count = {len(rows)};\n\n")
    out.append("const struct global_rule globals_rules[] = {\n")
    for use, args, severity, class_, note in verdicts:
        out.append(f"    {{{use}, {args}, {severity}, {quote(class_)}, {quote(note)}}},\n")
    out.append("};\n\nconst struct global_rename renames_table[] = {\n")
    for key in by_bytes(renames):
        row = renames[key]
        out.append(f"    {{{quote(key)}, {quote(row['module'])}, {quote(row['name'])}}},\n")
    out.append("};\n\n" f"const size_t renames_table_count = {len(renames)};\n")
    return "".join(out)


def check_sources(folders, rules):
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*.c")):
            for number, line in enumerate(read_text(path).split("\n"), 1):
                for match in ID_IN_C.finditer(line):
                    if match[1] not in rules:
                        bad(path, number, f"no rule has the id {match[1]}")


def main():
    p = argparse.ArgumentParser(description="rules/ into C tables")
    p.add_argument("folder", type=pathlib.Path)
    p.add_argument("--rules", type=pathlib.Path, metavar="OUT.c")
    p.add_argument("--globals", type=pathlib.Path, metavar="OUT.c")
    p.add_argument("--check", nargs="*", metavar="SRC_DIR")
    a = p.parse_args()
    try:
        version = read_version(a.folder / "VERSION")
        classes = read_classes(a.folder / "classes.tsv")
        rules = read_rules(a.folder, classes)
        table, renames, _ = read_globals(a.folder)
        check_sources(a.check or [], rules)
    except Bad as e:
        print(f"gen_rules: {e}", file=sys.stderr)
        return 1
    if a.rules:
        a.rules.write_text(rules_c(version, classes, rules), encoding="utf-8")
    if a.globals:
        a.globals.write_text(globals_c(table, renames), encoding="utf-8")
    if a.check is not None:
        print(f"rules {version}: {len(rules)} rules, {len(classes)} classes, {len(table)} globals")
    return 0


if __name__ == "__main__":
    sys.exit(main())
