# SPDX-License-Identifier: Apache-2.0
"""Pickle goldens: streams assembled by hand, honest twins from the real pickler."""
import argparse
import collections
import datetime
import decimal
import pickle
import random
import struct
import uuid

from assembler import (
    BINPERSID,
    COMMAND,
    MARK,
    MEMOIZE,
    POP,
    POP_MARK,
    REDUCE,
    SOURCE,
    STACK_GLOBAL,
    STOP,
    TUPLE1,
    Build,
    Call,
    Computed,
    Global,
    Inst,
    New,
    NewEx,
    Obj,
    Raw,
    Seq,
    blob,
    code,
    ext,
    get,
    glob,
    pickled,
    proto,
    put,
    short_uni,
    system,
    uni,
)
from golden import out

NAMESPACE = New(Global("argparse", "Namespace"))
CALL_TAIL = short_uni(COMMAND) + TUPLE1 + REDUCE + STOP


def malicious(name, data):
    out("pickle", f"malicious-{name}.pkl", data)


def gadgets():
    rows = [
        ("os-popen", "os", "popen"),
        ("subprocess-popen", "subprocess", "Popen"),
        ("pty-spawn", "pty", "spawn"),
        ("eval", "builtins", "eval"),
        ("exec", "__builtin__", "exec"),
        ("runpy", "runpy", "_run_code"),
        ("pip-main", "pip", "main"),
        ("code-interact", "code", "interact"),
        ("timeit", "timeit", "timeit"),
        ("cprofile", "cProfile", "run"),
        ("idlelib", "idlelib.pyshell", "ModifiedInterpreter.runcommand"),
        ("lib2to3", "lib2to3.pgen2.grammar", "Grammar.loads"),
        ("ctypes", "ctypes", "CDLL"),
        ("marshal", "marshal", "loads"),
        ("file-handler", "logging", "FileHandler"),
        ("urlopen", "urllib.request", "urlopen"),
        ("socket", "socket", "create_connection"),
        ("rmtree", "shutil", "rmtree"),
        ("webbrowser", "webbrowser", "open"),
        ("numpy-runstring", "numpy.testing._private.utils", "runstring"),
        ("torch-collect-env", "torch.utils.collect_env", "run"),
        ("pandas-eval", "pandas.core.computation.eval", "eval"),
        ("unknown-function", "helpers_of_mine.loading", "fetch"),
        ("sklearn-fetch", "sklearn.datasets._base", "_fetch_remote"),
        ("submodule", "asyncio.unix_events", "_UnixSubprocessTransport._start"),
    ]
    for number, (name, module, attribute) in enumerate(rows):
        protocol = 4 if "." in attribute else (0, 2, 3, 4)[number % 4]
        malicious("call-" + name, pickled(Call(Global(module, attribute), "x"), protocol))


def opcodes():
    for protocol in range(6):
        malicious(f"reduce-p{protocol}", pickled(system(), protocol))
    malicious("inst", pickled(Inst("os", "system", COMMAND), 0))
    malicious("obj", pickled(Obj(Global("os", "system"), COMMAND), 1))
    malicious("newobj", pickled(New(Global("subprocess", "Popen"), ["echo", "x"]), 2))
    malicious("newobj-map", pickled(Call(Global("builtins", "tuple"), New(Global("builtins", "map"), Global("os", "system"), [COMMAND])), 4))
    malicious("newobj-ex", pickled(NewEx(Global("subprocess", "Popen"), (["echo"],), {"shell": True}), 4))
    malicious("build-setstate", pickled(Build(Build(NAMESPACE, {"__setstate__": Global("os", "system")}), COMMAND), 2))
    patched = Build(Global("collections", "OrderedDict"), (None, {"__setstate__": Global("os", "system")}))
    malicious("build-on-class", pickled(Seq(patched, Build(New(Global("collections", "OrderedDict")), COMMAND)), 4))
    malicious(
        "build-partial-state",
        pickled(Call(New(Global("functools", "partial"), Global("builtins", "print"), state=(Global("os", "system"), (COMMAND,), {}, {}))), 4),
    )
    malicious("build-value", pickled(Build(NAMESPACE, {"lr": system()}), 4))
    for number in (7, 700, 70000):
        register = Call(Global("copyreg", "add_extension"), "os", "system", number)
        malicious(f"ext-{number}", pickled(Seq(register, Call(Raw(ext(number)), COMMAND)), 2))
    malicious("ext-unregistered", pickled(Call(Raw(ext(9)), COMMAND), 2))
    malicious("persistent-id", proto(2) + uni("os.system") + BINPERSID + uni(COMMAND) + TUPLE1 + REDUCE + STOP)
    malicious("factory-of-defaultdict", pickled(Call(Global("collections", "defaultdict"), Global("os", "system")), 2))
    malicious(
        "armed-transformer",
        pickled(New(Global("sklearn.preprocessing._function_transformer", "FunctionTransformer"), state={"func": Global("os", "system")}), 4),
    )


