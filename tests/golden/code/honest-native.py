"""Fast paths."""
import ctypes
import ctypes.util
from pathlib import Path

import torch
from torch.utils.cpp_extension import load, load_inline

SOURCE = """
int run(int x) { return x + 1; }
"""


def kernel():
    return load_inline(name="kernel", cpp_sources=SOURCE, functions=["run"])


def extension():
    return load(name="op", sources=["csrc/op.cpp"])


def library():
    return ctypes.CDLL("libm.so.6")


def beside():
    torch.ops.load_library(Path(__file__).parent / "ops.so")


def libc():
    return ctypes.CDLL(ctypes.util.find_library("c"))
