#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_advisories.py DIR [--c OUT.c] [--image OUT.bin]: the files of rules/advisories as one image.

The image is a sorted table of package names, blocks of text packed with zlib,
and lists of names as they are. Per package one line for each vulnerability, aliases joined:

    SEVERITY <tab> IDS <tab> RANGES <tab> SUMMARY

SEVERITY is 0 to 4 (info to critical), or m: a release that was made to harm. IDS are separated by blanks, CVE
first. RANGES are ">=1.0,<1.5 || ==2.1", in plain order. Output depends on the input only.
"""
import argparse
import json
import pathlib
import re
import struct
import sys
import zlib

MAGIC = b"MERLADV2"
BLOCK = 24 << 10  # bytes of text per block
SUMMARY = 110
HARMFUL = 0x8000  # beside the number of the block: a line of the package is m


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


# ---------------------------------------------------------------- severity

V3 = {"AV": dict(N=.85, A=.62, L=.55, P=.2), "AC": dict(L=.77, H=.44), "UI": dict(N=.85, R=.62, P=.62, A=.62),
      "PR": dict(N=.85, L=.62, H=.27), "PRC": dict(N=.85, L=.68, H=.5), "I": dict(H=.56, L=.22, N=0)}


def cvss(vector):
    """The base score of CVSS 3; for version 4, whose tables are long, the same formula over the parts that both have."""
    part = dict(p.split(":", 1) for p in vector.split("/")[1:])
    if vector.startswith("CVSS:4"):
        part.update(C=part["VC"], I=part["VI"], A=part["VA"], S="U")
        if part.get("AT") == "P":
            part["AC"] = "H"
        if part["C"] == part["I"] == part["A"] == "N":
            part.update(C=part["SC"], I=part["SI"], A=part["SA"])
    changed = part["S"] == "C"
    impact = 1 - (1 - V3["I"][part["C"]]) * (1 - V3["I"][part["I"]]) * (1 - V3["I"][part["A"]])
    impact = 7.52 * (impact - .029) - 3.25 * (impact - .02) ** 15 if changed else 6.42 * impact
    if impact <= 0:
        return 0
    ease = 8.22 * V3["AV"][part["AV"]] * V3["AC"][part["AC"]] * V3["UI"][part["UI"]]
    ease *= V3["PRC" if changed else "PR"][part["PR"]]
    score = min((1.08 if changed else 1) * (impact + ease), 10)
    return -(-round(score * 100000) // 10000) / 10


GRAVE = re.compile(r"arbitrary (code|command)|remote code|code execution|execute (arbitrary|code|commands)|command injection|"
                   r"deseriali[sz]|sql injection|authentication bypass|sandbox escape|\brce\b", re.I)


TELLING = re.compile(r"vulnerab|allow|attack|execut|inject|bypass|overflow|denial|leak|crash|traversal|arbitrary|unsafe|xss|ssrf|"
                     r"malicious|forgery|disclos|expos|crafted|lead to|missing|improper", re.I)


PRODUCT = re.compile(r"^(?:The )?[\w`*./()-]+(?: [\w`*./()-]+){0,4} (?:is|are) (?:an?|the|built|designed|used)\b")  # what it is


def severity(record):
    """From the vectors, the highest; without any, from the words."""
    scores = [cvss(s["score"]) for s in record.get("severity", []) if s["score"].startswith("CVSS:")]
    if not scores:
        return 3 if GRAVE.search(record.get("summary", "")) else 2
    return next((level for level, least in ((4, 9), (3, 7), (2, 4), (1, .1)) if max(scores) >= least), 0)


# ---------------------------------------------------------------- ranges

def spans(affected):
    """Events of OSV in order, as texts of an interval each."""
    out = []
    for one in affected.get("ranges", []):
        low, is_open = None, False
        for event in one["events"]:
            (kind, bound), = event.items()
            if kind == "introduced":
                if is_open:
                    out.append(interval(low, None, None))
                low, is_open = bound, True
            elif is_open:
                out.append(interval(low, "<" if kind == "fixed" else "<=", bound))
                is_open = False
        if is_open:
            out.append(interval(low, None, None))
    if not affected.get("ranges"):
        out += [f"=={v}" for v in affected.get("versions", [])]
    return out


def interval(low, op, high):
    parts = [f">={low}"] if low != "0" else []
    parts += [f"{op}{high}"] if op else []
    return ",".join(parts) or "*"


def is_open(texts):
    return any("<" not in t and "==" not in t for t in texts)


# ---------------------------------------------------------------- reading

class Group:
    """One vulnerability of one package, whatever its names."""

    def __init__(self, package):
        self.package, self.ids, self.records, self.overlay = package, set(), [], False


def read_records(folder, newer=None):
    """Whether it is of the overlay, and the record. `newer`: OSV records that stand for those of the folder."""
    own = ("overlay.jsonl",) if newer is not None else ("overlay.jsonl", "pypi-ml.jsonl", "pypi-other.jsonl")
    for name in own:
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            yield name == "overlay.jsonl", json.loads(line)
    for record in newer or ():
        yield False, record


def group_records(folder, newer=None):
    """Records that share an id become one group; where the overlay speaks, only it is heard."""
    packages = {}
    for overlay, record in read_records(folder, newer):
        ids = {record["id"], *record.get("aliases", [])}
        for affected in record["affected"]:
            package = normal(affected["package"]["name"])
            groups = packages.setdefault(package, [])
            same = [g for g in groups if g.ids & ids]
            group = same[0] if same else Group(package)
            for other in same[1:]:
                group.ids |= other.ids
                group.records += other.records
                group.overlay |= other.overlay
                groups.remove(other)
            if not same:
                groups.append(group)
            group.ids |= ids
            group.overlay |= overlay
            group.records.append((overlay, record, spans(affected)))
    return packages


def order_of_id(text):
    for rank, prefix in enumerate(("CVE-", "GHSA-", "PYSEC-", "MAL-", "MERLON-")):
        if text.startswith(prefix):
            return rank, text
    return 9, text


def summary_of(records):
    text = next((r["summary"] for _, r, _ in records if r.get("summary")), "").split("; the source ")[0]
    text = " ".join(text.split())
    long = len(text) >= 235
    sentences = re.split(r"(?<=[a-z)`])[.:;] (?=[A-Z])", text)
    about = [s for s in sentences if TELLING.search(s) or not PRODUCT.search(s)]  # many begin with what the product is
    text = next((s for s in about if TELLING.search(s)), about[0] if about else "")
    cut = text.rstrip()[-1:].isalnum() and len(text.split()) > 3 and long  # the source is cut itself
    if len(text) > SUMMARY or cut:
        text = text[:SUMMARY].rsplit(" ", 1)[0].rstrip(".,;:(-") + " ..."
    return text


def harmful(group, record):
    """A report of a release that was made to harm, not of a fault: it has no CVE, and names versions, or all of them."""
    if any(i.startswith("MAL-") for i in group.ids):
        return True
    return not any(i.startswith(("CVE-", "GHSA-", "MERLON-")) for i in group.ids) and "severity" not in record


def line_of(group):
    records = [r for r in group.records if r[0]] or group.records
    texts = [t for _, _, t in records if t]
    closed = [t for t in texts if not is_open(t)]
    ranges = sorted({one for t in (closed or texts) for one in t})
    bad = any(harmful(group, r) for _, r, _ in records)
    only = all("==" in t for t in ranges)
    level = str(max(severity(r) for _, r, _ in group.records))
    if any("disputed" in r.get("summary", "") for _, r, _ in group.records):
        level = str(min(int(level), 2))
    if bad and ranges and (only or ranges == ["*"]):
        level = "m"
    elif bad and is_open(ranges):  # "from this release on" means this one
        level, ranges = "m", [t.replace(">=", "==") for t in ranges]
    if not ranges:
        return None
    if level != "m" and is_open(ranges):
        level = str(min(int(level), 1))  # nothing to go to: told, but no reason to stop
    ids = sorted((i for i in group.ids if not i.startswith("GSD-")), key=order_of_id)[:3]
    return [level, " ".join(ids), " || ".join(ranges), summary_of(group.records)]


def malicious_lines(path):
    for line in path.read_text(encoding="utf-8").splitlines()[1:]:
        name, versions, date, kind, evidence = (line.split("\t") + [""] * 5)[:5]
        ranges = []
        for v in versions.split(","):
            low, _, high = v.partition("..")
            ranges.append("*" if v == "*" else f">={low},<={high}" if high else f"=={v}")
        ids = re.findall(r"(?:PYSEC|MAL|CVE)-\d+-\d+", evidence)
        yield normal(name), ids, ["m", " ".join(ids), " || ".join(ranges), f"{kind} ({date})"]


def collect(folder, newer=None):
    packages = group_records(folder, newer)
    table = {}
    known = {}
    for name, ids, line in malicious_lines(folder / "malicious-ml.tsv"):
        table.setdefault(name, []).append(line)
        known.setdefault(name, set()).update(ids or {"*"})
    for name, groups in packages.items():
        for group in groups:
            # a report of what the list of malicious releases says better
            if group.ids & known.get(name, set()):
                continue
            line = line_of(group)
            if line and not (line[0] == "m" and name in known) and not (name in known and group.overlay):
                table.setdefault(name, []).append(line)
    for lines in table.values():
        lines.sort(key=lambda r: r[1], reverse=True)  # the newest first, within a severity
        lines.sort(key=lambda r: (r[0] != "m", r[0] != "m" and -int(r[0])))
    return table


# ---------------------------------------------------------------- lists of names

def read_list(path):
    rows = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [row for row in rows if row]


def names_text(folder):
    """The lists of names as one text: a letter for the list, the name, and what is to be said of it."""
    out = [("p", normal(n), "") for n in read_list(folder / "popular-ml.txt")]
    out += [("n", normal(n), "") for n in read_list(folder / "neighbours.txt")]
    for row in read_list(folder / "names.tsv"):
        kind, name, instead, why = (row.split("\t") + [""] * 4)[:4]
        if kind not in ("module", "invented", "old", "bypass"):
            sys.exit(f"names.tsv: {kind!r} is no kind of name")
        out.append((kind[0], normal(name), f"{instead}\t{why}"))
    return "".join(f"{kind}{name}\t{text}\n" for kind, name, text in sorted(set(out)))


# ---------------------------------------------------------------- writing

def pack(data):
    return zlib.compress(data, 9)


def image(folder, newer=None, snapshot=None):
    """The image and its table. `newer` (records) and `snapshot` (a day, 20260723) stand for those of the folder."""
    table = collect(folder, newer)
    snapshot = snapshot or int((folder / "SNAPSHOT").read_text().strip())
    names, where, blocks, text, pool = sorted(table, key=str.encode), [], [], b"", b""
    for name in names:
        data = "".join("\t".join(line) + "\n" for line in table[name]).encode()
        if text and len(text) + len(data) > BLOCK:
            blocks.append(text)
            text = b""
        flag = HARMFUL if table[name][0][0] == "m" else 0  # these stand first
        where.append((len(pool), len(name), len(blocks) | flag, len(text), len(data)))
        pool += name.encode()
        text += data
    blocks += [text, names_text(folder).encode()]
    # the names are asked for by each import: they lie as they are
    packed = [pack(b) for b in blocks[:-1]] + blocks[-1:]
    count = sum(len(lines) for lines in table.values())
    head = MAGIC + struct.pack("<6I", snapshot, len(names), len(blocks), count, len(pool), 0)
    rows = b"".join(struct.pack("<IHHII", *w) for w in where)
    at, places = 0, b""
    for raw, p in zip(blocks, packed):
        places += struct.pack("<III", at, len(p), len(raw))
        at += len(p)
    return head + rows + places + pool + b"".join(packed), table


def c_source(data):
    rows = [data[i:i + 20] for i in range(0, len(data), 20)]
    body = "\n".join("    " + "".join(f"{b}," for b in row) for row in rows)
    return ("/* Made from rules/advisories by tools/gen_advisories.py. */\n"
            '#include "detect/package/advisories.h"\n\n'
            f"const unsigned char advisories_image[] = {{\n{body}\n}};\n"
            f"const size_t advisories_image_size = {len(data)};\n")


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("folder", type=pathlib.Path)
    ap.add_argument("--c", type=pathlib.Path)
    ap.add_argument("--image", type=pathlib.Path)
    ap.add_argument("--stats", action="store_true")
    args = ap.parse_args()
    data, table = image(args.folder)
    if args.c:
        args.c.write_text(c_source(data))
    if args.image:
        args.image.write_bytes(data)
    if args.stats:
        lines = [line for rows in table.values() for line in rows]
        print(f"{len(table)} packages, {len(lines)} vulnerabilities, {sum(x[0] == 'm' for x in lines)} malicious, {len(data)} bytes")


if __name__ == "__main__":
    main()
