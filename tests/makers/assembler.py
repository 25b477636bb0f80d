# SPDX-License-Identifier: Apache-2.0
"""A small pickle assembler: expression trees in, opcodes out.

Malicious goldens are assembled, never produced by pickling a live object, and
nothing in this folder loads one. The commands in them only echo a word.
"""
import struct

MARK, STOP, POP, POP_MARK, DUP = b"(", b".", b"0", b"1", b"2"
REDUCE, BUILD, TUPLE, LIST, DICT, OBJ = b"R", b"b", b"t", b"l", b"d", b"o"
EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3 = b")", b"\x85", b"\x86", b"\x87"
EMPTY_LIST, APPEND, APPENDS = b"]", b"a", b"e"
EMPTY_DICT, SETITEM, SETITEMS = b"}", b"s", b"u"
NEWOBJ, NEWOBJ_EX, STACK_GLOBAL = b"\x81", b"\x92", b"\x93"
MEMOIZE, BINPERSID, NONE, TRUE, FALSE = b"\x94", b"Q", b"N", b"\x88", b"\x89"

COMMAND = "echo merlon-golden"
SOURCE = "__import__('os').system('echo merlon-golden')"


def proto(number):
    return b"\x80" + bytes([number])


def glob(module, name):
    return b"c" + module.encode() + b"\n" + name.encode() + b"\n"


def uni(text):
    raw = text.encode("utf-8", "surrogatepass")
    return b"X" + struct.pack("<I", len(raw)) + raw


def short_uni(text):
    raw = text.encode()
    return b"\x8c" + bytes([len(raw)]) + raw


def blob(raw):
    if len(raw) < 256:
        return b"C" + bytes([len(raw)]) + raw
    return b"B" + struct.pack("<I", len(raw)) + raw


def integer(number):
    if 0 <= number < 256:
        return b"K" + bytes([number])
    if -(2**31) <= number < 2**31:
        return b"J" + struct.pack("<i", number)
    raw = number.to_bytes((number.bit_length() + 8) // 8, "little", signed=True)
    return b"\x8a" + bytes([len(raw)]) + raw


def get(slot):
    return b"h" + bytes([slot])


def put(slot):
    return b"q" + bytes([slot])


def ext(code):
    if code < 256:
        return b"\x82" + bytes([code])
    if code < 65536:
        return b"\x83" + struct.pack("<H", code)
    return b"\x84" + struct.pack("<i", code)


class Raw:
    """Opcodes as they are."""

    def __init__(self, code):
        self.code = code


class Global:
    """A name; GLOBAL before protocol 4, STACK_GLOBAL from it on."""

    def __init__(self, module, name):
        self.module, self.name = module, name


class Computed:
    """STACK_GLOBAL on two expressions."""

    def __init__(self, module, name):
        self.module, self.name = module, name


class Call:
    """REDUCE."""

    def __init__(self, target, *args):
        self.target, self.args = target, args


class New:
    """NEWOBJ, and BUILD when there is a state."""

    def __init__(self, cls, *args, state=None):
        self.cls, self.args, self.state = cls, args, state


class NewEx:
    """NEWOBJ_EX."""

    def __init__(self, cls, args, kwargs):
        self.cls, self.args, self.kwargs = cls, args, kwargs


class Inst:
    """The INST opcode of protocol 0."""

    def __init__(self, module, name, *args):
        self.module, self.name, self.args = module, name, args


class Obj:
    """The OBJ opcode of protocol 1."""

    def __init__(self, cls, *args):
        self.cls, self.args = cls, args


class Build:
    """BUILD."""

    def __init__(self, target, state):
        self.target, self.state = target, state


class Seq:
    """All in order; only the last stays on the stack."""

    def __init__(self, *parts):
        self.parts = parts


def join(parts, modern):
    return b"".join(code(part, modern) for part in parts)


def tuple_code(parts, modern):
    body = join(parts, modern)
    if len(parts) > 3:
        return MARK + body + TUPLE
    return body + (EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3)[len(parts)]


def scalar(value, modern):
    if value is None or value is True or value is False:
        return {None: NONE, True: TRUE, False: FALSE}[value]
    if isinstance(value, int):
        return integer(value)
    if isinstance(value, float):
        return b"G" + struct.pack(">d", value)
    if isinstance(value, str):
        return short_uni(value) if modern and len(value) < 60 else uni(value)
    if isinstance(value, bytes):
        return blob(value)
    raise TypeError(type(value))


def container(value, modern):
    if isinstance(value, tuple):
        return tuple_code(value, modern)
    if isinstance(value, list):
        return EMPTY_LIST + (MARK + join(value, modern) + APPENDS if value else b"")
    flat = [x for pair in value.items() for x in pair]
    return EMPTY_DICT + (MARK + join(flat, modern) + SETITEMS if flat else b"")


def code(x, modern=False):
    """Opcodes of one expression. modern: prefer the opcodes of protocol 4."""
    if isinstance(x, Raw):
        return x.code
    if isinstance(x, Global):
        if modern:
            return short_uni(x.module) + short_uni(x.name) + STACK_GLOBAL
        return glob(x.module, x.name)
    if isinstance(x, Computed):
        return code(x.module, modern) + code(x.name, modern) + STACK_GLOBAL
    if isinstance(x, Call):
        return code(x.target, modern) + tuple_code(x.args, modern) + REDUCE
    if isinstance(x, New):
        made = code(x.cls, modern) + tuple_code(x.args, modern) + NEWOBJ
        return made if x.state is None else made + code(x.state, modern) + BUILD
    if isinstance(x, NewEx):
        return code(x.cls, modern) + code(x.args, modern) + code(x.kwargs, modern) + NEWOBJ_EX
    if isinstance(x, Inst):
        return MARK + join(x.args, modern) + b"i" + f"{x.module}\n{x.name}\n".encode()
    if isinstance(x, Obj):
        return MARK + code(x.cls, modern) + join(x.args, modern) + OBJ
    if isinstance(x, Build):
        return code(x.target, modern) + code(x.state, modern) + BUILD
    if isinstance(x, Seq):
        return b"".join(code(p, modern) + POP for p in x.parts[:-1]) + code(x.parts[-1], modern)
    if isinstance(x, (tuple, list, dict)):
        return container(x, modern)
    return scalar(x, modern)


def pickled(x, protocol=4):
    """A whole stream, framed from protocol 4 on."""
    body = code(x, protocol >= 4) + STOP
    if protocol >= 4:
        body = b"\x95" + struct.pack("<Q", len(body)) + body
    return (proto(protocol) if protocol >= 2 else b"") + body


def system():
    """The payload that most goldens carry."""
    return Call(Global("posix", "system"), COMMAND)
