#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every fault that a rule author can make is named with its file and row; the output is stable."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOL, RULES = None, None
GOOD_RULE = '''
[[rule]]
id = "model.new-rule"
class = "model.malformed"
severity = "low"
title = "T"
what = "W"
attack = ["1", "2", "3"]
why = "Y."
fix = "F"
bad = "B"
good = "G"
refs = []
'''


def run(folder, *options):
    return subprocess.run([sys.executable, TOOL, folder, *options], capture_output=True, text=True)


class GenRules(unittest.TestCase):
    def setUp(self):
        self.temp = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temp.name) / "rules"
        shutil.copytree(RULES, self.folder)

    def tearDown(self):
        self.temp.cleanup()

    def append(self, name, text):
        path = self.folder / name
        old = path.read_text(encoding="utf-8")
        path.write_text(old + text, encoding="utf-8")
        return old.count("\n")

    def refused(self, *words):
        result = run(self.folder, "--check")
        self.assertEqual(result.returncode, 1, result.stdout)
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1, "one line, no traceback")

    def rule_fault(self, old, new, *words):
        before = self.append("meta.toml", GOOD_RULE.replace(old, new))
        self.refused(f"meta.toml:{before + 2}:", *words)

    def test_good_rules_pass(self):
        self.append("meta.toml", GOOD_RULE)
        result = run(self.folder, "--check")
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_rule_faults(self):
        for old, new, word in (
            ('"model.new-rule"', '"Model.New"', "no rule id"),
            ('"model.new-rule"', '"file.special"', "twice"),
            ('"model.malformed"', '"model.nonsense"', "not in classes.tsv"),
            ('"low"', '"lowish"', "severity"),
            ('"1", "2", "3"', '"1", "2"', "exactly 3 steps"),
            ('why = "Y."', 'why = "Y"', "full stop"),
            ('fix = "F"', 'fix = " "', "not empty"),
            ('good = "G"\n', "", "no 'good'"),
            ('refs = []', 'refs = []\ncolour = "red"', "unknown key 'colour'"),
            ('title = "T"', f'title = "{"T" * 61}"', "60 at most"),
        ):
            with self.subTest(word):
                self.tearDown()
                self.setUp()
                self.rule_fault(old, new, word)

    def test_broken_toml_names_its_line(self):
        self.append("meta.toml", "[[rule]\n")
        self.refused("meta.toml", "line")

    def test_global_faults(self):
        for name, row, word in (
            ("pickle-safe.tsv", "os\tsystem\tclass\t", None),
            ("pickle-safe.tsv", "os\tsystem name\tmethod\t", "none of class, call, ref"),
            ("pickle-safe.tsv", "mod\tx\targs:nonsense\t", "not in pickle-args.tsv"),
            ("pickle-safe.tsv", "mod\t*\tcall\t", "only stand for classes"),
            ("pickle-safe.tsv", "mod.ule\tna-me\tclass\t", "no global name"),
            ("pickle-safe.tsv", "*\tanything\tclass\t", "needs a module"),
            ("pickle-safe.tsv", "collections\tOrderedDict\tclass\t", "there already"),
            ("pickle-safe.tsv", "builtins\teval\tcall\t", "there already"),
            ("pickle-safe.tsv", "__builtin__\tint\tclass\t", "Python 2 name"),
            ("pickle-dangerous.tsv", "mod\tx\tsevere\tfile\t", "severity"),
            ("pickle-dangerous.tsv", "mod\tx\thigh\tmagic\t", "class"),
            ("pickle-dangerous.tsv", "mod\tx\thigh\tfile\tnote\textra", "6 cells"),
            ("pickle-args.tsv", "unused-rule\thigh\tfile\tnote", "used by no row"),
            ("classes.tsv", "model.malformed\tmodel\tmodel", "twice"),
        ):
            with self.subTest(row):
                self.tearDown()
                self.setUp()
                before = self.append(name, row + "\n")
                if word is None:  # an exact safe row beside a dangerous wildcard is allowed
                    self.assertEqual(run(self.folder, "--check").returncode, 0)
                elif word == "used by no row":
                    self.refused(name, word)
                else:
                    self.refused(f"{name}:{before + 1}:", word)

    def test_bad_version(self):
        (self.folder / "VERSION").write_text("latest\n")
        self.refused("VERSION:1:")

    def test_ids_in_sources_are_checked(self):
        source = pathlib.Path(self.temp.name) / "x.c"
        source.write_text('f("model.malformed");\nf("model.no-such-rule");\n')
        result = run(self.folder, "--check", self.temp.name)
        self.assertEqual(result.returncode, 1)
        self.assertIn("x.c:2: no rule has the id model.no-such-rule", result.stderr)

    def test_output_depends_on_the_input_only(self):
        out = []
        for _ in range(2):
            files = [pathlib.Path(self.temp.name) / n for n in ("r.c", "g.c")]
            result = run(self.folder, "--rules", files[0], "--globals", files[1])
            self.assertEqual(result.returncode, 0, result.stderr)
            out.append([f.read_bytes() for f in files])
        self.assertEqual(out[0], out[1])
        self.assertNotIn(self.temp.name.encode(), out[0][0] + out[0][1])


if __name__ == "__main__":
    TOOL, RULES = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
