"""Detector demo."""
import torch
from torch import hub

REPO = "ultralytics/yolov5"
kwargs = {"pretrained": True, "trust_repo": True}

detector = torch.hub.load(REPO, "yolov5s")  # expect: code.torch-hub-unpinned
segmenter = hub.load("pytorch/vision:v0.10.0", "fcn_resnet50", **kwargs)  # expect: code.torch-hub-unpinned
depth = torch.hub.load(
    "intel-isl/MiDaS",  # expect: code.torch-hub-unpinned
    "MiDaS_small",
)
