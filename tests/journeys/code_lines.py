#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""code_lines.py MERLON GOLDEN/code: findings in Python code stand on the very lines that a reviewer marked.

A line ends with `# expect: RULE ...`, each with `=SEVERITY` where circumstances change it. Whatever is told in code.*
without being expected fails as well as what is expected and not told; in files and folders named honest-* nothing of
any rule is of medium severity or above. Formats that have no place for a comment are held by a list beside them,
expect.tsv: PATH, LINE, RULE, SEVERITY; then all rules and all files count.
"""
import json
import os
import re
import subprocess
import sys

EXPECT = re.compile(r'#\s*expect:\s*([\w.= -]+?)\s*(?:\\n)?(?:",?)?$')  # in notebooks a line is a JSON text


CODE = (".py", ".ipynb", ".pth")


def listed(folder):
    """What expect.tsv says, or None."""
    try:
        with open(os.path.join(folder, "expect.tsv"), encoding="utf-8") as fh:
            rows = [line.rstrip("\n").split("\t") for line in fh]
    except FileNotFoundError:
        return None
    return {(path, int(line), rule): severity for path, line, rule, severity in rows}


def wanted(folder):
    want = {}
    for base, _, names in os.walk(folder):
        for name in names:
            if not name.endswith(CODE):
                continue
            path = os.path.join(base, name)
            with open(path, encoding="utf-8") as fh:
                for number, line in enumerate(fh, 1):
                    found = EXPECT.search(line)
                    for word in found[1].split() if found else ():
                        rule, _, severity = word.partition("=")
                        want[os.path.relpath(path, folder), number, rule] = severity
    return want


def main():
    merlon, folder = sys.argv[1:3]
    run = subprocess.run([merlon, "scan", folder, "--no-cache", "-o", "json"], capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        sys.exit(f"exit code {run.returncode}: {run.stderr}")
    rows = listed(folder)
    want, failed, right = rows or wanted(folder), 0, 0
    got = {}
    for f in json.loads(run.stdout)["findings"]:
        if f["path"] == "expect.tsv":
            continue
        if rows or f["rule"].startswith("code.") and f["path"].endswith(CODE):
            got[f["path"], f["line"], f["rule"]] = f["severity"]
        elif f["path"].startswith("honest") and f["severity"] in ("medium", "high", "critical"):
            print(f"FAILED  {f['path']}:{f.get('line')}: {f['rule']} in a file that is fine")
            failed += 1
    only = [a for a in sys.argv[3:]]
    for key in sorted(want.keys() | got.keys()):
        path, line, rule = key
        if only and not any(o in rule or o in path for o in only):
            continue
        if key not in got:
            print(f"FAILED  {path}:{line}: {rule} is not told")
        elif key not in want:
            print(f"FAILED  {path}:{line}: {rule} ({got[key]}) is told, and was not expected")
        elif want[key] and want[key] != got[key]:
            print(f"FAILED  {path}:{line}: {rule} is {got[key]}, expected {want[key]}")
        else:
            right += 1
            continue
        failed += 1
    print(f"{right} right, {failed} failed")
    return 1 if failed or not right else 0


sys.exit(main())
