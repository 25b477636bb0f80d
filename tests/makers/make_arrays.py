# SPDX-License-Identifier: Apache-2.0
"""numpy, joblib, dill, cloudpickle, scikit-learn and pandas goldens."""
import bz2
import datetime
import functools
import gzip
import io
import lzma
import os
import pickle
import struct
import tempfile
import zlib
import zoneinfo

import cloudpickle
import dill
import joblib
import lz4.frame
import numpy
import pandas
import sklearn.ensemble
import sklearn.feature_extraction.text
import sklearn.feature_selection
import sklearn.linear_model
import sklearn.pipeline
import sklearn.preprocessing
import zstandard

from assembler import EMPTY_DICT, EMPTY_TUPLE, MARK, NEWOBJ, POP, REDUCE, SETITEMS, STOP, Build, Call, Global, code, pickled, proto, system
from golden import out, zipped
from rawzip import Entry, archive
from tensorfiles import npy

EVIL = pickled(system(), 2)
OBJECT = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"
PLAIN = "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }"
ARRAY = numpy.arange(8, dtype="<f8")


def numpy_saved(value):
    buffer = io.BytesIO()
    numpy.save(buffer, value)
    return buffer.getvalue()


def numpy_files():
    rows = {
        "object.npy": npy(OBJECT, EVIL),
        "object-v2.npy": npy(OBJECT, EVIL, (2, 0)),
        "object-field.npy": npy("{'descr': [('a', '<i4'), ('b', '|O')], 'fortran_order': False, 'shape': (1,), }", EVIL),
        "pickle-named.npy": EVIL,
        "member.npz": zipped([("a.npy", npy(PLAIN % "(1,)", bytes(8))), ("b.npy", npy(OBJECT, EVIL))]),
        "raw-pickle-member.npz": zipped([("a.npy", EVIL)]),
        "duplicate.npz": archive([Entry("a.npy", npy(OBJECT, EVIL)), Entry("a.npy", npy(PLAIN % "(1,)", bytes(8)))]),
    }
    for name, data in rows.items():
        out("numpy", "malicious-" + name, data)
    kinds = "b1 i1 u2 i4 i8 f2 f4 f8 c16 U5 S4 M8[ns] >f4".split()
    for kind in kinds:
        out("numpy", f"honest-{kind.replace('[', '-').replace(']', '').replace('>', 'big-')}.npy", numpy_saved(numpy.arange(6).reshape(3, 2).astype(kind)))
    rows = {
        "fortran.npy": numpy_saved(numpy.asfortranarray(numpy.ones((2, 3)))),
        "zero.npy": numpy_saved(numpy.zeros((0, 7))),
        "scalar.npy": numpy_saved(numpy.float32(3)),
        "record.npy": numpy_saved(numpy.array([(1, 2.0, "x")], dtype=[("a", "<i4"), ("b", ">f8"), ("c", "U4")])),
        "object.npy": numpy_saved(numpy.array([{"x": 1}, [1, 2], None], dtype=object)),
        "ragged.npy": numpy_saved(numpy.array([ARRAY, ARRAY[:2]], dtype=object)),
    }
    rows["two.npz"] = zipped([("a.npy", numpy_saved(ARRAY)), ("b.npy", rows["object.npy"])])
    for name, data in rows.items():
        out("numpy", "honest-" + name, data)
    broken = {
        "short": npy(PLAIN % "(10,)", bytes(8)),
        "overflow": npy(PLAIN % "(4611686018427387904, 4)", bytes(8)),
        "negative": npy(PLAIN % "(-1,)", bytes(8)),
        "header-length": npy(PLAIN % "(1,)", bytes(8), length=65535),
        "version-9": npy(PLAIN % "(1,)", bytes(8), (9, 0)),
        "garbage": npy("\x01\x02{", bytes(8)),
        "missing-key": npy("{'descr': '<f8', 'shape': (1,)}", bytes(8)),
        "bad-descr": npy("{'descr': 'zz', 'fortran_order': False, 'shape': (1,)}", bytes(8)),
        "magic-only": b"\x93NUMPY",
        "deep": npy("{'descr': " + "[" * 3000 + "]" * 3000 + "}", bytes(8)),
        "object-empty": npy(OBJECT),
        "header-code": npy("{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}", bytes(8)),
    }
    for name, data in broken.items():
        out("numpy", f"malformed-{name}.npy", data)


def wrapper(shape=(8,), kind="f8"):
    """The object that joblib writes in front of raw array bytes."""
    dtype = Build(Call(Global("numpy", "dtype"), kind, False, True), (3, "<", None, None, None, -1, -1, 0))
    state = {"subclass": Global("numpy", "ndarray"), "shape": shape, "order": "C", "dtype": dtype, "allow_mmap": True, "numpy_array_alignment_bytes": 16}
    pairs = b"".join(code(k) + code(v) for k, v in state.items())
    return code(Global("joblib.numpy_pickle", "NumpyArrayWrapper")) + EMPTY_TUPLE + NEWOBJ + EMPTY_DICT + MARK + pairs + SETITEMS + b"b"


def sibling(name):
    """What joblib wrote before 0.10: the array lies in a file beside the pickle."""
    state = {"filename": name, "subclass": Global("numpy", "ndarray"), "allow_mmap": True}
    pairs = b"".join(code(k) + code(v) for k, v in state.items())
    return code(Global("joblib.numpy_pickle", "NDArrayWrapper")) + EMPTY_TUPLE + NEWOBJ + EMPTY_DICT + MARK + pairs + SETITEMS + b"b"


def with_array(front, raw=ARRAY.tobytes(), **options):
    body = front + wrapper(**options)
    pad = 16 - (len(body) + 1) % 16
    return body + bytes([pad]) + b"\xff" * pad + raw


