#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_conf.py - turns rules/code-settings.tsv, code-commands.tsv and code-env.tsv into constant C tables.

    gen_conf.py RULES_DIR OUT.c     write the tables (meson does this)
    gen_conf.py RULES_DIR --check   read and check everything, write nothing

The heads of the files explain their columns. All texts go into one pool. Every complaint names file and row;
the exit code is then 1.
"""
import pathlib
import sys
import tomllib

sys.dont_write_bytecode = True
from rule_tables import SEVERITIES, Bad, Pool, bad, read_tsv

SETTINGS = ("rule", "severity", "kind", "path", "value", "unless", "message")
COMMANDS = ("rule", "severity", "programs", "when", "message")
ENV = ("rule", "severity", "name", "value", "message")
# In the order of enum conf_kind.
KINDS = ("any", "github", "action", "gitlab", "compose", "k8s", "mcp", "agent", "jupyter", "airflow", "pip", "torchserve",
         "triton", "envfile", "helm")
TESTS = ("all-hosts", "http-remote", "remote-path", "secret", "auth", "not-commit", "extra-index", "vendor-index",
         "default-login", "loopback-only", "model-path", "pinned", "no-auth", "insecure-url", "local-url", "floating-image")
WORDS = {"TRUE": "true|yes|on|1", "FALSE": "false|no|off|0"}


def severity_of(path, number, row):
    if row["severity"] in ("", "-"):
        return -1
    if row["severity"] not in SEVERITIES:
        bad(path, number, f"severity {row['severity']!r} is none of {', '.join(SEVERITIES)}")
    return f"SEV_{row['severity'].upper()}"


def test_of(path, number, name):
    if name not in TESTS:
        bad(path, number, f"@{name}: no such test")
    return "CONF_TEST_" + name.upper().replace("-", "_")


def value_of(path, number, cell, pool):
    """{test, negated, pattern}"""
    negated = cell.startswith("!")
    cell = WORDS.get(cell.lstrip("!"), cell.lstrip("!"))
    test = test_of(path, number, cell[1:]) if cell.startswith("@") else "CONF_TEST_NONE"
    pattern = "" if cell.startswith("@") or cell == "EMPTY" else cell
    return f"{{{test}, {str(negated).lower()}, {pool.add(pattern)}}}"


def check_rule(path, number, row, rules):
    if row["rule"] not in rules:
        bad(path, number, f"no rule has the id {row['rule']}")
    if not row["message"]:
        bad(path, number, "no message")


def settings_rows(path, pool, rules):
    for number, row in read_tsv(path, SETTINGS):
        check_rule(path, number, row, rules)
        for kind in row["kind"].split("|"):
            if kind not in KINDS:
                bad(path, number, f"{kind!r} is no kind of document")
            for route in row["path"].split(" "):
                last = route.rsplit(".", 1)[-1]
                yield (f"{{CONF_{kind.upper()}, {severity_of(path, number, row)}, "
                       f"{str(row['value'] == 'EMPTY').lower()}, {str(row['value'] == 'EMPTY').lower()}, "
                       f"{pool.add(route)}, {pool.add(last)}, {value_of(path, number, row['value'], pool)}, "
                       f"{value_of(path, number, row['unless'], pool)}, {pool.add(row['rule'])}, {pool.add(row['message'])}}}")


def condition(path, number, word, pool):
    shown, word = word.startswith(">"), word.lstrip(">")
    negated, word = word.startswith("!"), word.lstrip("!")
    test = "CONF_TEST_NONE"
    head, _, rest = word.partition(":")
    if word.startswith("@"):
        kind, name, value, test = "CONF_ASK", "", "", test_of(path, number, word[1:])
    elif word.startswith("-"):
        name, has, value = word.partition("=")
        kind = "CONF_HAS"
        value = WORDS.get(value, value) if has else "\1"
    elif head in ("sub", "word", "in"):
        kind, name, value = {"sub": "CONF_SUB", "word": "CONF_WORD", "in": "CONF_WHERE"}[head], "", rest
    elif head == "env":
        kind, (name, _, value) = "CONF_ENV", rest.partition("=")
    else:
        bad(path, number, f"{word!r}: neither option, sub:, word:, env:, in: nor @test")
    return (f"{{{kind}, {test}, {str(negated).lower()}, {str(shown).lower()}, {pool.add(name)}, "
            f"{pool.add(WORDS.get(value, value))}}}")


def command_rows(path, pool, rules, conditions):
    for number, row in read_tsv(path, COMMANDS):
        check_rule(path, number, row, rules)
        first = len(conditions)
        conditions += [condition(path, number, w, pool) for w in row["when"].split()]
        yield (f"{{{severity_of(path, number, row)}, {pool.add(row['programs'])}, {pool.add(row['rule'])}, "
               f"{pool.add(row['message'])}, {first}, {len(conditions) - first}}}")


def env_rows(path, pool, rules):
    for number, row in read_tsv(path, ENV):
        check_rule(path, number, row, rules)
        for name in row["name"].split("|"):
            yield (f"{{{severity_of(path, number, row)}, {pool.add(name)}, {value_of(path, number, row['value'], pool)}, "
                   f"{pool.add(row['rule'])}, {pool.add(row['message'])}}}")


def array(kind, name, rows):
    body = "".join(f"    {r},\n" for r in rows)
    return f"const struct {kind} {name}[] = {{\n{body}}};\n"


def tables(folder):
    rules = set()
    for path in sorted(folder.glob("*.toml")):
        rules |= {r["id"] for r in tomllib.loads(path.read_text(encoding="utf-8")).get("rule", [])}
    pool, conditions = Pool("conf_pool"), []
    settings = list(settings_rows(folder / "code-settings.tsv", pool, rules))
    commands = list(command_rows(folder / "code-commands.tsv", pool, rules, conditions))
    env = list(env_rows(folder / "code-env.tsv", pool, rules))
    out = ["/* SPDX-License-Identifier: Apache-2.0 */\n/* Made from rules/ by tools/gen_conf.py: do not edit. */\n",
           '#include "detect/settings/conf.h"\n\n#pragma GCC diagnostic ignored "-Woverlength-strings"\n',
           pool.c(),
           array("conf_setting_row", "conf_setting_rows", settings),
           f"const size_t conf_setting_count = {len(settings)};\n",
           array("conf_condition", "conf_conditions", conditions),
           array("conf_command_row", "conf_command_rows", commands),
           f"const size_t conf_command_count = {len(commands)};\n",
           array("conf_env_row", "conf_env_rows", env), f"const size_t conf_env_count = {len(env)};\n"]
    return "".join(out)


def main():
    try:
        text = tables(pathlib.Path(sys.argv[1]))
    except Bad as e:
        print(f"gen_conf: {e}", file=sys.stderr)
        return 1
    if sys.argv[2] != "--check":
        pathlib.Path(sys.argv[2]).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
