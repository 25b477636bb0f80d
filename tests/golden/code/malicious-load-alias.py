"""Nightly scoring job: loads the ranker of yesterday and scores new sessions."""
import argparse
import pickle as serializer
from _pickle import Unpickler as FastUnpickler
from pathlib import Path

import cPickle as legacy
from pickle import loads as from_bytes, load


def load_ranker(path):
    with open(path, "rb") as fh:
        return serializer.load(fh)  # expect: code.pickle-load


def load_old(path):
    return legacy.loads(Path(path).read_bytes())  # expect: code.pickle-load


def load_cache(path):
    blob = Path(path).read_bytes()
    return from_bytes(blob)  # expect: code.pickle-load


def load_stream(fh):
    reader = FastUnpickler(fh)
    return reader.load()  # expect: code.pickle-load


def load_list(path):
    out = []
    with open(path, "rb") as fh:
        while True:
            try:
                out.append(load(fh))  # expect: code.pickle-load
            except EOFError:
                return out


if __name__ == "__main__":
    ap = argparse.ArgumentParser()
    ap.add_argument("--model")
    print(load_ranker(ap.parse_args().model))
