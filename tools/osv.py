# SPDX-License-Identifier: Apache-2.0
"""osv.py - records of the OSV schema, as osv.dev gives them away, trimmed to what an image needs.

What goes is what rules/advisories/README.md says: withdrawn records, other ecosystems than PyPI, versions one by one
where a range exists, GIT ranges, long texts, what stands behind a version (2.6.0+cu124).
"""
import json
import re

TEXT = 240
LOCAL = re.compile(r"^(v?\d+(?:\.\d+)*(?:(?:a|b|rc|\.post|\.dev)\d+)*)[-+].*$", re.I)


def bound(version):
    match = LOCAL.match(version)
    return match[1] if match else version


def trim_range(one):
    return {"type": one["type"], "events": [{kind: bound(v)} for event in one["events"] for kind, v in event.items() if kind != "limit"]}


def trim_affected(one):
    ranges = [trim_range(r) for r in one.get("ranges", []) if r["type"] != "GIT"]
    out = {"package": {"ecosystem": "PyPI", "name": one["package"]["name"]}}
    if ranges:
        out["ranges"] = ranges
    else:
        out["versions"] = [bound(v) for v in one.get("versions", [])]
    return out


def trim(record):
    """None: nothing of it is for us."""
    affected = [trim_affected(a) for a in record.get("affected", []) if a.get("package", {}).get("ecosystem") == "PyPI"]
    affected = [a for a in affected if a.get("ranges") or a.get("versions")]
    if record.get("withdrawn") or not affected:
        return None
    text = " ".join((record.get("summary") or record.get("details") or "").split())
    out = {"id": record["id"], "aliases": record.get("aliases", []), "summary": text[:TEXT], "affected": affected}
    severity = [s for s in record.get("severity", []) if re.match(r"CVSS:[34]", s.get("score", ""))]
    if severity:
        out["severity"] = severity
    return out


def read_folder(folder):
    """All records below it: *.json (one each, or a list) and *.jsonl, in the order of their ids."""
    records = {}
    for path in sorted(folder.rglob("*.json*")):
        text = path.read_text(encoding="utf-8")
        found = [json.loads(line) for line in text.splitlines() if line.strip()] if path.suffix == ".jsonl" else json.loads(text)
        for record in found if isinstance(found, list) else [found]:
            short = trim(record)
            if short:
                records[short["id"]] = short
    return [records[i] for i in sorted(records)]
