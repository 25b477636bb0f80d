# SPDX-License-Identifier: Apache-2.0
"""Where goldens go and how small they have to be."""
import io
import os
import sys
import tarfile
import zipfile

LIMIT = 8 * 1024
ROOT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden")


def out(reader, name, data):
    """Write tests/golden/READER/NAME."""
    if isinstance(data, str):
        data = data.encode()
    if len(data) > LIMIT:
        sys.exit(f"{reader}/{name}: {len(data)} bytes, more than {LIMIT}")
    path = os.path.join(ROOT, reader, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as handle:
        handle.write(data)


def zipped(members, method=zipfile.ZIP_STORED):
    """A plain zip with a fixed date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            info.compress_type = method
            archive.writestr(info, data)
    return buffer.getvalue()


def tarred(members):
    """A plain tar with a fixed date. A member is (name, bytes) or (name, bytes, type, link)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data, *link in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            if link:
                info.type, info.linkname, info.size = link[0], link[1], 0
            archive.addfile(info, io.BytesIO(data))
        used = archive.offset
    return buffer.getvalue()[: used + 1024]
