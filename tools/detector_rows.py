# SPDX-License-Identifier: Apache-2.0
"""detector_rows.py - the rows of rules/secrets.tsv and rules/pii.tsv: reading, examples, and the rule that each one is."""
import re
import zlib

import pattern as pt
from rule_tables import SEVERITIES, bad, read_tsv

COLUMNS = ("id", "title", "severity", "region", "find", "need", "pattern", "context", "check", "one_in", "fix", "bad", "good",
           "note")
FINDS = ("literal", "words", "literal+words", "shape", "token", "at", "street", "colon", "code", "file")
NEEDS = ("", "word", "plain")
CODES = ("pem", "uri", "assign", "k8s", "gcp_sa", "oci", "bip39")
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def check_row(path, number, row, kind):
    if not row["id"].startswith(kind + "."):
        bad(path, number, f"{row['id']!r} does not begin with {kind}.")
    for column in ("title", "severity", "region"):
        if not row[column]:
            bad(path, number, f"{row['id']} has no {column}")
    if row["severity"] not in SEVERITIES:
        bad(path, number, f"severity {row['severity']!r}")
    if row["find"] not in FINDS:
        bad(path, number, f"find {row['find']!r} is none of {', '.join(FINDS)}")
    if row["need"] not in NEEDS:
        bad(path, number, f"need {row['need']!r} is none of word, plain")
    if row["code"] and row["code"] not in CODES:
        bad(path, number, f"code:{row['code']} does not exist")
    if row["one_in"] and not row["one_in"].isdigit():
        bad(path, number, f"one_in {row['one_in']!r} is no number")
    if row["find"] in ("code", "file") and not row["bad"]:
        bad(path, number, f"{row['id']} has a function of its own, so that no example can be made up: write one")
    if row["find"] == "words" and not row["context"]:
        bad(path, number, f"{row['id']} is found by its words and has none")
    try:
        pt.compile_node(pt.parse(row["pattern"]), pt.Sets())
    except (pt.BadPattern, pt.sc.error) as e:
        bad(path, number, f"{row['id']}: {e}")


def read_file(path, kind):
    for number, row in read_tsv(path, COLUMNS):
        find, _, row["code"] = (row["find"] or "literal").partition(":")
        row.update(find=find, kind=kind, file=path, number=number, solid=row["need"] == "plain" or find == "code")
        check_row(path, number, row, kind)
        yield row


def read_rows(folder):
    rows = [*read_file(folder / "secrets.tsv", "secret"), *read_file(folder / "pii.tsv", "pii")]
    rows.sort(key=lambda r: r["id"])
    for a, b in zip(rows, rows[1:]):
        if a["id"] == b["id"]:
            bad(b["file"], b["number"], f"{b['id']} appears twice")
    return rows


# ---- examples

def base62(n):
    out = ""
    for _ in range(6):
        out = BASE62[n % 62] + out
        n //= 62
    return out


def made_up(row, seed=""):
    """A value that fits the pattern: different for each seed, the same in every build."""
    rng = pt.seeded(row["id"] + seed)
    node = pt.parse(row["pattern"])
    if row["find"] == "literal+words":
        node = pt.alternatives(node)[-1]
    for _ in range(200):
        value = pt.example(node, rng).decode("utf-8", "replace")
        if row["check"] == "crc62":
            value = value[:-6] + base62(zlib.crc32(value[4:-6].encode()))
        if re.search(r"[0-9]", value) or row["check"] == "hf_letters" or len(value) < 20:
            break
    if row["check"] == "hf_letters":
        value = value[:-34] + "".join(rng.choice(BASE62[10:]) for _ in range(34))
    return value


def name_of(row):
    """A name for a variable: GROQ_API_KEY."""
    word = row["context"].split(",")[0] if row["need"] == "word" else row["id"].split(".", 1)[1]
    return re.sub(r"[^A-Z0-9]+", "_", word.upper()).strip("_") + ("_API_KEY" if row["kind"] == "secret" else "")


def plain(cell):
    """What a cell of an example says: \\n is a line end, \\\\ a backslash, ~ nothing."""
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], cell.replace("~", ""))


def bad_example(row, seed=""):
    text = plain(row["bad"])
    if not text:
        text = f'{name_of(row)} = "{{*}}"' if row["kind"] == "secret" else f"{name_of(row).lower()}: {{*}}"
    return text.replace("{*}", made_up(row, seed)) if "{*}" in text else text


def good_example(row):
    if row["good"]:
        return plain(row["good"])
    name = name_of(row)
    return f'{name} = os.environ["{name}"]' if row["kind"] == "secret" else f"{name.lower()}: <removed>"


# ---- rules

SECRET_ATTACK = [
    "The file is published, shared with a team or fed into a training run with the credential inside.",
    "Crawlers of public data, a colleague's copy or a model that learnt it by heart hand it to a stranger.",
    "The stranger uses it in its owner's name: data, compute and the bill are theirs until someone notices.",
]
PII_ATTACK = [
    "Somebody obtains the data set, or questions a model that was trained on it.",
    "The value points to one person and links this record with other sources.",
    "The person is impersonated, contacted or exposed, and whoever passed the data on answers for it.",
]


def rule_of(row):
    secret = row["kind"] == "secret"
    near = " and words near it say so" if row["need"] == "word" else ""
    check = ", passes the check of its kind" if row["check"] else ""
    if secret:
        what = f"{row['title']}: a text in the clear has the form of one{check}{near}, and is no placeholder."
        fix = f"Revoke it {row['fix']}; keep the new one in a secret store or the environment."
        why = "Whoever reads the file can use it until it is revoked, and copies of data never come back."
    else:
        region = "" if row["region"] == "global" else f" ({row['region']})"
        what = f"{row['title']}{region} in plain text: a value has the form of one{check}{near}."
        fix = row["fix"] or "Mask or tokenise it (merlon data redact) or drop the column; if it must stay, record on which legal ground."
        why = "Personal data in a data set is in every copy of it, and in the models that learn it by heart."
    return {"id": row["id"], "class": "data.secret" if secret else "data.pii", "severity": row["severity"],
            "title": row["title"], "what": what, "attack": SECRET_ATTACK if secret else PII_ATTACK, "why": why, "fix": fix,
            "bad": "\n" + bad_example(row), "good": "\n" + good_example(row), "refs": []}