def names():
    malicious("name-from-memo", proto(4) + short_uni("system") + MEMOIZE + POP + short_uni("os") + get(0) + STACK_GLOBAL + CALL_TAIL)
    malicious("name-behind-pops", proto(4) + b"".join(map(short_uni, ("os", "system", "collections", "OrderedDict"))) + POP + POP + STACK_GLOBAL + CALL_TAIL)
    malicious(
        "name-memo-overwritten",
        proto(4) + short_uni("math") + put(1) + POP + short_uni("os") + put(1) + POP + get(1) + short_uni("system") + STACK_GLOBAL + CALL_TAIL,
    )
    malicious(
        "name-put-after-pop", proto(4) + short_uni("os") + short_uni("json") + POP + put(3) + POP + get(3) + short_uni("system") + STACK_GLOBAL + CALL_TAIL
    )
    malicious("name-pop-mark", proto(4) + short_uni("os") + short_uni("system") + MARK + short_uni("a") + short_uni("b") + POP_MARK + STACK_GLOBAL + CALL_TAIL)
    decode = lambda raw, codec: Call(Global("_codecs", "decode"), raw, codec)
    malicious("computed-decode", pickled(Call(Computed(decode(b"os", "utf-8"), decode(b"system", "utf-8")), COMMAND), 4))
    malicious("computed-rot13", pickled(Call(Computed(Call(Global("codecs", "decode"), "bf", "rot13"), "system"), COMMAND), 4))
    malicious("computed-join", pickled(Call(Computed(Call(Global("builtins", "str.join"), "", ["o", "s"]), "system"), COMMAND), 4))
    malicious("computed-concat", pickled(Call(Computed(Call(Global("operator", "concat"), "o", "s"), "system"), COMMAND), 4))
    malicious("computed-str", pickled(Call(Computed(Call(Global("builtins", "str"), b"os", "ascii"), "system"), COMMAND), 4))
    malicious("dotted-module", pickled(Call(Global("random", "_os.system"), COMMAND), 4))
    malicious("dotted-numpy", pickled(Call(Global("numpy", "os.system"), COMMAND), 4))
    malicious("dotted-method", pickled(Call(Global("pathlib", "PosixPath.write_text"), Call(Global("pathlib", "PosixPath"), "/tmp/x"), "x"), 4))
    malicious("dotted-globals", pickled(Call(Global("sklearn.linear_model._logistic", "LogisticRegression.fit.__globals__.get"), "os"), 4))


def resolvers():
    imported = Call(Global("builtins", "__import__"), "os")
    malicious("resolve-getattr", pickled(Call(Call(Global("builtins", "getattr"), imported, "system"), COMMAND), 2))
    malicious("resolve-pkgutil", pickled(Call(Call(Global("pkgutil", "resolve_name"), "os:system"), COMMAND), 4))
    malicious("resolve-attrgetter", pickled(Call(Call(Call(Global("operator", "attrgetter"), "system"), imported), COMMAND), 4))
    malicious("resolve-methodcaller", pickled(Call(Call(Global("operator", "methodcaller"), "system", COMMAND), imported), 4))
    malicious("resolve-partial", pickled(Call(Call(Global("functools", "partial"), Global("os", "system"), COMMAND)), 2))
    malicious("resolve-reduce", pickled(Call(Global("functools", "reduce"), Global("os", "system"), [COMMAND, 1]), 3))
    malicious("resolve-map", pickled(Call(Global("builtins", "list"), Call(Global("builtins", "map"), Global("os", "system"), [COMMAND])), 2))
    malicious("resolve-dict-get", pickled(Call(Call(Global("builtins", "dict.get"), Global("builtins", "__dict__"), "eval"), SOURCE), 4))
    malicious(
        "resolve-torch-type",
        pickled(Call(Global("torch._tensor", "_rebuild_from_type_v2"), Global("os", "system"), Global("builtins", "str"), (COMMAND,), None), 2),
    )
    malicious("resolve-reconstruct", pickled(Call(Global("numpy.core.multiarray", "_reconstruct"), Global("os", "system"), (0,), b"b"), 2))
    malicious("resolve-new-index", pickled(Call(Global("pandas.core.indexes.base", "_new_Index"), Global("os", "system"), {"data": COMMAND}), 4))


