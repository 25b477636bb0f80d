# SPDX-License-Identifier: Apache-2.0
"""rule_tables.py - what the generators of tables share: reading rows with places for complaints, and writing C.

Tables hold places in a pool of texts instead of pointers: a pointer would have to be set at each start of the program.
"""

SEVERITIES = ("info", "low", "medium", "high", "critical")


class Bad(Exception):
    """A complaint that names its place."""


def bad(path, row, text):
    raise Bad(f"{path}:{row}: {text}" if row else f"{path}: {text}")


def read_text(path):
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as e:
        bad(path, 0, e.strerror)
    except UnicodeDecodeError as e:
        bad(path, 0, f"is not UTF-8 at byte {e.start}")
    if "\r" in text:
        bad(path, text[: text.index("\r")].count("\n") + 1, "carriage return; use plain line feeds")
    return text


def read_tsv(path, columns):
    """Rows as (row number, dict). '#' starts a comment line; the first other line is the header."""
    header = None
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [c.strip() for c in line.split("\t")]
        if header is None:
            header = cells
            if tuple(header) != tuple(columns):
                bad(path, number, f"header must be: {' '.join(columns)}")
            continue
        if len(cells) > len(columns):
            bad(path, number, f"{len(cells)} cells, the header has {len(columns)}")
        cells += [""] * (len(columns) - len(cells))
        yield number, dict(zip(columns, cells))
    if header is None:
        bad(path, 0, "is empty")


def quote(text):
    out = []
    for byte in text.encode("utf-8"):
        c = chr(byte)
        if c in '"\\':
            out.append("\\" + c)
        elif c == "\n":
            out.append("\\n")
        elif c == "?":  # no trigraphs
            out.append("\\?")
        elif 32 <= byte < 127:
            out.append(c)
        else:
            out.append(f"\\{byte:03o}")
    return '"' + "".join(out) + '"'


class Pool:
    """Texts one behind the other, each once."""

    def __init__(self, name):
        self.name, self.at, self.end = name, {}, 0

    def place(self, text):
        if text not in self.at:
            self.at[text] = self.end
            self.end += len(text.encode("utf-8"))
        return self.at[text]

    def add(self, text):
        """A struct of place and length."""
        return f"{{{self.place(text)}, {len(text.encode('utf-8'))}}}"

    def c(self):
        lines = "".join(f"    {quote(text)}\n" for text in self.at if text)
        return f"const char {self.name}[] =\n{lines}    \"\";\n\n"
