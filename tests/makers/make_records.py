# SPDX-License-Identifier: Apache-2.0
"""TFRecord files, written by hand after TensorFlow's record_writer and example.proto."""
import gzip
import struct

from golden import out

PICKLE = b"\x80\x02cposix\nsystem\nX\x0b\x00\x00\x00echo merlon\x85R."
TABLE = []
for n in range(256):
    for _ in range(8):
        n = n >> 1 ^ 0x82F63B78 * (n & 1)
    TABLE.append(n)


def masked(data):
    crc = 0xFFFFFFFF
    for b in data:
        crc = crc >> 8 ^ TABLE[(crc ^ b) & 255]
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def record(data):
    length = struct.pack("<Q", len(data))
    return length + masked(length) + data + masked(data)


def varint(n):
    n &= (1 << 64) - 1
    raw = b""
    while n > 127:
        raw += bytes([n & 127 | 128])
        n >>= 7
    return raw + bytes([n])


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def feature(v):
    if isinstance(v[0], bytes):
        return field(1, b"".join(field(1, x) for x in v))
    if isinstance(v[0], float):
        return field(2, field(1, struct.pack(f"<{len(v)}f", *v)))
    return field(3, field(1, b"".join(varint(x) for x in v)))


def features(d):
    return b"".join(field(1, field(1, k.encode()) + field(2, feature(v))) for k, v in d.items())


def example(**d):
    return field(1, features(d))


def sequence(context, **lists):
    pairs = b"".join(field(1, field(1, k.encode()) + field(2, b"".join(field(1, feature(v)) for v in vs))) for k, vs in lists.items())
    return field(1, features(context)) + field(2, pairs)


def make():
    with open("../golden/image/honest.webp", "rb") as f:
        picture = f.read()
    rows = [example(text=[b"the sea is calm"], label=[1], weight=[0.5]),
            example(text=[b"the sea is rough"], label=[0], weight=[0.25], phone=[4930901820]),
            example(text=[b"a ship", b"a boat"], label=[1], weight=[1.0])]
    plain = b"".join(map(record, rows))
    out("tfrecord", "honest.tfrecord", plain)
    out("tfrecord", "honest-packed.tfrecord.gz", gzip.compress(plain, mtime=0))
    out("tfrecord", "honest-pictures.tfrecord-00000-of-00001", b"".join(record(example(image=[picture], label=[i])) for i in range(3)))
    out("tfrecord", "honest-sequence.tfrecord", record(sequence({"id": [b"dialogue 1"]}, turns=[[b"hello"], [b"good day"]])))
    out("tfrecord", "honest-lines.tfrec", record(b"a line of text that is no message") + record(b"another one"))
    out("tfrecord", "malicious-pickle.tfrecord", record(rows[0]) + record(example(blob=[PICKLE])))
    wrong = bytearray(plain)
    wrong[20] ^= 1
    out("tfrecord", "malformed-data.tfrecord", bytes(wrong))
    second = len(record(rows[0]))
    wrong = bytearray(plain)
    wrong[second + 8] ^= 1
    out("tfrecord", "malformed-length.tfrecord", bytes(wrong))
    out("tfrecord", "malformed-cut.tfrecord", plain[:-9])
    out("tfrecord", "malicious-behind.tfrecord", plain + PICKLE)
