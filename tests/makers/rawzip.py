# SPDX-License-Identifier: Apache-2.0
"""Zip archives with every header field under control."""
import struct
import zlib


class Entry:
    """One member. local_* overrides a field of the local header only."""

    def __init__(self, name, data, method=0, **fields):
        self.name, self.data, self.method, self.flags = name.encode(), data, method, 0
        self.packed = data
        if method == 8:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15)
            self.packed = packer.compress(data) + packer.flush()
        self.crc, self.size, self.packed_size = zlib.crc32(data), len(data), len(self.packed)
        self.offset, self.hidden, self.local_at, self.attributes = None, False, None, 0
        for key, value in fields.items():
            setattr(self, key, value)

    def local(self, field):
        return getattr(self, "local_" + field, getattr(self, field))


def local_header(entry):
    name = entry.local("name")
    fixed = struct.pack(
        "<HHHHHIIIHH",
        20,
        entry.local("flags"),
        entry.local("method"),
        0x6000,
        0x5821,
        entry.local("crc"),
        entry.local("packed_size"),
        entry.local("size"),
        len(name),
        0,
    )
    return b"PK\x03\x04" + fixed + name + entry.packed


def central_header(entry, offset):
    fixed = struct.pack(
        "<HHHHHHIIIHHHHHII",
        0x314,
        20,
        entry.flags,
        entry.method,
        0x6000,
        0x5821,
        entry.crc,
        entry.packed_size,
        entry.size,
        len(entry.name),
        0,
        0,
        0,
        0,
        entry.attributes,
        offset,
    )
    return b"PK\x01\x02" + fixed + entry.name


def archive(entries, prefix=b"", suffix=b"", comment=b"", directory_at=None, count=None, end=True):
    """hidden entries have no place in the directory; local_at entries have no local header."""
    body, places = bytearray(prefix), []
    for entry in entries:
        places.append(len(body) if entry.local_at is None else entry.local_at)
        if entry.local_at is None:
            body += local_header(entry)
    start, listed = len(body), 0
    for entry, place in zip(entries, places):
        if not entry.hidden:
            body += central_header(entry, place if entry.offset is None else entry.offset)
            listed += 1
    number, size = listed if count is None else count, len(body) - start
    if end:
        at = start if directory_at is None else directory_at
        body += b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, number, number, size, at, len(comment)) + comment
    return bytes(body) + suffix
