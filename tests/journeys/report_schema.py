#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""report_schema.py REPORT_SAMPLE: reads every report back with an independent reader.

SARIF is validated against the published schema, JSON against the contract, XML and CSV are parsed.
What is checked beyond form: indexes that point nowhere, fingerprints that repeat, counts that differ.
"""
import base64
import csv
import hashlib
import html.parser
import io
import json
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

import jsonschema

SAMPLES = ("rich", "clean", "empty", "hostile", "model", "huge", "diff")
SEVERITIES = ["critical", "high", "medium", "low", "info"]
SUBJECT_KEYS = {"path", "kind", "format", "bytes", "sha256", "detail"}
FINDING_KEYS = {"rule", "class", "severity", "path", "inner", "line", "column", "offset", "row",
                "field", "message", "evidence", "fix", "fingerprint"}
here = pathlib.Path(__file__).resolve().parent
tool = sys.argv[1]
checks = 0


def report(sample, form):
    return subprocess.run([tool, sample, form], check=True, capture_output=True).stdout


def check(condition, text):
    global checks
    checks += 1
    if not condition:
        sys.exit(f"report_schema: {text}")


def check_json(sample):
    d = json.loads(report(sample, "json"))
    check(d["schema"] == "merlon.result/1", "schema name")
    for key in ("tool", "target", "started", "seconds", "summary", "gate", "subjects", "findings"):
        check(key in d, f"{sample}: {key} is missing")
    check(all(SUBJECT_KEYS <= s.keys() for s in d["subjects"]), f"{sample}: a subject lacks a key")
    check(all(FINDING_KEYS <= f.keys() for f in d["findings"]), f"{sample}: a finding lacks a key")
    check(all(isinstance(s["detail"], dict) for s in d["subjects"]), f"{sample}: detail")
    order = [SEVERITIES.index(f["severity"]) for f in d["findings"]]
    check(order == sorted(order), f"{sample}: findings are not sorted by severity")
    for severity in SEVERITIES:
        have = sum(f["severity"] == severity for f in d["findings"])
        check(d["summary"][severity] == have, f"{sample}: {severity} is miscounted")
    check(len(d.get("suppressed", [])) == d["summary"]["suppressed"], f"{sample}: suppressed")
    lines = report(sample, "jsonl").splitlines()
    check([json.loads(x) for x in lines] == d["findings"], f"{sample}: jsonl differs from json")
    return d


def check_sarif(sample, validator, result):
    text = report(sample, "sarif")
    d = json.loads(text)
    errors = [f"{list(e.path)}: {e.message[:200]}" for e in validator.iter_errors(d)]
    check(not errors, f"{sample}: SARIF: {errors[:3]}")
    run = d["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    check(len(run["results"]) <= 5000, f"{sample}: more than 5,000 results")
    check(all(len(r["properties"]["tags"]) <= 10 for r in rules), f"{sample}: more than 10 tags")
    for r in run["results"]:
        if "ruleId" not in r:
            check("more findings" in r["message"]["text"], f"{sample}: a result without a rule")
            continue
        check(rules[r["ruleIndex"]]["id"] == r["ruleId"], f"{sample}: ruleIndex points elsewhere")
        place = r["locations"][0]["physicalLocation"]["artifactLocation"]
        check(re.fullmatch(r"[A-Za-z0-9._~/%-]*", place["uri"]), f"{sample}: {place['uri']}")
        if "index" in place:
            artifact = run["artifacts"][place["index"]]["location"]["uri"]
            check(artifact == place["uri"], f"{sample}: artifact index points elsewhere")
    digests = {a["hashes"]["sha-256"] for a in run["artifacts"] if "hashes" in a}
    check(digests == {s["sha256"] for s in result["subjects"] if s["sha256"]}, f"{sample}: digests")


def check_others(sample, result):
    root = xml.etree.ElementTree.fromstring(report(sample, "junit"))
    cases = root.findall(".//testcase")
    check(int(root.get("tests")) == len(cases), f"{sample}: JUnit counts other cases")
    check(int(root.get("failures")) == len(root.findall(".//failure")), f"{sample}: JUnit failures")
    issues = json.loads(report(sample, "gitlab"))
    marks = [i["fingerprint"] for i in issues]
    check(len(issues) == len(result["findings"]), f"{sample}: GitLab")
    check(len(set(marks)) == len(marks), f"{sample}: GitLab fingerprints repeat")
    rows = list(csv.DictReader(io.StringIO(report(sample, "csv").decode())))
    check(len(rows) == len(result["findings"]) + result["summary"]["suppressed"], f"{sample}: CSV")
    check(all(None not in r and None not in r.values() for r in rows), f"{sample}: a ragged CSV row")
    for line in report(sample, "github").decode().splitlines():
        check(re.match(r"::(error|warning|notice) [^:]+::", line), f"{sample}: GitHub: {line[:80]}")


def check_html(sample, result):
    """The policy allows exactly the style and script that are there; tags close in order."""
    text = report(sample, "html").decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text).group(1)
    check("default-src 'none'" in policy, f"{sample}: policy")
    for tag in ("style", "script"):
        inner = re.search(f"<{tag}>(.*?)</{tag}>", text, re.S).group(1)
        digest = base64.b64encode(hashlib.sha256(inner.encode()).digest()).decode()
        check(f"{tag}-src 'sha256-{digest}'" in policy, f"{sample}: digest of {tag}")
    reader = Reader()
    reader.feed(text)
    check(not reader.open, f"{sample}: left open: {reader.open}")
    check(len(reader.ids) == len(set(reader.ids)), f"{sample}: an id repeats")
    missing = [a for a in reader.anchors if a not in reader.ids]
    check(not missing, f"{sample}: links to nowhere: {missing}")


class Reader(html.parser.HTMLParser):
    void = {"meta", "br", "input"}

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.anchors = [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.void:
            self.open.append(tag)
        for name, value in attrs:
            check(not name.startswith("on") and name != "style", f"attribute {name}")
            if name == "id":
                self.ids.append(value)
            if name == "href":
                check(value.startswith("#"), f"a link leads out: {value}")
                self.anchors.append(value[1:])

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        check(self.open and self.open[-1] == tag, f"</{tag}> closes {self.open[-1:]}")
        self.open.pop()


def main():
    schema = json.loads((here / "../schemas/sarif/sarif-schema-2.1.0.json").read_text())
    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    for sample in SAMPLES:
        result = check_json(sample)
        check_sarif(sample, validator, result)
        check_others(sample, result)
        check_html(sample, result)
    print(f"report_schema: {checks} checks held")


main()
