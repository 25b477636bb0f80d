"""Fine tuning: resume from the newest checkpoint."""
import functools
import glob

import torch
import torch as th
from torch import load as load_checkpoint
from torch.serialization import load as raw_load

SAFE = False
LOAD_OPTIONS = {"map_location": "cpu", "weights_only": False}
load_cpu = functools.partial(
    torch.load,
    map_location="cpu",
    weights_only=False,  # expect: code.torch-load-unsafe
)


def resume(folder):
    newest = sorted(glob.glob(f"{folder}/*.pt"))[-1]
    state = torch.load(
        newest,
        map_location="cpu",
        weights_only=False,  # expect: code.torch-load-unsafe
    )
    return state["model"]


def resume_const(path):
    return th.load(path, weights_only=SAFE)  # expect: code.torch-load-unsafe


def resume_options(path):
    return load_checkpoint(path, **LOAD_OPTIONS)  # expect: code.torch-load-unsafe


def resume_inner(path):
    opts = dict(map_location="cuda", weights_only=False)
    return raw_load(path, **opts)  # expect: code.torch-load-unsafe


def rebuild(path):
    loader = torch.load
    return loader(path, weights_only=False)  # expect: code.torch-load-unsafe
