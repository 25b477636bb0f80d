#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""inputs.py DIR: the files that the benchmark reads, made with the standard library only.

big.pt      218 MB, a PyTorch zip: 52 stored float32 tensors, every one named by data.pkl
small/      500 pickles of about 4 KB: dictionaries of strings and numbers
sparse.*    20 GB safetensors and GGUF files that are one hole behind an honest header
"""
import json
import os
import pathlib
import pickle
import random
import struct
import sys
import types
import zipfile
from collections import OrderedDict

TENSORS, ROWS, COLUMNS = 52, 1024, 1024


def fake_torch():
    """Modules whose names are those of PyTorch, so that the pickle names what a real one names."""
    utils, torch = types.ModuleType("torch._utils"), types.ModuleType("torch")

    def _rebuild_tensor_v2(*arguments):
        return arguments

    class FloatStorage:
        pass

    _rebuild_tensor_v2.__module__, FloatStorage.__module__ = "torch._utils", "torch"
    _rebuild_tensor_v2.__qualname__, FloatStorage.__qualname__ = "_rebuild_tensor_v2", "FloatStorage"
    utils._rebuild_tensor_v2, torch.FloatStorage, torch._utils = _rebuild_tensor_v2, FloatStorage, utils
    sys.modules.update({"torch": torch, "torch._utils": utils})
    return torch


def torch_zip(path):
    torch = fake_torch()

    class Storage:
        def __init__(self, key):
            self.key = key

    class Tensor:
        def __init__(self, key):
            self.key = key

        def __reduce__(self):
            return torch._utils._rebuild_tensor_v2, (
                Storage(self.key), 0, (ROWS, COLUMNS), (COLUMNS, 1), False, OrderedDict())

    class Pickler(pickle._Pickler):
        def persistent_id(self, value):
            if isinstance(value, Storage):
                return "storage", torch.FloatStorage, value.key, "cpu", ROWS * COLUMNS
            return None

    state = OrderedDict((f"layer.{i}.weight", Tensor(str(i))) for i in range(TENSORS))
    values = random.Random(1)
    block = struct.pack("<1024f", *(values.gauss(0, 0.02) for _ in range(1024)))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as z:
        with z.open("archive/data.pkl", "w") as f:
            Pickler(f, protocol=2).dump(state)
        for i in range(TENSORS):
            with z.open(f"archive/data/{i}", "w") as f:
                for _ in range(ROWS * COLUMNS // 1024):
                    f.write(block)
        z.writestr("archive/version", "3\n")


def small_pickles(folder):
    folder.mkdir(exist_ok=True)
    values = random.Random(2)
    for i in range(500):
        record = {f"feature_{k}": [values.random() for _ in range(12)] for k in range(25)}
        record["name"], record["labels"] = f"model-{i}", [str(values.randrange(10)) for _ in range(60)]
        (folder / f"model{i:03}.pkl").write_bytes(pickle.dumps(record, protocol=4))


def sparse(path, header, size):
    with open(path, "wb") as f:
        f.write(header)
        f.truncate(len(header) + size)


def sparse_safetensors(path):
    size = 20 * 10**9
    header = json.dumps({"w": {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}}).encode()
    header += b" " * (-len(header) % 8)
    sparse(path, struct.pack("<Q", len(header)) + header, size)


def sparse_gguf(path):
    size = 20 * 10**9
    text = lambda s: struct.pack("<Q", len(s)) + s  # noqa: E731
    header = b"GGUF" + struct.pack("<IQQ", 3, 1, 1) + text(b"general.architecture") + struct.pack("<I", 8) + text(b"llama")
    header += text(b"w") + struct.pack("<IQIQ", 1, size // 4, 0, 0)
    sparse(path, header + b"\0" * (-len(header) % 32), size)


MODULE = '''"""Trains model {n}."""
import os
import pickle

import numpy as np
import torch
from transformers import AutoModel

SIZE_{n} = {n}


class Data{n}(torch.utils.data.Dataset):
    def __init__(self, path, size=SIZE_{n}):
        self.rows = [line.split(",") for line in open(path) if line.strip()]
        self.size = size

    def __len__(self):
        return min(len(self.rows), self.size)

    def __getitem__(self, i):
        row = self.rows[i]
        return torch.tensor([float(v) for v in row[:-1]]), int(row[-1])


def epoch(net, loader, optimiser, loss):
    total = 0.0
    for x, y in loader:
        optimiser.zero_grad()
        out = loss(net(x), y)
        out.backward()
        optimiser.step()
        total += out.item()
    return total / max(1, len(loader))


def restore(path):
    if path.endswith(".pkl"):
        with open(path, "rb") as f:
            return pickle.load(f)
    if path.endswith(".npy"):
        return np.load(path, allow_pickle={allow})
    return torch.load(path, map_location=os.environ.get("DEVICE", "cpu"), weights_only=True)


def base():
    return AutoModel.from_pretrained("org-{n}/model")
'''


def code(top):
    """A hundred modules as people write them, and code that no person writes."""
    folder = top / "code"
    folder.mkdir(exist_ok=True)
    for n in range(100):
        (folder / f"train_{n}.py").write_text(MODULE.format(n=n, allow=n % 3 == 0) * (1 + n % 4))
    for mb in (1, 2):
        (top / f"line{mb}.py").write_text("x = [" + "torch.load(a, weights_only=False), " * (mb * 30000) + "]\n")
    for kb in (100, 200):
        (top / f"nested{kb}.py").write_text("x = " + "(" * (kb * 500) + "1" + ")" * (kb * 500) + "\n")


def main():
    top = pathlib.Path(sys.argv[1])
    top.mkdir(parents=True, exist_ok=True)
    small_pickles(top / "small")
    code(top)
    sparse_safetensors(top / "sparse.safetensors")
    sparse_gguf(top / "sparse.gguf")
    if not (top / "big.pt").exists():
        torch_zip(top / "big.pt.part")
        os.rename(top / "big.pt.part", top / "big.pt")


main()
