"""Reads arrays of numbers."""
import numpy as np

ALLOW = False


def embeddings(path):
    return np.load(path, allow_pickle=ALLOW)["table"]


def vocab(path):
    return np.load(path, mmap_mode="r")


def save(path, words):
    np.save(path, np.asarray(words, dtype="U64"), allow_pickle=False)


def text(path):
    return np.loadtxt(path, delimiter=",")


loader = np.load
