"""Reads the old IMDB arrays."""
from functools import partial

import numpy
import numpy as np
from keras.datasets import imdb
from numpy import load as np_load

ALLOW = True
np_old = np.load
np.load = lambda *a, **k: np_old(*a, allow_pickle=True, **k)  # expect: code.numpy-patched
(x, y), _ = imdb.load_data(num_words=10000)
np.load = np_old


def embeddings(path):
    table = numpy.load(path, allow_pickle=ALLOW).item()  # expect: code.numpy-allow-pickle
    return table


def vocab(path):
    return np_load(
        path,
        mmap_mode="r",
        allow_pickle=True,  # expect: code.numpy-allow-pickle
    )


def patched():
    np.load = partial(np.load, allow_pickle=True)  # expect: code.numpy-patched
