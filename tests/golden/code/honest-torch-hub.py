"""Detector demo."""
import torch

COMMIT = "915bbf294bb74c859f0b41f1c23bc395014ea679"
REPO = f"ultralytics/yolov5:{COMMIT}"

detector = torch.hub.load("./third_party/yolov5", "yolov5s", source="local")
segmenter = torch.hub.load(REPO, "yolov5s", trust_repo="check")
torch.hub.set_dir("cache")
