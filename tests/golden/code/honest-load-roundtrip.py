"""Checks that estimators survive a round trip, and reads state that only this program wrote."""
import copy
import io
import json
import pickle


class SafeUnpickler(pickle.Unpickler):
    """Only the plain containers of collections may be named."""

    ALLOWED = {("collections", "OrderedDict"), ("collections", "defaultdict")}

    def find_class(self, module, name):
        if (module, name) not in self.ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return super().find_class(module, name)


def restricted(data):
    return SafeUnpickler(io.BytesIO(data)).load()


def test_roundtrip(estimator):
    clone = pickle.loads(pickle.dumps(estimator))
    assert clone.get_params() == estimator.get_params()


def deep_copy(obj):
    payload = pickle.dumps(obj, protocol=5)
    return pickle.loads(payload)


def save(obj, path):
    with open(path, "wb") as fh:
        pickle.dump(obj, fh)


def load_state(path):
    with open(path) as fh:
        return json.load(fh)


class Loader:
    def load(self, fh):
        return copy.deepcopy(json.loads(fh.read()))


def run(fh):
    loader = Loader()
    return loader.load(fh)
