#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""picture.py OUT.svg LINES -- COMMAND...: what a command prints in a terminal, as an SVG picture.

Understands the colours that Merlon uses (SGR 0, 1, 2, 4, 30-37, 90-97 and 38;5;N). LINES is the most that is shown.
"""
import html
import re
import subprocess
import sys

WIDTH, LINE, PAD = 8.05, 18, 18
BASIC = ["#1f2430", "#f07178", "#7fd88f", "#e8c468", "#7aa2f7", "#c792ea", "#7fdbca", "#d7dae0"]
BRIGHT = ["#6b7280", "#ff8b92", "#9af0aa", "#ffe08a", "#9bbcff", "#ddb0ff", "#a5f3e8", "#ffffff"]
CUBE = [0, 95, 135, 175, 215, 255]


def colour_256(n):
    if n < 8:
        return BASIC[n]
    if n < 16:
        return BRIGHT[n - 8]
    if n >= 232:
        return "#%02x%02x%02x" % ((8 + 10 * (n - 232),) * 3)
    n -= 16
    return "#%02x%02x%02x" % (CUBE[n // 36], CUBE[n // 6 % 6], CUBE[n % 6])


def apply(codes, style):
    codes = [int(c or 0) for c in codes.split(";")]
    while codes:
        c = codes.pop(0)
        if c == 0:
            style.clear()
        elif c == 1:
            style["font-weight"] = "bold"
        elif c == 2:
            style["opacity"] = ".62"
        elif c == 4:
            style["text-decoration"] = "underline"
        elif 30 <= c <= 37:
            style["fill"] = BASIC[c - 30]
        elif 41 <= c <= 47:  # a coloured ground becomes coloured letters
            style["fill"] = BASIC[c - 40]
        elif c == 7:
            style["fill"] = BASIC[1]
        elif 90 <= c <= 97:
            style["fill"] = BRIGHT[c - 90]
        elif c in (38, 48) and codes[:1] == [5]:
            style["fill"] = colour_256(codes[1])
            codes = codes[2:]


def spans(line, style):
    out = []
    for part in re.split(r"(\x1b\[[0-9;]*m)", line):
        m = re.match(r"\x1b\[([0-9;]*)m", part)
        if m:
            apply(m.group(1), style)
        elif part:
            css = "".join(f' {k}="{v}"' for k, v in style.items())
            out.append(f"<tspan{css}>{html.escape(part)}</tspan>")
    return "".join(out)


def main():
    target, most = sys.argv[1], int(sys.argv[2])
    command = sys.argv[4:]
    text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    shown = "$ merlon " + " ".join(a for a in command[1:] if not a.startswith(("--color", "--width")))
    lines = [f"\x1b[1m{shown}\x1b[0m", ""] + text.rstrip("\n").split("\n")
    if len(lines) > most:
        lines = lines[:most - 4] + ["\x1b[2m   ...\x1b[0m"] + lines[-3:]
    plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
    width, height = max(map(len, plain)) * WIDTH + 2 * PAD, len(lines) * LINE + 2 * PAD
    style, rows = {}, []
    for i, line in enumerate(lines):
        rows.append(f'<text x="{PAD}" y="{PAD + 13 + i * LINE}" xml:space="preserve">{spans(line, style)}</text>')
    with open(target, "w") as f:
        f.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
                f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{html.escape(plain[0])}">\n'
                f'<rect width="100%" height="100%" rx="8" fill="#161a22"/>\n'
                f'<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" '
                f'font-size="13.3" fill="#d7dae0">\n' + "\n".join(rows) + "\n</g></svg>\n")


main()
