#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""House rules that a compiler does not check. Prints each breach as file:line: text; exit 1 if any.

layers    a room includes only rooms on lower shelves, never a neighbour
libraries a library's headers are included only in its own folder below src/port
bounds    no pointer arithmetic on input and no casts to structs in src/read (base/cursor.c does it)
calls     functions that have a bounded, re-entrant replacement
sizes     functions <= 100 lines (median <= 15, 90 % <= 45), files <= 600 lines, headers <= 200
text      licence line first, no unfinished marks, no trailing blanks
"""
import pathlib
import re
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHELF = {name: shelf for shelf, names in enumerate([
    ["base"],
    ["codec", "port", "finding"],
    ["read", "classify", "net", "log"],
    ["detect", "stats", "store"],
    ["box", "sign", "policy", "update"],
    ["report"],
    ["scan", "guard", "attack", "gate", "console", "fleet"],
    ["cli"],
]) for name in names}

# Rooms within a room: the same, from the bottom up. What lies in none of them is for the top shelf.
INNER = {"guard": {name: shelf for shelf, names in enumerate([
    ["surface"],
    ["judge"],
    ["config", "record"],
    ["screen", "proxy"],
]) for name in names}}

# Headers of the C library and the kernel; everything else in <...> belongs to a library.
SYSTEM = re.compile(r"^(std\w+|string|errno|fcntl|unistd|time|math|limits|locale|inttypes|signal|setjmp|ctype|wchar|"
                    r"assert|dirent|poll|pthread|sched|ftw|float|libgen|termios|glob|fnmatch|dlfcn|getopt|endian|pwd|syslog|"
                    r"sys/\w+|sys/platform/x86|linux/\w+|arpa/inet|netinet/\w+|netdb|x86intrin|immintrin|emmintrin|cpuid|stdatomic|spawn|strings)\.h$")
BANNED = re.compile(r"(?<![\w.>])(rand|srand|random|signal|system|strcpy|strcat|sprintf|strtok|atoi|atol|atof|sscanf|"
                    r"gmtime|localtime|ctime|asctime|alloca|gets|tmpnam|mktemp|popen)\s*\(")
UNBOUNDED = [
    (re.compile(r"(->|\.)p\s*[+]\s*\w"), "pointer arithmetic on input: use the cursor"),
    (re.compile(r"\(\s*const\s+struct\s+\w+\s*\*\s*\)\s*\w+[.\->]*p\b"), "cast of input to a struct: use the cursor"),
]
MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def strip_comments(text):
    """Comments and string literals blanked out, line numbers kept."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    return pattern.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def room_of(path):
    return path.relative_to(ROOT / "src").parts[0]


def check_inner(path, number, name, out):
    """A header of the same room: does it lie lower within it?"""
    shelves = INNER.get(room_of(path))
    own, other = path.relative_to(ROOT / "src").parts[1], name.split("/")[1]
    if not shelves or own == other:
        return
    top = max(shelves.values())
    here = shelves.get(own, -1)
    lower = here == top if other not in shelves else shelves[other] < here
    if not lower:
        out.append((path, number, f"{own} includes {other}, which is not below it (INNER)"))


def check_includes(path, text, out):
    room = room_of(path)
    for number, line in enumerate(text.splitlines(), 1):
        m = re.match(r'\s*#\s*include\s+(["<])([^">]+)[">]', line)
        if not m:
            continue
        name = m.group(2)
        if m.group(1) == "<":
            if not SYSTEM.match(name) and room != "port":
                out.append((path, number, f"library header <{name}> outside src/port"))
            continue
        other = name.split("/")[0]
        if other not in SHELF:
            if not (path.parent / name).exists() and "rules_" not in name and "globals_" not in name:
                out.append((path, number, f'include "{name}" is not spelt from src/'))
        elif other == room:
            check_inner(path, number, name, out)
        elif SHELF[other] >= SHELF[room]:
            out.append((path, number, f"room {room} (shelf {SHELF[room]}) includes {other} (shelf {SHELF[other]})"))


def check_lines(path, text, out):
    code = strip_comments(text)
    for number, line in enumerate(code.splitlines(), 1):
        m = BANNED.search(line)
        if m and not line.lstrip().startswith("#"):
            out.append((path, number, f"{m.group(1)}() is not used here"))
        if room_of(path) == "read":
            for pattern, why in UNBOUNDED:
                if pattern.search(line):
                    out.append((path, number, why))
    for number, line in enumerate(text.splitlines(), 1):
        if MARKS.search(line):
            out.append((path, number, "unfinished mark"))
        if line != line.rstrip():
            out.append((path, number, "trailing blank"))


def check_size(path, text, out):
    lines = text.count("\n")
    most = 200 if path.suffix == ".h" else 600
    if lines > most:
        out.append((path, lines, f"{lines} lines, at most {most}"))


def check_functions(out):
    """Lengths as Universal Ctags sees them; without ctags only a note."""
    try:
        tags = subprocess.run(["ctags", "-R", "--languages=C", "--kinds-C=f", "--fields=+ne", "-o", "-", "src"],
                              cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "functions: not measured (no ctags)"
    lengths = []
    for tag in tags.splitlines():
        fields = dict(f.split(":", 1) for f in tag.split("\t")[3:] if ":" in f)
        if "line" in fields and "end" in fields:
            n = int(fields["end"]) - int(fields["line"]) + 1
            lengths.append(n)
            if n > 100:
                name, file = tag.split("\t")[:2]
                out.append((ROOT / file, int(fields["line"]), f"{name}() has {n} lines, at most 100"))
    if not lengths:
        return "functions: none"
    lengths.sort()
    median, p90 = statistics.median(lengths), lengths[int(len(lengths) * 0.9)]
    if median > 15 or p90 > 45:
        out.append((ROOT / "src", 0, f"function lengths: median {median}, 90 % {p90}; at most 15 and 45"))
    return f"functions: {len(lengths)}, median {median:g} lines, 90 % {p90}, longest {lengths[-1]}"


def main():
    out = []
    files = sorted(p for p in (ROOT / "src").rglob("*.[ch]"))
    for path in files:
        text = path.read_text()
        if not text.startswith("/* SPDX-License-Identifier: Apache-2.0 */"):
            out.append((path, 1, "no licence line"))
        check_includes(path, text, out)
        check_lines(path, text, out)
        check_size(path, text, out)
    summary = check_functions(out)
    for path, line, text in out:
        print(f"{path.relative_to(ROOT)}:{line}: {text}")
    print(f"lint: {len(files)} files, {len(out)} breaches; {summary}")
    return 1 if out else 0


if __name__ == "__main__":
    sys.exit(main())
