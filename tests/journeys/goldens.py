#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""goldens.py MERLON GOLDEN: every golden file keeps its verdict in the release program, sandbox and all.

The label is the beginning of the name of the file, or of a folder above it (a model repository is one item):
honest: no finding of medium or above; malicious: high or above; malformed: medium or above.
"""
import collections
import json
import os
import subprocess
import sys

LABELS = {"honest": (0, 1), "malicious": (3, 4), "malformed": (2, 4)}
RANK = {"info": 0, "low": 1, "medium": 2, "high": 3, "critical": 4}


def label_of(parts):
    """The label and the item of a path: a labelled folder with a dash in its name is one item."""
    label, item = None, "/".join(parts)
    for depth, part in enumerate(parts):
        for known in LABELS:
            if part == known or part.startswith(known + "-"):
                label = known
                if part != known and depth + 1 < len(parts):
                    item = "/".join(parts[:depth + 1])
    return label, item


def items_below(golden):
    items = collections.defaultdict(lambda: [None, []])
    for folder, _, files in os.walk(golden):
        for name in files:
            parts = os.path.relpath(os.path.join(folder, name), golden).split("/")
            label, item = label_of(parts)
            if label and parts[0] not in ("report", "code"):  # code is held by line: code_lines.py
                items[item][0] = label
                items[item][1].append("/".join(parts))
    return items


def main():
    merlon, golden = sys.argv[1:3]
    run = subprocess.run([merlon, "scan", golden, "--no-cache", "-o", "json"], capture_output=True, text=True, check=False)
    if run.returncode != 1:
        sys.exit(f"exit code {run.returncode}, expected 1: {run.stderr}")
    worst = collections.defaultdict(int)
    for f in json.loads(run.stdout)["findings"]:
        worst[f["path"]] = max(worst[f["path"]], RANK[f["severity"]])
        if "not-inspected" in f["rule"] and ("worker" in f["evidence"] or "killed by" in f["evidence"]):
            sys.exit(f"a worker died: {f}")
    passed = failed = 0
    for item, (label, paths) in sorted(items_below(golden).items()):
        least, most = LABELS[label]
        if least <= max(worst[p] for p in paths) <= most:
            passed += 1
        else:
            failed += 1
            print(f"FAILED  {item}: worst finding is {max(worst[p] for p in paths)}, expected {least} to {most}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or passed < 400 else 0


sys.exit(main())
