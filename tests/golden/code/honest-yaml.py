"""Reads experiment configurations; numbers such as 1e-5 are floats."""
import re

import yaml
from ruamel.yaml import YAML

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader


class ConfigLoader(yaml.SafeLoader):
    """A safe loader that knows !env."""


def env_constructor(loader, node):
    return loader.construct_scalar(node)


ConfigLoader.add_constructor("!env", env_constructor)
float_loader = yaml.SafeLoader
float_loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"[-+]?\d+e[-+]?\d+"), list("-+0123456789"))


def one(path):
    with open(path) as fh:
        return yaml.load(fh, Loader=ConfigLoader)


def two(text):
    return yaml.load(text, Loader=SafeLoader)


def three(text):
    return yaml.load(text, float_loader)


def four(text):
    return yaml.safe_load(text)


def five(fh):
    return YAML(typ="safe").load(fh)


def six(text):
    return yaml.load(text, Loader=yaml.CSafeLoader)
