#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_gen_surfaces.py GEN RULES: what tools/gen_surfaces.py refuses, each with its file and row."""
import pathlib
import subprocess
import sys
import tempfile

GEN, RULES = sys.argv[1], pathlib.Path(sys.argv[2])
SHAPES = "shape\tpath\twhat\nany\t**\tother\n"
SURFACES = "surface\tfamily\tmethod\tpath\trequest\tanswer\tevent\tmore\n"

CASES = [  # rows of shapes, rows of surfaces, what is said
    ("s\ta\ttext", "", None),
    ("s\ta.b[].c,d\ttext grow role=user", "x\topenai\tPOST\t/x\ts\tany\t-\tdone", None),
    ("s\ta\t@s", "", None),
    ("s\ta\tspeech", "", "surface-shapes.tsv:3: 'speech' is not understood here"),
    ("s\ta\trole=nobody", "", "surface-shapes.tsv:3: 'role=nobody' is not understood here"),
    ("s\t.\tneed", "", "surface-shapes.tsv:3: 'need' is not understood here"),
    ("s\ta\t@t", "", "surface-shapes.tsv:3: there is no shape t"),
    ("s\ta,b\ttext\ns\tb\ttext", "", "surface-shapes.tsv:4: b stands twice"),
    ("s\ttype=x\tgrow", "", "surface-shapes.tsv:3: 'grow' says nothing about a type"),
    ("s\t" + ",".join(f"k{i}" for i in range(65)) + "\ttext", "", "more than 64 keys at one place"),
    ("", "x\tacme\tPOST\t/x\tany\tany\t-\t", "surfaces.tsv:2: 'acme' is none of openai"),
    ("", "x\topenai\tPOST\t/x\ts\tany\t-\t", "surfaces.tsv:2: there is no shape s"),
    ("", "x\topenai\tPOST\t/x\tany\tany\t-\tmagic", "surfaces.tsv:2: 'magic' is none of csv"),
    ("", "x\topenai", "there is no shape "),
]


def run(rules, out):
    return subprocess.run([sys.executable, GEN, rules, out], capture_output=True, text=True)


def main():
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        out = folder / "out.c"
        for shapes, surfaces, want in CASES:
            (folder / "surface-shapes.tsv").write_text(SHAPES + shapes + "\n")
            (folder / "surfaces.tsv").write_text(SURFACES + surfaces + "\n")
            got = run(folder, out)
            if (got.returncode == 0) != (want is None) or (want and want not in got.stderr):
                bad += 1
                print(f"{shapes!r} {surfaces!r}: {got.returncode} {got.stderr}")
        texts = []
        for _ in range(2):
            assert run(RULES, out).returncode == 0
            texts.append(out.read_text())
        if texts[0] != texts[1]:
            bad += 1
            print("two runs, two tables")
    print(f"{len(CASES) + 1 - bad} of {len(CASES) + 1} as they should be")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
