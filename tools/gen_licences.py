#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_licences.py RULES_DIR --c OUT.c - licences.tsv as a constant C table, in the order of its rows."""
import pathlib
import sys

sys.dont_write_bytecode = True
from rule_tables import Bad, bad, quote, read_tsv

CLASSES = {"permissive": "PERMISSIVE", "weak": "WEAK", "unknown": "UNKNOWN", "copyleft": "COPYLEFT", "use": "USE",
           "non-commercial": "NON_COMMERCIAL", "source": "SOURCE", "network": "NETWORK", "none": "NONE", "exception": "EXCEPTION"}
NEED_A_NOTE = CLASSES.keys() - {"permissive", "weak", "unknown", "exception"}


def rows_of(path):
    seen = set()
    for number, row in read_tsv(path, ("id", "class", "note")):
        if row["class"] not in CLASSES:
            bad(path, number, f"class {row['class']!r} is none of {', '.join(CLASSES)}")
        if row["id"] != row["id"].lower() or not row["id"] or row["id"] in seen:
            bad(path, number, f"{row['id']!r} is not in lower case, empty, or stands here twice")
        if (row["class"] in NEED_A_NOTE) != bool(row["note"]):
            bad(path, number, f"{row['id']}: a note belongs to what asks for something, and to nothing else")
        seen.add(row["id"])
        yield row


def main():
    folder, _, out = sys.argv[1:4]
    path = pathlib.Path(folder) / "licences.tsv"
    try:
        rows = list(rows_of(path))
    except Bad as e:
        sys.exit(f"gen_licences: {e}")
    lines = ["/* Made by tools/gen_licences.py from rules/licences.tsv. */", '#include "detect/package/licence.h"', "",
             "const struct licence_row licence_rows[] = {"]
    lines += [f"    {{{quote(r['id'])}, {quote(r['note'])}, LICENCE_{CLASSES[r['class']]}}}," for r in rows]
    lines += ["};", f"const size_t licence_row_count = {len(rows)};", ""]
    pathlib.Path(out).write_text("\n".join(lines), encoding="utf-8")


main()
