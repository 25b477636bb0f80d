"""Builds a model as its configuration says."""
import hydra
from hydra.utils import instantiate
from omegaconf import OmegaConf


def build(model_dir):
    cfg = OmegaConf.load(f"{model_dir}/config.yaml")
    return instantiate(cfg.model)  # expect: code.config-instantiate


def callbacks(folder):
    cfg = OmegaConf.load(folder / "callbacks.yaml")
    return [hydra.utils.instantiate(c) for c in cfg.callbacks]  # expect: code.config-instantiate
