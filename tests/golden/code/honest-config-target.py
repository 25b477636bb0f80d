"""Builds a model from the project's own configuration."""
import hydra
from omegaconf import DictConfig, OmegaConf

from .nets import Mlp, Resnet

MODELS = {"mlp": Mlp, "resnet": Resnet}


@hydra.main(version_base=None, config_path="conf", config_name="train")
def main(cfg: DictConfig):
    model = MODELS[cfg.model.name](**cfg.model.params)
    optimizer = hydra.utils.instantiate(cfg.optimizer, params=model.parameters())
    print(OmegaConf.to_yaml(cfg))
    return model, optimizer


if __name__ == "__main__":
    main()