def dumped(value, **options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x")
        joblib.dump(value, path, **options)
        with open(path, "rb") as handle:
            return handle.read()


def joblib_files():
    start, call = proto(2) + MARK, code(system())
    rows = {
        "after-array": with_array(start) + call + b"t.",
        "before-array": with_array(start + call) + b"t.",
        "stacked": with_array(proto(2)) + STOP + EVIL,
        "array-looks-evil": with_array(start, (EVIL * 9)[:64]) + call + b"t.",
        "object-array": proto(2) + wrapper((1,), "O8") + EVIL + STOP,
        "between-arrays": with_array(with_array(start) + call) + b"t.",
        "truncated": with_array(start + call, shape=(10**9,)),
    }
    for name, data in rows.items():
        out("joblib", f"malicious-{name}.joblib", data)
    out("joblib", "malicious-ndarraywrapper-path.joblib", proto(2) + sibling("../../../etc/passwd") + STOP)
    packers = {
        "z": zlib.compress,
        "gz": lambda d: gzip.compress(d, mtime=0),
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "lzma": lambda d: lzma.compress(d, format=lzma.FORMAT_ALONE),
        "lz4": lz4.frame.compress,
        "zst": zstandard.compress,
    }
    model = pickle.dumps({"w": ARRAY}, 4)
    for suffix, pack in packers.items():
        out("joblib", f"malicious-compressed.pkl.{suffix}", pack(EVIL))
        out("joblib", f"honest-compressed.pkl.{suffix}", pack(model))
        out("joblib", f"malformed-cut.pkl.{suffix}", pack(model)[: len(pack(model)) // 2])
    out("joblib", "malicious-second-gzip-member.pkl.gz", gzip.compress(model, mtime=0) + gzip.compress(EVIL, mtime=0))
    out("joblib", "malicious-gzip-without-trailer.pkl.gz", gzip.compress(EVIL + bytes(2000), mtime=0)[:-9])
    for method in ("zlib", "bz2", "lzma", "xz", "lz4"):
        out("joblib", f"honest-dump-{method}.joblib", dumped({"w": ARRAY, "n": [1, 2]}, compress=(method, 3)))
    plain = dumped([ARRAY, {"x": numpy.ones((2, 3), "f4")}, numpy.array(["a", None], dtype=object)])
    out("joblib", "honest-arrays.joblib", plain)
    out("joblib", "malicious-tail.joblib", plain[:-1] + code(system()) + POP + STOP)
    out("joblib", "malformed-cut.joblib", plain[:-60])
    out("joblib", "malformed-bomb.pkl.bz2", bz2.compress(bytes(200 << 20)))


def library_files():
    spread = numpy.random.RandomState(7)
    table, label = spread.rand(20, 3), spread.randint(0, 2, 20)
    words = ["good phone", "bad screen", "import os", "eval it"] * 3
    frame = pandas.DataFrame({"a": [1, 2], "b": pandas.Categorical(["x", "y"]), "c": pandas.date_range("2024-01-01", periods=2, tz="UTC")})
    models = {
        "logistic": sklearn.linear_model.LogisticRegression().fit(table, label),
        "scaler": sklearn.preprocessing.StandardScaler().fit(table),
        "forest": sklearn.ensemble.RandomForestClassifier(1, max_depth=2, random_state=0).fit(table, label),
        "pipeline": sklearn.pipeline.make_pipeline(sklearn.preprocessing.FunctionTransformer(numpy.log1p), sklearn.linear_model.Ridge()).fit(table, label),
        "tfidf": sklearn.feature_extraction.text.TfidfVectorizer().fit(words),
        "frame": frame,
        "series": frame["c"],
        "generator": numpy.random.PCG64(3),
    }
    for number, (name, value) in enumerate(models.items()):
        plain = pickle.dumps(value, 2 + number % 4)
        out("libraries", f"honest-{name}.pkl", plain)
        out("libraries", f"malicious-tail-{name}.pkl", plain[:-1] + code(system()) + POP + STOP)
    library_twins(table, label)
    scope = {}
    exec("def run(x=None):\n    import os\n    return os.system('echo merlon-golden')\n", scope)
    scope["run"].__module__ = "__main__"
    function = cloudpickle.dumps(scope["run"])
    out("libraries", "malicious-function.cloudpickle", function)
    out("libraries", "malicious-function-called.cloudpickle", function[:-1] + EMPTY_TUPLE + REDUCE + STOP)
    out("libraries", "malicious-function.dill", dill.dumps(scope["run"], recurse=True))
    out("libraries", "honest-data.dill", dill.dumps({"a": [1, 2.5], "w": ARRAY}))
    out("libraries", "honest-data.cloudpickle", cloudpickle.dumps({"a": [1, 2.5], "w": ARRAY}))


def library_twins(table, label):
    """Honest files that call partial() and getattr() when they are loaded: what a careless rule takes for an attack."""
    clip = sklearn.preprocessing.FunctionTransformer(functools.partial(numpy.clip, a_min=0, a_max=1))
    zone = datetime.datetime(2024, 1, 2, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    words = sklearn.feature_extraction.text.CountVectorizer(tokenizer=str.split, token_pattern=None)
    picked = sklearn.feature_selection.SelectKBest(functools.partial(sklearn.feature_selection.mutual_info_classif, random_state=0), k=1)
    twins = {"partial": clip, "zone": zone, "method-of-str": words, "partial-score": picked.fit(table, label)}
    for name, value in twins.items():
        out("libraries", f"honest-{name}.pkl", pickle.dumps(value, 4))
    out("libraries", "honest-slices.dill", dill.dumps([slice(1, 2), range(3)]))


def make():
    for part in (numpy_files, joblib_files, library_files):
        part()
