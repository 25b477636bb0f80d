"""Resume without naming weights_only; the project still admits torch 2.1."""
import torch


def resume(path, device):
    checkpoint = torch.load(path, map_location=device)  # expect: code.torch-load-default
    return checkpoint["model"], checkpoint["step"]