def nested():
    inner = pickled(system(), 2)
    stream = Call(Global("io", "BytesIO"), inner)
    malicious("nested-loads", pickled(Call(Global("pickle", "loads"), inner), 3))
    malicious("nested-twice", pickled(Call(Global("_pickle", "loads"), pickled(Call(Global("pickle", "loads"), inner), 4)), 2))
    malicious("nested-torch-storage", pickled(Call(Global("torch.storage", "_load_from_bytes"), inner), 2))
    malicious("nested-numpy", pickled(Call(Global("numpy", "load"), stream, None, True), 4))
    malicious("nested-joblib", pickled(Call(Global("joblib", "load"), stream), 4))
    malicious("nested-read-pickle-url", pickled(Call(Global("pandas", "read_pickle"), "http://127.0.0.1:9/x.pkl"), 4))
    malicious("nested-encoded", pickled(Call(Global("pickle", "loads"), Call(Global("_codecs", "encode"), inner.decode("latin1"), "latin1")), 2))
    malicious("nested-dill-function", pickled(Call(Global("dill._dill", "_create_function"), Call(Global("dill._dill", "_create_code"), 0), {}), 4))
    malicious("nested-cloudpickle-import", pickled(Call(Global("cloudpickle.cloudpickle", "subimport"), "os"), 4))


def placement():
    text, honest = f"cos\nsystem\n(V{COMMAND}\ntR.".encode(), pickle.dumps({"w": [1, 2, 3]}, 2)
    payload = proto(2) + code(system())
    for name, front in (
        ("hex-int", b"I0x10\n0"),
        ("octal-int", b"I0o17\n0"),
        ("binary-long", b"L0b11L\n0"),
        ("grouped-int", b"I1_000\n0"),
        ("spaced-int", b"I 7 \n0"),
        ("huge-memo", b"Nr\xff\xff\xff\x000"),
        ("proto-twice", b"\x80\x04\x80\x03"),
        ("frame-within", b"\x95\x02" + bytes(7) + b"N0"),
        ("quoted-string", b'S"a\'b"\n0'),
        ("infinite-float", b"Finf\n0"),
    ):
        malicious("after-" + name, front + text)
    for name, tail in (
        ("no-stop", b""),
        ("bad-opcode", b"\xff\xff"),
        ("short-string", b"X\xff\xff\0\0abc"),
        ("underflow", b"0000R."),
        ("bad-get", b"0h\x99."),
        ("type-error", b"NR."),
        ("bad-text", b"0I zz\n."),
        ("zero-padding", bytes(100)),
    ):
        malicious("before-" + name, payload + tail)
    malicious("stacked-second", honest + payload + STOP)
    malicious("stacked-twentieth", honest * 19 + payload + STOP)
    malicious("popped-result", payload + POP + honest[2:])
    malicious("deep-in-lists", proto(2) + b"]" * 200 + code(system()) + b"a" * 200 + STOP)
    malicious("late-in-dict", pickled({**{f"layer{k}": [float(k)] for k in range(150)}, "z": system()}, 4))
    malicious(
        "in-numpy-state",
        pickled(
            Build(
                Call(Global("numpy.core.multiarray", "_reconstruct"), Global("numpy", "ndarray"), (0,), b"b"),
                (1, (1,), Call(Global("numpy", "dtype"), "O8", False, True), False, [system()]),
            ),
            2,
        ),
    )
    for name in ("jpg", "bin", "txt", "safetensors", "pt", "npy"):
        out("pickle", f"malicious-suffix.{name}", pickled(system(), 2 if name != "txt" else 0))
    out("pickle", "malicious-no-suffix", pickled(system(), 3))


