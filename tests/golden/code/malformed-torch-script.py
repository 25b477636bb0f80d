"""Serving: the archive is chosen by configuration."""
import os
import sys

import torch
import torch.distributed as dist
from torch.package import PackageImporter


def scripted():
    path = os.environ["MODEL_ARCHIVE"]
    return torch.jit.load(path, map_location="cpu")  # expect: code.torch-script-load


def packaged():
    importer = PackageImporter(sys.argv[1])  # expect: code.torch-script-load
    return importer.load_pickle("model", "model.pkl")


def share(config):
    box = [config if dist.get_rank() == 0 else None]
    dist.broadcast_object_list(box, src=0)  # expect: code.torch-distributed-pickle
    gathered = [None] * dist.get_world_size()
    dist.all_gather_object(gathered, box[0])  # expect: code.torch-distributed-pickle
    return gathered
