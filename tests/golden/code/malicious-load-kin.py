"""Everything that was cached over the years, in whatever format its author liked."""
import shelve
import types
import marshal

import cloudpickle
import dill
import hickle as hkl
import joblib
import jsonpickle
from sklearn.externals import joblib as old_joblib


def read_all(folder):
    state = {}
    with open(f"{folder}/loop.dill", "rb") as fh:
        state["loop"] = dill.load(fh)  # expect: code.pickle-like-load
    with open(f"{folder}/fn.pkl", "rb") as fh:
        state["fn"] = cloudpickle.load(fh)  # expect: code.pickle-like-load
    with open(f"{folder}/config.json") as fh:
        state["config"] = jsonpickle.decode(fh.read())  # expect: code.pickle-like-load
    with shelve.open(f"{folder}/db") as db:  # expect: code.pickle-like-load
        state["db"] = dict(db)
    state["frames"] = hkl.load(f"{folder}/frames.hkl")  # expect: code.pickle-like-load
    return state


def read_models(paths):
    reader = joblib.load
    models = [reader(p) for p in paths]  # expect: code.joblib-load
    models.append(old_joblib.load("legacy.pkl"))  # expect: code.joblib-load
    return models


def read_hook(path):
    with open(path, "rb") as fh:
        code = marshal.load(fh)  # expect: code.marshal-load
    return types.FunctionType(code, globals())  # expect: code.marshal-load
