# SPDX-License-Identifier: Apache-2.0
"""PyTorch goldens: zip, legacy and tar checkpoints, TorchScript, torch.package."""
import argparse
import collections
import io
import pickle
import re
import zipfile

import numpy
import torch
import torch.package

from assembler import BINPERSID, Global, Inst, POP, STOP, code, pickled, proto, system
from golden import out, tarred, zipped
from rawzip import Entry, archive

EVIL = pickled(system(), 2)
PLAIN = pickle.dumps({"w": [1, 2]}, 2)
LEGACY = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({"protocol_version": 1001, "little_endian": True}, 2)
NO_KEYS = pickle.dumps([], 2)


def saved(value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    data, seen = buffer.getvalue(), {}
    if data[:2] == b"PK":
        return data
    # The legacy format names a storage after its address: number them instead, so that two runs give the same bytes.
    rank = lambda match: b"X\x01\0\0\0%d" % seen.setdefault(match[0], len(seen))
    return re.sub(rb"X[\x07-\x0f]\0\0\0\d{7,15}", rank, data)


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        return [(item.filename, whole.read(item)) for item in whole.infolist()]


def checkpoint(data, more=()):
    return zipped([("archive/data.pkl", data), ("archive/data/0", bytes(16)), ("archive/version", b"3\n"), *more])


def entry(data, method=0, **fields):
    return Entry("archive/data.pkl", data, method, **fields)


VERSION = Entry("archive/version", b"3\n")


def containers():
    state = members(saved({"w": torch.ones(2)}))
    swap = lambda change: zipped([(n, change(d) if n.endswith("data.pkl") else d) for n, d in state])
    rows = {
        "data.pt": checkpoint(EVIL),
        "inst.pt": checkpoint(pickled(Inst("os", "system", "x"), 0)),
        "first-call.pt": swap(lambda d: d[:2] + code(system()) + POP + d[2:]),
        "second-stream.pt": swap(lambda d: d + EVIL),
        "broken-after.pt": swap(lambda d: d[:2] + code(system()) + b"\xff"),
        "constants.pt": checkpoint(PLAIN, [("archive/constants.pkl", EVIL)]),
        "extra-member.pt": checkpoint(PLAIN, [("archive/extra/blob", EVIL)]),
        "nested-checkpoint.pt": checkpoint(PLAIN, [("archive/inner.pt", checkpoint(EVIL))]),
        "storage-type.pt": swap(lambda d: d.replace(b"ctorch\nFloatStorage", b"cos\nsystem")),
        "wrong-suffix.jpg": checkpoint(EVIL),
        "legacy.pth": LEGACY + EVIL + NO_KEYS,
        "legacy-keys.pth": LEGACY + PLAIN + EVIL,
        "legacy-module-source.pth": LEGACY + pickled(("module", Global("os", "system"), "f.py", "x"), 2)[:-1] + BINPERSID + STOP + NO_KEYS,
        "tar.pt": tarred([("storages", pickle.dumps(1, 2)), ("tensors", pickle.dumps(1, 2)), ("pickle", EVIL)]),
    }
    for name, data in rows.items():
        out("torch", "malicious-" + name, data)


def differentials():
    honest = entry(PLAIN)
    rows = {
        "duplicate-first": archive([entry(EVIL), honest, VERSION]),
        "duplicate-last": archive([honest, entry(EVIL), VERSION]),
        "local-name": archive([entry(EVIL, local_name=b"archive/readme.txt"), VERSION]),
        "central-name": archive([Entry("archive/readme.txt", EVIL, local_name=b"archive/data.pkl"), VERSION]),
        "local-encrypted-flag": archive([entry(EVIL, local_flags=1), VERSION]),
        "central-encrypted-flag": archive([entry(EVIL, flags=1, local_flags=0), VERSION]),
        "bad-crc": archive([entry(EVIL, crc=0x12345678), VERSION]),
        "prefix": archive([entry(EVIL), VERSION], prefix=b"#!/bin/sh\n" * 9),
        "suffix": archive([entry(EVIL), VERSION], suffix=bytes(300)),
        "concatenated-first": archive([entry(EVIL), VERSION]) + archive([honest, VERSION]),
        "concatenated-last": archive([honest, VERSION]) + archive([entry(EVIL), VERSION]),
        "hidden-member": archive([entry(EVIL, hidden=True), honest, VERSION]),
        "no-directory-end": archive([entry(EVIL), VERSION], end=False),
        "legacy-with-zip": LEGACY + EVIL + NO_KEYS + checkpoint(PLAIN),
        "pickle-with-zip": PLAIN + checkpoint(EVIL),
        "sizes-in-directory-only": archive([entry(EVIL, flags=8, local_crc=0, local_size=0, local_packed_size=0), VERSION]),
    }
    for name, data in rows.items():
        out("torch", f"malicious-zip-{name}.pt", data)


class Gate(torch.nn.Module):
    """The words that careless scanners trip over."""

    def __init__(self):
        super().__init__()
        self.line = torch.nn.Linear(2, 2)

    def forward(self, input: torch.Tensor, open: bool = True):
        output = self.line(input)
        if bool(input.sum() > 0) and open:
            for step in range(3):
                output = output + step
        return output


def inject(data, line):
    """Put a line at the start of forward() in serialized TorchScript."""
    lines = data.decode().split("\n")
    at = next(k for k, text in enumerate(lines) if "def forward" in text)
    while not lines[at].rstrip().endswith(":"):
        at += 1
    return "\n".join(lines[: at + 1] + ["    " + line] + lines[at + 1 :]).encode()


def scripts():
    torch.manual_seed(2)
    buffer = io.BytesIO()
    torch.jit.save(torch.jit.script(Gate()), buffer)
    parts = [(n, d) for n, d in members(buffer.getvalue()) if not n.endswith(".debug_pkl")]
    out("torch", "honest-torchscript.pt", zipped(parts))
    change = lambda suffix, edit: zipped([(n, edit(d) if n.endswith(suffix) else d) for n, d in parts])
    gate = next(n for n, _ in parts if n.endswith(".py"))
    for name, line in (("save", 'x = ops.aten.save(input, "/tmp/x")'), ("from-file", 'x = torch.from_file("/etc/passwd", False, 100)')):
        out("torch", f"malicious-torchscript-{name}.pt", change(gate, lambda d, line=line: inject(d, line)))
    out("torch", "malicious-torchscript-constants.pt", change("constants.pkl", lambda d: EVIL))


def packages():
    buffer = io.BytesIO()
    with torch.package.PackageExporter(buffer) as exporter:
        exporter.save_source_string("net", "import math\n\n\ndef scale(x):\n    return math.sqrt(x)\n")
        exporter.save_pickle("model", "sd.pkl", {"w": [1.0]})
    parts = [(n, d) for n, d in members(buffer.getvalue())]
    out("torch", "honest-package.pt", zipped(parts))
    bad = b"import os\nos.system('echo merlon-golden')\n"
    out("torch", "malicious-package-module.pt", zipped([(n, bad if n.endswith("net.py") else d) for n, d in parts]))
    out("torch", "malicious-package-pickle.pt", zipped([(n, EVIL if n.endswith("sd.pkl") else d) for n, d in parts]))


def honest():
    torch.manual_seed(1)
    net = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Dropout(0.1), torch.nn.Linear(3, 2))
    optimizer = torch.optim.Adam(net.parameters())
    net(torch.rand(2, 4)).sum().backward()
    optimizer.step()
    kinds = "float64 float16 bfloat16 int8 uint8 int16 int64 bool complex64".split()
    chance = torch.frombuffer(bytearray(b"MZ\x7fELF#!/bin/shPK\x03\x04cos\nsystem\n" + bytes(range(200))), dtype=torch.uint8)
    values = {
        "state": net.state_dict(),
        "module": net,
        "dtypes": {k: torch.ones(2).to(getattr(torch, k)) for k in kinds},
        "chance-magic": {"w": chance},
        "checkpoint": {
            "model": net.state_dict(),
            "optimizer": optimizer.state_dict(),
            "args": argparse.Namespace(lr=0.1),
            "epoch": 3,
            "hist": collections.defaultdict(list),
        },
        "sparse": torch.eye(3).to_sparse(),
        "quantized": torch.quantize_per_tensor(torch.rand(3), 0.1, 0, torch.qint8),
        "empty": torch.empty(0, 3),
        "parameter": torch.nn.Parameter(torch.ones(2)),
        "numpy-inside": {"a": numpy.arange(3.0), "s": numpy.float64(2)},
    }
    for name, value in values.items():
        out("torch", f"honest-{name}.pt", saved(value))
        if name in ("parameter", "chance-magic"):
            out("torch", f"honest-{name}.legacy.pth", saved(value, _use_new_zipfile_serialization=False))


