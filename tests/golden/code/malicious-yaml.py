"""Reads experiment configurations."""
import yaml
import yaml as y
from ruamel.yaml import YAML
from yaml import Loader, load as read_yaml

LOADER = yaml.FullLoader


def one(path):
    with open(path) as fh:
        return yaml.load(fh, Loader=yaml.Loader)  # expect: code.yaml-unsafe


def two(text):
    return read_yaml(text, Loader=Loader)  # expect: code.yaml-unsafe


def three(text):
    return yaml.load(text, LOADER)  # expect: code.yaml-unsafe


def four(fh):
    return list(
        y.load_all(
            fh,
            Loader=y.UnsafeLoader,  # expect: code.yaml-unsafe
        )
    )


def five(fh):
    return y.unsafe_load(fh)  # expect: code.yaml-unsafe


def six(fh):
    parser = YAML(typ="unsafe")  # expect: code.yaml-unsafe
    return parser.load(fh)
