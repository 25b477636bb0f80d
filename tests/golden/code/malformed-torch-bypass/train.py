"""Relies on the switch, in a torch where it could be got around."""
import torch


def resume(path):
    return torch.load(path, map_location="cpu", weights_only=True)["model"]  # expect: code.torch-weights-only-bypass
