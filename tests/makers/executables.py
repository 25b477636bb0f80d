# SPDX-License-Identifier: Apache-2.0
"""Tiny but true executables, written by hand: each only exits."""
import struct


def elf(machine=62, typ=2):
    code = b"\x31\xff\xb8\x3c\0\0\0\x0f\x05"
    eh = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", typ, machine, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    ph = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, 0x78 + len(code), 0x78 + len(code), 0x1000)
    return eh + ph + code


def elf32():
    code = b"\xb8\x01\0\0\0\x31\xdb\xcd\x80"
    eh = b"\x7fELF\x01\x01\x01" + bytes(9) + struct.pack("<HHIIIIIHHHHHH", 2, 3, 1, 0x8048054, 52, 0, 0, 52, 32, 1, 0, 0, 0)
    return eh + struct.pack("<IIIIIIII", 1, 0, 0x8048000, 0x8048000, 84 + len(code), 84 + len(code), 5, 0x1000) + code


def pe(bits=64):
    dos = b"MZ" + b"\x90\0\3\0\0\0\4\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0\x40" + bytes(35)
    dos = dos[:60].ljust(60, b"\0") + struct.pack("<I", 0x80)
    stub = b"\x0e\x1f\xba\x0e\0\xb4\x09\xcd\x21\xb8\x01\x4c\xcd\x21This program cannot be run in DOS mode.\r\r\n$".ljust(64, b"\0")
    osz = 240 if bits == 64 else 224
    coff = struct.pack("<HHIIIHH", 0x8664 if bits == 64 else 0x14C, 1, 0x60000000, 0, 0, osz, 0x22 if bits == 64 else 0x102)
    if bits == 64:
        opt = (
            struct.pack("<HBBIIIII", 0x20B, 14, 0, 512, 0, 0, 0x1000, 0x1000)
            + struct.pack(
                "<QIIHHHHHHIIIIHHQQQQII", 0x140000000, 0x1000, 512, 6, 0, 0, 0, 6, 0, 0, 0x2000, 512, 0, 3, 0x8160, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16
            )
            + bytes(128)
        )
    else:
        opt = (
            struct.pack("<HBBIIIIII", 0x10B, 14, 0, 512, 0, 0, 0x1000, 0x1000, 0x2000)
            + struct.pack(
                "<IIIHHHHHHIIIIHHIIIIII", 0x400000, 0x1000, 512, 6, 0, 0, 0, 6, 0, 0, 0x2000, 512, 0, 3, 0x8140, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16
            )
            + bytes(128)
        )
    sec = b".text\0\0\0" + struct.pack("<IIIIIIHHI", 4, 0x1000, 512, 512, 0, 0, 0, 0, 0x60000020)
    h = dos + stub + b"PE\0\0" + coff + opt + sec
    return h.ljust(512, b"\0") + b"\x33\xc0\xc3".ljust(512, b"\0")


def macho():
    seg = struct.pack("<II16sQQQQIIII", 0x19, 72, b"__TEXT", 0x100000000, 0x1000, 0, 0x1000, 7, 5, 0, 0)
    main = struct.pack("<IIQQ", 0x80000028, 24, 0x100, 0)
    return (struct.pack("<IIIIIIII", 0xFEEDFACF, 0x1000007, 3, 2, 2, len(seg) + len(main), 0x85, 0) + seg + main).ljust(0x1000, b"\xc3")
