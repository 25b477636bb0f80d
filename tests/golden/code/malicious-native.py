"""Fast paths."""
import ctypes
import os

import numpy.f2py
import torch
from torch.utils.cpp_extension import load_inline


def kernel(source):
    return load_inline(name="kernel", cpp_sources=source, functions=["run"])  # expect: code.native-build


def fortran(path):
    with open(path) as fh:
        numpy.f2py.compile(fh.read(), modulename="fast")  # expect: code.native-build


def library():
    return ctypes.CDLL(os.environ["KERNEL_LIB"])  # expect: code.native-library


def ops(folder):
    torch.ops.load_library(os.path.join(folder, "ops.so"))  # expect: code.native-library
