# SPDX-License-Identifier: Apache-2.0
"""Hand-written safetensors, GGUF and npy."""
import json
import struct

U8, I8, U16, I16, U32, I32, F32, BOOL, STR, ARR, U64, I64, F64 = range(13)
SCALAR = {U8: "<B", I8: "<b", U16: "<H", I16: "<h", U32: "<I", I32: "<i", F32: "<f", BOOL: "<B", U64: "<Q", I64: "<q", F64: "<d"}
BLOCK = {0: (1, 4), 1: (1, 2), 2: (32, 18), 8: (32, 34), 12: (256, 144), 24: (1, 1)}


def safetensors(tensors, metadata=None, tail=b""):
    """tensors: (name, dtype, shape, bytes) in file order."""
    header, offset, body = {}, 0, b""
    if metadata is not None:
        header["__metadata__"] = metadata
    for name, dtype, shape, data in tensors:
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [offset, offset + len(data)]}
        offset, body = offset + len(data), body + data
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body + tail


def raw_safetensors(text, body=b""):
    """A header written by hand."""
    text = text.encode() if isinstance(text, str) else text
    return struct.pack("<Q", len(text)) + text + body


def gguf_string(text):
    raw = text if isinstance(text, bytes) else text.encode()
    return struct.pack("<Q", len(raw)) + raw


def gguf_value(kind, value):
    if kind == STR:
        return gguf_string(value)
    if kind == ARR:
        inner, items = value
        return struct.pack("<IQ", inner, len(items)) + b"".join(gguf_value(inner, x) for x in items)
    return struct.pack(SCALAR[kind], value)


def gguf_pair(key, kind, value):
    return gguf_string(key) + struct.pack("<I", kind) + gguf_value(kind, value)


def tensor_bytes(dims, kind):
    count = 1
    for dim in dims:
        count *= dim
    per, size = BLOCK.get(kind, (1, 4))
    total = count // per * size
    return total if total < 1 << 20 else 0


def gguf(pairs, tensors, version=3, align=32, pair_count=None, tensor_count=None, offsets=None, data=None, tail=b""):
    """pairs: (key, kind, value) or bytes as they are. tensors: (name, dims, ggml type)."""
    meta = b"".join(p if isinstance(p, bytes) else gguf_pair(*p) for p in pairs)
    table, offset, body = b"", 0, b""
    for place, (name, dims, kind) in enumerate(tensors):
        table += gguf_string(name) + struct.pack("<I", len(dims)) + b"".join(struct.pack("<Q", d) for d in dims)
        table += struct.pack("<IQ", kind, offsets[place] if offsets else offset)
        size = tensor_bytes(dims, kind)
        size += -size % align
        offset, body = offset + size, body + bytes(size)
    counts = (len(tensors) if tensor_count is None else tensor_count, len(pairs) if pair_count is None else pair_count)
    head = b"GGUF" + struct.pack("<IQQ", version, *counts) + meta + table
    head += b"\0" * (-len(head) % align)
    return head + (body if data is None else data) + tail


def llama_pairs(template=None, more=()):
    """The metadata that a small llama file has."""
    words = ["<unk>", "<s>", "</s>", "\u2581the", "import", "os", "__class__"]
    pairs = [
        ("general.architecture", STR, "llama"),
        ("general.name", STR, "tiny"),
        ("general.license", STR, "apache-2.0"),
        ("llama.context_length", U32, 2048),
        ("llama.embedding_length", U32, 16),
        ("llama.block_count", U32, 1),
        ("llama.attention.layer_norm_rms_epsilon", F32, 1e-5),
        ("tokenizer.ggml.model", STR, "llama"),
        ("tokenizer.ggml.tokens", ARR, (STR, words)),
        ("tokenizer.ggml.scores", ARR, (F32, [0.0] * len(words))),
        ("tokenizer.ggml.add_bos_token", BOOL, 1),
    ]
    if template is not None:
        pairs.append(("tokenizer.chat_template", STR, template))
    return pairs + list(more)


TENSORS = [("token_embd.weight", (16, 7), 0), ("blk.0.attn_q.weight", (16, 16), 1), ("output_norm.weight", (16,), 0)]


def npy(header, data=b"", version=(1, 0), length=None):
    """An array file with the header text given."""
    wide = version[0] > 1
    text = header.encode("latin1")
    text += b" " * (-(len(text) + (13 if wide else 11)) % 64) + b"\n"
    count = len(text) if length is None else length
    return b"\x93NUMPY" + bytes(version) + struct.pack("<I" if wide else "<H", count) + text + data