def honest():
    shared = ["shared"]
    values = {
        "dict": {"w": [0.5, 1.5], "labels": ["cat", "dog"], "n": None, "ok": True},
        "ordered": collections.OrderedDict(a=1, b=[2]),
        "defaultdict": collections.defaultdict(list, a=[1]),
        "counter": collections.Counter("hello"),
        "deque": collections.deque([1, 2], 5),
        "dates": [datetime.date(2024, 1, 2), datetime.datetime(2024, 1, 2, 3, 4, tzinfo=datetime.timezone.utc), datetime.timedelta(3)],
        "numbers": [decimal.Decimal("1.5"), 1 + 2j, 2**70, -1, float("inf")],
        "uuid": uuid.UUID(int=7),
        "namespace": argparse.Namespace(lr=0.1),
        "slices": [slice(1, 2), range(5), {1, 2}, frozenset([3])],
        "random": random.Random(3).getstate()[1][:40],
        "shared": [shared, shared],
        "bytes": [b"abc", bytearray(b"xyz")],
        "text-about-attacks": {"doc": "cos\nsystem\n(S'ls'\ntR.", "names": ["os", "system", "eval"]},
    }
    for number, (name, value) in enumerate(values.items()):
        out("pickle", f"honest-{name}.pkl", pickle.dumps(value, number % 6))
    for protocol in range(6):
        out("pickle", f"honest-p{protocol}.pkl", pickle.dumps({"a": [1, 2.5, "x", None, (1, 2)], "b": b"raw"}, protocol))
    out("pickle", "honest-stacked.pkl", pickle.dumps({"a": 1}, 2) + pickle.dumps([1, 2], 4))
    loop = [1]
    loop.append(loop)
    out("pickle", "honest-recursive.pkl", pickle.dumps(loop, 4))


def malformed():
    whole = pickle.dumps({"w": [1, 2, "x"], "labels": ["cat", "dog"]}, 4)
    long = lambda opcode: b"\x80\x04" + opcode + struct.pack("<Q", 2**62) + b"abc."
    rows = {
        "cut-half": whole[: len(whole) // 2],
        "no-stop": whole[:-1],
        "bad-opcode": b"\x80\x02]\xff.",
        "proto-200": b"\x80\xc8N.",
        "underflow": b"\x80\x02R.",
        "missing-memo": b"\x80\x02h\x05.",
        "no-mark": b"\x80\x02K\x01t.",
        "huge-unicode": long(b"\x8d"),
        "huge-bytes": long(b"\x8e"),
        "huge-bytearray": long(b"\x96"),
        "huge-frame": long(b"\x95"),
        "negative-long": b"\x80\x02\x8b\xff\xff\xff\xff.",
        "negative-string": b"\x80\x02T\xff\xff\xff\xffx.",
        "memo-2e32": b"\x80\x02Nr\xff\xff\xff\xff.",
        "memo-negative": b"\x80\x02Np-1\n.",
        "bad-int": b"\x80\x02Iabc\n.",
        "bad-float": b"\x80\x02Fxx\n.",
        "unquoted": b"\x80\x02Sabc\n.",
        "bad-utf8": b"\x80\x02X\x02\0\0\0\xff\xff.",
        "open-line": b"\x80\x02cos",
        "odd-setitems": b"\x80\x02}(K\x01u.",
        "append-to-int": b"\x80\x02K\x01K\x02a.",
        "empty": b"",
        "get-expansion": b"\x80\x02]q\x00" + b"".join(b"0(" + get(k) * 10 + b"l" + put(k + 1) for k in range(60)) + b".",
        "marks": b"(" * 8000 + b".",
        "huge-bytearray-call": pickled(Call(Global("builtins", "bytearray"), 2**40), 2),
    }
    for name, data in rows.items():
        out("pickle", f"malformed-{name}.pkl", data)


def make():
    for part in (gadgets, opcodes, names, resolvers, nested, placement, honest, malformed):
        part()
