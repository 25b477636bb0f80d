"""Packaging of a library: bounds, no pins; what is computed is not guessed."""
import os

from setuptools import setup


def version():
    with open(os.path.join(os.path.dirname(__file__), "VERSION")) as fh:
        return fh.read().strip()


def others():
    names = ["torch==2.5.1"]  # of nobody: not handed to setup()
    return [name for name in names if name.startswith("x")]


setup(
    name="ranker",
    version=version(),
    install_requires=["numpy>=1.26,<3", "scipy>=1.11,<2"] + others(),
    extras_require={"dev": ["ruff>=0.5,<1"]},
    keywords=["torch==2.5.1"],
)
