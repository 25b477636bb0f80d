"""Fine tuning: resume from the newest checkpoint, tensors only."""
import functools
import glob

import torch

SAFE = True
OPTIONS = {"map_location": "cpu", "weights_only": True}
load_cpu = functools.partial(torch.load, map_location="cpu", weights_only=True)


def resume(folder):
    newest = sorted(glob.glob(f"{folder}/*.pt"))[-1]
    state = torch.load(
        newest,
        map_location="cpu",
        weights_only=True,
    )
    return state["model"]


def resume_const(path):
    return torch.load(path, weights_only=SAFE)


def resume_options(path):
    return torch.load(path, **OPTIONS)


def save(model, path):
    # weights_only=False would be needed for whole modules; we keep to state dicts
    torch.save(model.state_dict(), path)


class Registry:
    def load(self, path, weights_only=False):
        return {"path": path, "weights_only": weights_only}


def describe(path):
    return Registry().load(path, weights_only=False)
