# SPDX-License-Identifier: Apache-2.0
"""Pictures: what Pillow writes, and what people put into and behind it."""
import io
import struct
import zipfile
import zlib

from PIL import Image, PngImagePlugin

from golden import out, zipped

PICTURE = Image.new("RGB", (24, 16), (200, 120, 40))
for x in range(24):
    PICTURE.putpixel((x, x * 16 // 24), (10, x * 10, 90))
PICKLE = b"cposix\nsystem\n(S'echo merlon'\ntR."


def saved(kind, **options):
    b = io.BytesIO()
    PICTURE.save(b, kind, **options)
    return b.getvalue()


def directory(at, entries):
    """A TIFF directory at `at`, its longer values behind it; entries are (tag, type, count, bytes)."""
    head, tail = struct.pack("<H", len(entries)), b""
    behind = at + 2 + 12 * len(entries) + 4
    for tag, kind, count, data in entries:
        if len(data) > 4:
            place = struct.pack("<I", behind + len(tail))
            tail += data + b"\0" * (len(data) % 2)
        else:
            place = data.ljust(4, b"\0")
        head += struct.pack("<HHI", tag, kind, count) + place
    return head + b"\0\0\0\0" + tail


def ascii_tag(tag, text):
    raw = text.encode() + b"\0"
    return (tag, 2, len(raw), raw)


def degrees(tag, parts):
    return (tag, 5, 3, b"".join(struct.pack("<II", round(v * 100), 100) for v in parts))


def exif(gps=None, owner=None, comment=None):
    """EXIF as cameras write it: first directory, EXIF directory, GPS directory."""
    first = [ascii_tag(0x010F, "ACME"), ascii_tag(0x0110, "Model 7"), ascii_tag(0x0132, "2024:05:01 10:11:12")]
    sub = [(0x829A, 5, 1, struct.pack("<II", 1, 125)), (0x8827, 3, 1, struct.pack("<H", 100))]
    if comment:
        sub.append((0x9286, 7, len(comment), comment))
    if owner:
        sub += [ascii_tag(0xA430, owner[0]), ascii_tag(0xA431, owner[1])]
    places = []
    if gps:
        places = [ascii_tag(1, gps[0]), degrees(2, gps[1]), ascii_tag(3, gps[2]), degrees(4, gps[3])]
    size = len(directory(8, first + [(0x8769, 4, 1, bytes(4))] + ([(0x8825, 4, 1, bytes(4))] if gps else [])))
    sub_at = 8 + size
    gps_at = sub_at + len(directory(sub_at, sub))
    first.append((0x8769, 4, 1, struct.pack("<I", sub_at)))
    if gps:
        first.append((0x8825, 4, 1, struct.pack("<I", gps_at)))
    raw = b"II*\0\x08\0\0\0" + directory(8, first) + directory(sub_at, sub)
    return b"Exif\0\0" + raw + (directory(gps_at, places) if gps else b"")


BERLIN = ("N", (52.0, 31.0, 12.03), "E", (13.0, 24.0, 17.83))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks, header=None):
    rows = zlib.compress(b"".join(b"\0" + bytes([x * 9 % 256 for x in range(8)]) for _ in range(8)))
    head = header or struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + b"".join(chunks) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def make():
    zipping = zipped([("data.pkl", PICKLE)], zipfile.ZIP_STORED)
    jpeg = saved("JPEG", exif=exif())
    out("image", "honest-camera.jpg", jpeg)
    out("image", "honest-progressive.jpg", saved("JPEG", progressive=True))
    out("image", "honest-comment.jpg", saved("JPEG", exif=exif(comment=b"ASCII\0\0\0a day at the sea")))
    out("image", "honest-padded.jpg", jpeg + bytes(64))
    out("image", "honest-place.jpg", saved("JPEG", exif=exif(BERLIN)))
    out("image", "honest-owner.jpg", saved("JPEG", exif=exif(owner=("Erika Muster", "3121990712"))))
    out("image", "honest-motion-photo.jpg", jpeg + b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x08free")
    out("image", "malicious-zip-behind.jpg", jpeg + zipping)
    out("image", "malicious-pickle-behind.jpg", jpeg + b"\x80\x02" + PICKLE)
    out("image", "malformed-bytes-behind.jpg", jpeg + bytes(range(256)))
    out("image", "malformed-cut.jpg", jpeg[:-30])
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "made for a test")
    info.add_itxt("Description", "für einen Test", "de", "Beschreibung")
    info.add_text("Software", "a long text " * 20, zip=True)
    out("image", "honest-texts.png", saved("PNG", pnginfo=info))
    out("image", "honest-palette.png", (lambda b: (PICTURE.convert("P").save(b, "PNG"), b.getvalue())[1])(io.BytesIO()))
    out("image", "malicious-zip-behind.png", saved("PNG") + zipping)
    out("image", "malicious-pickle-in-chunk.png", png(chunk(b"piCk", b"\x80\x02" + PICKLE)))
    out("image", "malicious-pickle-in-ztxt.png", png(chunk(b"zTXt", b"weights\0\0" + zlib.compress(b"\x80\x02" + PICKLE))))
    out("image", "malformed-bomb.png", png(header=struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)))
    out("image", "malformed-checksum.png", png().replace(b"IDAT", b"IDAT\x00", 1)[:-1])
    broken = bytearray(png(chunk(b"tEXt", b"Comment\0abc")))
    broken[-20] ^= 1
    out("image", "malformed-crc.png", bytes(broken))
    out("image", "malformed-cut.png", saved("PNG")[:-6])
    frames = [PICTURE.rotate(90 * i).quantize(16) for i in range(3)]
    b = io.BytesIO()
    frames[0].save(b, "GIF", save_all=True, append_images=frames[1:], comment=b"three frames")
    out("image", "honest-frames.gif", b.getvalue())
    out("image", "malformed-bytes-behind.gif", b.getvalue() + b"and something behind it that is no picture")
    out("image", "malformed-cut.gif", b.getvalue()[:-20])
    out("image", "honest.webp", saved("WEBP", exif=exif(BERLIN)))
    out("image", "honest-lossless.webp", saved("WEBP", lossless=True))
    out("image", "malicious-zip-behind.webp", saved("WEBP") + zipping)
    out("image", "honest.bmp", saved("BMP"))
    out("image", "malformed-cut.bmp", saved("BMP")[:-100])
    out("image", "malicious-zip-behind.bmp", saved("BMP") + zipping)
    out("image", "honest.tif", saved("TIFF"))
    out("image", "honest-packed.tif", saved("TIFF", compression="tiff_adobe_deflate"))
    out("image", "malformed-cut.tif", saved("TIFF")[:700])
