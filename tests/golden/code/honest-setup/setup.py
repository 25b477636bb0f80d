"""An extension: asks git and the compiler, builds; opens no connection and hooks no installation."""
import os
import re
import subprocess

from setuptools import Extension, find_packages, setup
from setuptools.command.build_ext import build_ext

HERE = os.path.dirname(os.path.abspath(__file__))


def version():
    with open(os.path.join(HERE, "ranker", "version.py")) as fh:
        return re.search(r'__version__ = "([^"]+)"', fh.read()).group(1)


def commit():
    return subprocess.check_output(["git", "rev-parse", "HEAD"], cwd=HERE).decode().strip()


class Build(build_ext):
    def run(self):
        subprocess.check_call(["cmake", "--version"])
        super().run()


setup(
    name="ranker",
    version=version() + "+" + commit()[:7],
    packages=find_packages(),
    install_requires=["numpy>=1.26,<3"],
    ext_modules=[Extension("ranker._fast", ["src/fast.c"])],
    cmdclass={"build_ext": Build},
)
