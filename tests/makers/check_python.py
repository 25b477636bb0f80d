#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""check_python.py DUMP [ROOT ...]: holds codec/python against CPython's ast over every module below ROOT
(default: the standard library and the distribution's packages). Compared, each with its line and in
the order of the source: names, attributes, calls with their number of arguments, keywords, constants,
operators, statements with their kind and depth. Exit 1 when fewer than 99.9 % of the modules agree."""
import ast
import collections
import os
import subprocess
import sys
import sysconfig
import warnings

warnings.simplefilter("ignore")
OPS = {ast.Add: 1, ast.Sub: 2, ast.Mult: 3, ast.MatMult: 4, ast.Div: 5, ast.FloorDiv: 6, ast.Mod: 7, ast.Pow: 8,
       ast.LShift: 9, ast.RShift: 10, ast.BitAnd: 11, ast.BitOr: 12, ast.BitXor: 13}
STMT = {name: i for i, name in enumerate(
    "EXPR ASSIGN AUG ANN IMPORT FROM DECORATOR DEF CLASS RETURN RAISE ASSERT DEL GLOBAL PASS IF ELIF ELSE FOR WHILE "
    "TRY EXCEPT FINALLY WITH ITEM MATCH CASE MAGIC END".split())}
SIMPLE = {ast.Expr: "EXPR", ast.AugAssign: "AUG", ast.AnnAssign: "ANN", ast.Return: "RETURN", ast.Raise: "RAISE",
          ast.Assert: "ASSERT", ast.Delete: "DEL", ast.Pass: "PASS", ast.Break: "PASS", ast.Continue: "PASS"}
OPENERS = {ast.FunctionDef: "DEF", ast.AsyncFunctionDef: "DEF", ast.ClassDef: "CLASS", ast.If: "IF", ast.For: "FOR",
           ast.AsyncFor: "FOR", ast.While: "WHILE", ast.Try: "TRY", ast.With: "WITH", ast.AsyncWith: "WITH",
           ast.Match: "MATCH"}
if hasattr(ast, "TryStar"):
    OPENERS[ast.TryStar] = "TRY"


def hexed(text):
    return (text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text).hex()


def constant(node, out):
    v = node.value
    if isinstance(v, str):
        out["S", node.lineno, hexed(v)] += 1
    elif isinstance(v, bytes):
        out["B", node.lineno, hexed(v)] += 1
    elif v is None or v is True or v is False or v is ...:
        out["C", node.lineno, hexed("..." if v is ... else str(v))] += 1
    else:
        out["I" if isinstance(v, int) and not isinstance(v, bool) else "F", node.lineno, None] += 1


def expressions(tree):
    """What of the expressions is compared, as a bag."""
    out = collections.Counter()
    inside = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):  # places of its parts differ between versions
            inside.update(id(n) for v in node.values for n in ast.walk(v))
    for node in ast.walk(tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.Constant):
            constant(node, out)
        elif isinstance(node, ast.Name):
            out["N", node.lineno, hexed(node.id)] += 1
        elif isinstance(node, ast.Attribute):
            out["A", node.end_lineno, hexed(node.attr)] += 1
        elif isinstance(node, ast.keyword) and node.arg:
            out["K", node.lineno, hexed(node.arg)] += 1
        elif isinstance(node, ast.Call):
            line = node.func.end_lineno if isinstance(node.func, ast.Attribute) else node.func.lineno
            if isinstance(node.func, (ast.Name, ast.Attribute)):
                out["L", line, str(len(node.args) + len(node.keywords))] += 1
        elif isinstance(node, ast.BinOp):
            out["O", None, str(OPS[type(node.op)])] += 1
        elif isinstance(node, ast.BoolOp):
            out["O", None, "15" if isinstance(node.op, ast.And) else "16"] += len(node.values) - 1
        elif isinstance(node, ast.Compare) and len(node.ops) > 1:  # a < b < c
            out["O", None, "15"] += len(node.ops) - 1
        elif isinstance(node, ast.Lambda):
            out["M", node.lineno, ""] += 1
        elif isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            out["G", None, ""] += 1
    return out


def statements(tree):
    """What statements there are, as a bag of (kind, line, depth)."""
    out = collections.Counter()
    pending = [(s, 0) for s in tree.body]
    while pending:
        s, depth = pending.pop()

        def tell(kind, line=s.lineno, d=depth):
            out[STMT[kind], line, d] += 1

        def body(stmts, d=depth + 1):
            pending.extend((x, d) for x in stmts)

        if type(s) in SIMPLE:
            tell(SIMPLE[type(s)])
        elif isinstance(s, ast.Assign) or type(s).__name__ == "TypeAlias":
            for _ in getattr(s, "targets", [0]):
                tell("ASSIGN")
        elif isinstance(s, (ast.Import, ast.ImportFrom)):
            for a in s.names:
                tell("IMPORT" if isinstance(s, ast.Import) else "FROM", a.lineno)
        elif isinstance(s, (ast.Global, ast.Nonlocal)):
            for _ in s.names:
                tell("GLOBAL")
        else:
            tell(OPENERS[type(s)])
            for d in getattr(s, "decorator_list", []):
                tell("DECORATOR", None)
            for i in getattr(s, "items", []):
                tell("ITEM", i.context_expr.lineno, depth + 1)
            body(getattr(s, "body", []))
            for h in getattr(s, "handlers", []):
                tell("EXCEPT", h.lineno)
                body(h.body)
            for c in getattr(s, "cases", []):
                tell("CASE", None)
                body(c.body)
            if getattr(s, "finalbody", None):
                tell("FINALLY", None)
                body(s.finalbody)
            otherwise = getattr(s, "orelse", [])
            while isinstance(s, ast.If) and len(otherwise) == 1 and isinstance(otherwise[0], ast.If) and \
                    otherwise[0].col_offset == s.col_offset:
                s = otherwise[0]
                tell("ELIF", s.lineno)
                body(s.body)
                otherwise = s.orelse
            if otherwise:
                tell("ELSE", None)
                body(otherwise)
    return out


def dumped(lines):
    """The same bags out of dump_python's lines."""
    exprs, stmts, errors, docs = collections.Counter(), collections.Counter(), [], None
    for line in lines:
        letter, _, rest = line.partition(" ")
        if letter == "END":
            break
        if letter == "ERROR":
            errors.append(rest)
        elif letter == "T":
            number, kind, depth = map(int, rest.split())
            if kind != STMT["END"]:
                free = kind in (STMT["DECORATOR"], STMT["FINALLY"], STMT["ELSE"], STMT["CASE"])
                stmts[kind, None if free else number, depth] += 1
        elif letter in "NASBICFKLOMG":
            number, _, text = rest.partition(" ")
            if letter in "IF":
                text = None
            exprs[letter, None if letter in "OG" else int(number), text] += 1
    return exprs, stmts, errors


def modules(roots):
    for root in roots:
        if os.path.isfile(root):
            yield root
        for folder, _, names in os.walk(root):
            for name in sorted(names):
                if name.endswith(".py"):
                    yield os.path.join(folder, name)


def compare(name, lines, show):
    try:
        tree = ast.parse(open(name, "rb").read())
    except (SyntaxError, ValueError, RecursionError):
        return None
    exprs, stmts, errors = dumped(lines)
    if any(isinstance(n, ast.JoinedStr) for n in ast.walk(tree)):
        want = expressions(tree)  # ours has what stands within f-strings, too
        lost = {k: v for k, v in (want - exprs).items()}
    else:
        want = expressions(tree)
        for node in ast.walk(tree):  # calls of other things than names are not counted there
            pass
        lost = dict(want - exprs)
        more = exprs - want
        lost.update({("more",) + k: v for k, v in more.items() if k[0] not in "LN"})
    other = dict(statements(tree) - stmts)
    other.update({("more",) + k: v for k, v in (stmts - statements(tree)).items()})
    if (lost or other or errors) and show:
        print(name)
        for e in errors:
            print("   error", e)
        for k, v in list(lost.items())[:6] + list(other.items())[:6]:
            text = k[-1]
            try:
                text = bytes.fromhex(text).decode()[:60]
            except (ValueError, TypeError):
                pass
            print("   ", k[:-1], repr(text), v)
    return not (lost or other or errors)


def main():
    dump, roots = sys.argv[1], sys.argv[2:]
    if not roots:
        roots = [sysconfig.get_paths()["stdlib"], "/usr/lib/python3/dist-packages"]
    names = sorted(set(modules(roots)))
    good = bad = skipped = 0
    for at in range(0, len(names), 200):
        part = names[at:at + 200]
        text = subprocess.run([dump], input="\n".join(part), capture_output=True, text=True, check=True).stdout
        for chunk in text.split("FILE ")[1:]:
            name, *lines = chunk.split("\n")
            same = compare(name, lines, bad < 25)
            good += same is True
            bad += same is False
            skipped += same is None
    print(f"check_python: {good} of {good + bad} modules agree ({100 * good / max(1, good + bad):.3f} %), "
          f"{skipped} are no Python 3 for this ast")
    return good < 0.999 * (good + bad)


if __name__ == "__main__":
    sys.exit(main())
