#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_charsets.py LETTERS.tsv OUT.c: tables of the legacy character sets, from Python's codecs.

Single-byte sets become 128 code points; two-byte sets a rectangle lead x trail; 0 means that the bytes are none.
Beside them stand the letters of the languages that are written in each, for the guess (charset_guess.c).
"""
import pathlib
import sys

# name in reports, Python codec, languages, how much less likely than others it is (in bits, before any evidence)
SINGLE = [
    ("windows-1252", "cp1252", "fr de es pt it sv da nb fi is nl ca ga sq", 0),
    ("iso-8859-1", "latin-1", "fr de es pt it sv da nb fi is nl ca ga", 1),
    ("iso-8859-15", "iso8859-15", "fr de es pt it sv da nb fi is nl ca", 4),
    ("mac-roman", "mac-roman", "fr de es pt it sv da nb fi is nl ca", 6),
    ("cp850", "cp850", "fr de es pt it sv da nb fi is nl ca", 6),
    ("cp437", "cp437", "fr de es it sv", 7),
    ("windows-1250", "cp1250", "pl cs sk hu ro hr sl", 3),
    ("iso-8859-2", "iso8859-2", "pl cs sk hu ro hr sl", 4),
    ("cp852", "cp852", "pl cs sk hu ro hr sl", 8),
    ("windows-1251", "cp1251", "ru uk bg sr be mk", 2),
    ("koi8-r", "koi8-r", "ru bg", 4),
    ("koi8-u", "koi8-u", "uk", 5),
    ("iso-8859-5", "iso8859-5", "ru uk bg sr be mk", 6),
    ("cp866", "cp866", "ru be uk bg", 5),
    ("cp855", "cp855", "sr bg mk ru", 9),
    ("mac-cyrillic", "mac-cyrillic", "ru uk bg sr be mk", 8),
    ("windows-1253", "cp1253", "el", 3),
    ("iso-8859-7", "iso8859-7", "el", 4),
    ("windows-1254", "cp1254", "tr", 4),
    ("iso-8859-9", "iso8859-9", "tr", 5),
    ("windows-1255", "cp1255", "he", 3),
    ("iso-8859-8", "iso8859-8", "he", 5),
    ("windows-1256", "cp1256", "ar fa", 3),
    ("iso-8859-6", "iso8859-6", "ar", 5),
    ("windows-1257", "cp1257", "lt lv et", 4),
    ("iso-8859-13", "iso8859-13", "lt lv et", 5),
    ("iso-8859-4", "iso8859-4", "lt lv et", 7),
    ("windows-1258", "cp1258", "vi", 5),
    ("cp874", "cp874", "th", 3),
    ("iso-8859-3", "iso8859-3", "mt eo", 8),
    ("iso-8859-10", "iso8859-10", "is sv fi lt lv et", 9),
    ("iso-8859-14", "iso8859-14", "cy ga", 9),
    ("iso-8859-16", "iso8859-16", "ro pl hr hu", 8),
]
# name, codec, languages, bits, lead from..to, trail from..to
DOUBLE = [
    ("shift_jis", "cp932", "ja", 3, 0x81, 0xfc, 0x40, 0xfc),
    ("euc-jp", "euc_jp", "ja", 4, 0xa1, 0xfe, 0xa1, 0xfe),
    ("gb18030", "gb18030", "zh", 3, 0x81, 0xfe, 0x40, 0xfe),
    ("big5", "cp950", "zh-tw", 3, 0x81, 0xfe, 0x40, 0xfe),
    ("euc-kr", "cp949", "ko", 3, 0x81, 0xfe, 0x41, 0xfe),
]


def point(raw, codec):
    """The one code point of these bytes, or 0. Characters for own use are none."""
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return 0
    code = ord(text) if len(text) == 1 else 0
    return code if code < 0xe000 or 0xf900 <= code < 0x10000 else 0


def numbers(values, width=16):
    rows = [values[i:i + width] for i in range(0, len(values), width)]
    return ",\n    ".join(",".join(f"0x{v:x}" if v else "0" for v in row) for row in rows)


def read_letters(path):
    letters = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        lang, text = line.split("\t")
        pairs = {ord(text[i]): int(text[i + 1], 16) for i in range(0, len(text), 2)}
        letters[lang] = sorted(pairs.items())
    return letters


def costs(points, langs, letters):
    """What each high byte costs in each language: a row per byte."""
    tables = [dict(letters[lang]) for lang in langs.split()]
    rows = [",".join(str(t[p] + 1) if p in t else "CHARSET_UNLISTED" for t in tables) for p in points]
    return ",\n    ".join(rows)


def ranges_of_gb18030():
    """Four-byte characters of the basic plane: where a run of neighbours begins."""
    out, last = [], None
    for linear in range(39420):
        a, rest = divmod(linear, 12600)
        b, rest = divmod(rest, 1260)
        c, d = divmod(rest, 10)
        code = ord(bytes([0x81 + a, 0x30 + b, 0x81 + c, 0x30 + d]).decode("gb18030"))
        if last is None or code != last + 1:
            out.append((linear, code))
        last = code
    return out


def identifier(name):
    return name.replace("-", "_")


def main():
    letters = read_letters(pathlib.Path(sys.argv[1]))
    used = sorted({lang for row in SINGLE + DOUBLE for lang in row[2].split()})
    out = ['/* made by gen_charsets.py */', '#include "codec/charset_part.h"', ""]
    for lang in used:
        name = identifier(lang)
        out.append(f"static const uint16_t code_{name}[] = {{\n    {numbers([c for c, _ in letters[lang]])}}};")
        out.append(f"static const uint8_t bits_{name}[] = {{\n    {numbers([b for _, b in letters[lang]])}}};")
    for lang in used:
        name = identifier(lang)
        out.append(f"static const struct charset_letters letters_{name} = "
                   f"{{{len(letters[lang])}, code_{name}, bits_{name}}};")
    rows = []
    for name, codec, langs, bits in SINGLE:
        points = [point(bytes([b]), codec) for b in range(128, 256)]
        out.append(f"static const uint16_t high_{identifier(name)}[128] = {{\n    {numbers(points)}}};")
        out.append(f"static const uint8_t costs_{identifier(name)}[] = {{\n    {costs(points, langs, letters)}}};")
        rows.append((name, langs, bits, f".kind = CHARSET_SINGLE, .table = high_{identifier(name)}, "
                     f".costs = costs_{identifier(name)}"))
    for name, codec, langs, bits, lead, lead_to, trail, trail_to in DOUBLE:
        points = [point(bytes([a, b]), codec) for a in range(lead, lead_to + 1) for b in range(trail, trail_to + 1)]
        out.append(f"static const uint16_t pairs_{identifier(name)}[] = {{\n    {numbers(points)}}};")
        rows.append((name, langs, bits, f".kind = CHARSET_{identifier(name).upper()}, .table = pairs_{identifier(name)}, "
                     f".lead = {lead}, .lead_to = {lead_to}, .trail = {trail}, .trail_to = {trail_to}"))
    for name, langs, _, _ in rows:
        pointers = ", ".join(f"&letters_{identifier(lang)}" for lang in langs.split())
        out.append(f"static const struct charset_letters *const langs_{identifier(name)}[] = {{{pointers}}};")
    out.append("const struct charset charset_legacy[] = {")
    for name, langs, bits, rest in rows:
        out.append(f'    {{.name = "{name}", .languages = langs_{identifier(name)}, '
                   f'.language_count = {len(langs.split())}, .prior = {bits}, {rest}}},')
    out.append("};")
    out.append(f"const size_t charset_legacy_count = {len(rows)};")
    ranges = ranges_of_gb18030()
    out.append(f"const struct charset_range charset_gb18030[] = {{\n    " +
               ", ".join(f"{{{linear}, {code}}}" for linear, code in ranges) + "};")
    out.append(f"const size_t charset_gb18030_count = {len(ranges)};")
    points = [point(bytes([0x8f, a, b]), "euc_jp") for a in range(0xa1, 0xff) for b in range(0xa1, 0xff)]
    out.append(f"const uint16_t charset_jisx0212[94 * 94] = {{\n    {numbers(points)}}};")
    pathlib.Path(sys.argv[2]).write_text("\n".join(out) + "\n", encoding="ascii")


main()
