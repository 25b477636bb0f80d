"""Resume without naming weights_only: the default is the safe one since torch 2.6."""
import torch


def resume(path, device):
    checkpoint = torch.load(path, map_location=device)
    return checkpoint["model"], checkpoint["step"]
