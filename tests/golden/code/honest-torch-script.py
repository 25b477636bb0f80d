"""Serving: the archive lies in the project; ranks exchange tensors."""
import torch
import torch.distributed as dist


def scripted():
    return torch.jit.load("models/ranker.ts", map_location="cpu")


def share(value):
    box = torch.tensor([value])
    dist.broadcast(box, src=0)
    gathered = [torch.zeros_like(box) for _ in range(dist.get_world_size())]
    dist.all_gather(gathered, box)
    return gathered


def compile_script(module):
    return torch.jit.script(module)