def malformed():
    state, legacy = saved({"w": torch.ones(4)}), saved({"w": torch.ones(4)}, _use_new_zipfile_serialization=False)
    rows = {
        "cut-third.pt": state[: len(state) // 3],
        "cut-end.pt": state[:-22],
        "legacy-cut.pth": legacy[:-20],
        "empty.pt": b"",
        "text.pt": b"not a model\n" * 9,
        "encrypted.pt": archive([entry(PLAIN, flags=1), VERSION]),
        "method-99.pt": archive([Entry("archive/data.pkl", PLAIN, 99), VERSION]),
        "bad-crc.pt": archive([entry(PLAIN, crc=7), VERSION]),
        "huge-size.pt": archive([entry(PLAIN, size=0xFFFFFFF0, local_size=0xFFFFFFF0), VERSION]),
        "far-offset.pt": archive([entry(PLAIN, offset=0x7FFFFFFF), VERSION]),
        "far-directory.pt": archive([entry(PLAIN), VERSION], directory_at=0x70000000),
        "many-counted.pt": archive([entry(PLAIN), VERSION], count=60000),
        "deflate-junk.pt": archive([entry(b"\xff" * 60, 8, packed=b"\xff" * 60), VERSION]),
        "overlap.pt": archive([entry(PLAIN), Entry("archive/x.pkl", PLAIN, local_at=0), VERSION]),
    }
    for name, data in rows.items():
        out("torch", "malformed-" + name, data)


def make():
    for part in (containers, differentials, scripts, packages, honest, malformed):
        part()
