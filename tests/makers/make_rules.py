# SPDX-License-Identifier: Apache-2.0
"""Bundles of rules: a sound one, and signed ones that break one rule of doc/format-rules-bundle.md each.

The key is made from a fixed seed, so that no private key lies in the repository and two runs give the same bytes."""
import base64
import hashlib
import pathlib
import struct
import sys
import tempfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import make_rules_bundle as tool  # noqa: E402

OUT = ROOT / "tests" / "golden" / "rules"
MADE, VERSION = 1790000000, "2099.1.1"


def private(folder, seed):
    der = bytes.fromhex("302e020100300506032b657004220420") + hashlib.sha256(seed).digest()
    text = base64.encodebytes(der).decode()
    path = pathlib.Path(folder) / hashlib.sha256(seed).hexdigest()
    path.write_text(f"-----BEGIN PRIVATE KEY-----\n{text}-----END PRIVATE KEY-----\n")
    return path


def image(rows, blocks, names=b"prequests\t\n", snapshot=20990101, count=None, places=None):
    """rows: (name, block, at, length, harmful); blocks: texts."""
    pool = b"".join(r[0] for r in rows)
    at, table = 0, b""
    for name, block, where, length, harmful in rows:
        table += struct.pack("<IHHII", at, len(name), block | (0x8000 if harmful else 0), where, length)
        at += len(name)
    packed = [zlib.compress(b, 9) for b in blocks] + [names]
    if places is None:
        at, places = 0, []
        for raw, p in zip([*blocks, names], packed):
            places.append((at, len(p), len(raw)))
            at += len(p)
    count = len(rows) if count is None else count
    head = b"MERLADV2" + struct.pack("<6I", snapshot, len(rows), len(places), count, len(pool), 0)
    return head + table + b"".join(struct.pack("<III", *p) for p in places) + pool + b"".join(packed)


LINE = b"4\tCVE-2099-0001\t<2.0\tRemote code execution\n"
BAD = b"m\tMAL-2099-1\t==1.0\tsteals keys\n"
SOUND = image([(b"alpha", 0, 0, len(LINE), False), (b"beta", 0, len(LINE), len(BAD), True)], [LINE + BAD])


def bomb():
    packed = zlib.compress(bytes(4 << 20), 9)
    names = b"prequests\t\n"
    places = [(0, len(packed), 4 << 20)] * 7 + [(len(packed), len(names), len(names))]
    head = b"MERLADV2" + struct.pack("<6I", 20990101, 0, len(places), 0, 0, 0)
    return head + b"".join(struct.pack("<III", *p) for p in places) + packed + names


CHANGES = (b"dep.unpinned\tseverity\thigh\ndep.unpinned\ttitle\tNo version is fixed\n"
           b"model.pickle-exec\toff\t1\nnot.a-rule\tseverity\tlow\ndep.vulnerable\tcolour\tred\n")
IMAGES = {
    "unsorted": image([(b"beta", 0, 0, len(LINE), False), (b"alpha", 0, 0, len(LINE), False)], [LINE]),
    "count": image([(b"alpha", 0, 0, len(LINE), False)], [LINE], count=2),
    "reach": image([(b"alpha", 0, 8, len(LINE), False)], [LINE]),
    "line": image([(b"alpha", 0, 0, 9, False)], [b"no\tline.\n"]),
    "flag": image([(b"alpha", 0, 0, len(LINE), True)], [LINE]),
    "day": image([], [b"x"], snapshot=20261399),
    "block": SOUND[:-40] + bytes(8) + SOUND[-32:],
    "bomb": bomb(),
    "other": b"MERLADV9" + SOUND[8:],
}
TEXTS = {
    "promise": b"model.not-inspected\toff\t1\n",
    "lowered": b"meta.cache-tampered\tseverity\tinfo\n",
    "control": b"dep.unpinned\ttitle\t\x1b[2J\n",
    "long": b"dep.unpinned\ttitle\t" + b"x" * 61 + b"\n",
    "twice": b"dep.unpinned\ttitle\ta\ndep.unpinned\ttitle\tb\n",
    "fields": b"dep.unpinned\tseverity\n",
    "severity": b"dep.unpinned\tseverity\tgrave\n",
    "unended": b"dep.unpinned\tseverity\thigh",
}


def write(name, data):
    (OUT / f"{name}.bundle").write_bytes(data)


def signed(key, head, parts):
    return head + tool.sign(head, key) + b"".join(d for _, d in parts)


def edited(key, parts, at, new):
    head = bytearray(tool.head_of(parts, 7, MADE, VERSION, tool.public_half(key)))
    head[at:at + len(new)] = new
    return signed(key, bytes(head), parts)


def make():
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        write_all(private(folder, b"merlon: a key for tests only"), private(folder, b"merlon: another key for tests"))


def write_all(key, other):
    (OUT / "test-key.pem").write_bytes(tool.openssl("pkey", "-in", key, "-pubout"))
    both = [("advisory", SOUND), ("rules", CHANGES)]
    rules = [("rules", CHANGES)]
    write("sound", tool.bundle(both, 7, MADE, VERSION, key))
    write("older", tool.bundle(both, 6, MADE, VERSION, key))
    write("of-other-key", tool.bundle(both, 7, MADE, VERSION, other))
    write("old-rules", tool.bundle(both, 8, MADE, "2020.1.1", key))
    write("future", tool.bundle(both, 9, 4000000000, VERSION, key))
    write("unknown-part", tool.bundle([*rules, ("later", b"what is to come")], 7, MADE, VERSION, key))
    write("bad-format", edited(key, rules, 8, b"\2"))
    write("bad-zero-sequence", edited(key, rules, 12, bytes(4)))
    write("bad-date", edited(key, rules, 16, bytes(8)))
    write("bad-version", edited(key, rules, 32, b"2099.1".ljust(16, b"\0")))
    write("bad-version-tail", edited(key, rules, 46, b"!"))
    write("bad-reserved", edited(key, rules, 56, b"\1"))
    write("bad-gap", edited(key, rules, 72, struct.pack("<Q", 64 + 56 + 64 + 1)))
    write("bad-length", edited(key, rules, 80, struct.pack("<Q", 1 << 63)))
    write("bad-short-part", edited(key, rules, 80, struct.pack("<Q", len(CHANGES) - 1)))
    write("bad-name", edited(key, rules, 64, bytes(8)))
    write("bad-twice", tool.bundle([*rules, *rules], 7, MADE, VERSION, key))
    write("bad-no-part", tool.bundle([], 7, MADE, VERSION, key))
    write("bad-digest", edited(key, rules, 88, bytes(32)))
    for name, data in IMAGES.items():
        write(f"unsound-image-{name}", tool.bundle([("advisory", data)], 7, MADE, VERSION, key))
    for name, data in TEXTS.items():
        write(f"unsound-rules-{name}", tool.bundle([("rules", data)], 7, MADE, VERSION, key))


if __name__ == "__main__":
    make()
