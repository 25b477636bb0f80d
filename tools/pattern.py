# SPDX-License-Identifier: Apache-2.0
"""pattern.py - regular expressions of the detectors' tables as programs of the small matcher.

The subset: classes, literals, (?:...), |, {m,n} and {m,n}?, ?, \\b, (?i), one capturing group (the value),
look-ahead and look-behind of one class. Everything is bounded; bytes, not characters.

A program is a list of words (see src/detect/engine/pattern.h):
    SET s | RUN s m n (no way back) | REP s m n | LAZY s m n | SPLIT a b | JMP a | BOUND | AHEAD s | BEHIND s
    | OPEN | CLOSE | END
"""
import random
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
        import re._constants as sc
        import re._parser as sp
    except ImportError:
        import sre_constants as sc
        import sre_parse as sp

SET, RUN, REP, LAZY, SPLIT, JMP, BOUND, AHEAD, BEHIND, OPEN, CLOSE, END = range(12)
ALL = (1 << 256) - 1
SPACES = sum(1 << c for c in b" \t\n\r\f\v")
DIGITS = sum(1 << c for c in b"0123456789")
WORD = DIGITS | sum(1 << c for c in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
REPEAT_MAX = 4096


class BadPattern(Exception):
    pass


def chars(mask):
    return [c for c in range(256) if mask >> c & 1]


def fold(mask):
    for c in chars(mask):
        if 65 <= c <= 90:
            mask |= 1 << (c + 32)
        elif 97 <= c <= 122:
            mask |= 1 << (c - 32)
    return mask


def category(which):
    table = {sc.CATEGORY_DIGIT: DIGITS, sc.CATEGORY_SPACE: SPACES, sc.CATEGORY_WORD: WORD,
             sc.CATEGORY_NOT_DIGIT: ALL & ~DIGITS, sc.CATEGORY_NOT_SPACE: ALL & ~SPACES,
             sc.CATEGORY_NOT_WORD: ALL & ~WORD}
    return table[which]


class Parser:
    """The tree that Python's own parser makes, as ('set', m), ('cat', l), ('alt', l), ('rep', n, a, b, lazy), ..."""

    def __init__(self, text):
        self.tree = sp.parse(text)
        self.nocase = bool(self.tree.state.flags & sc.SRE_FLAG_IGNORECASE)
        self.node = self.cat(self.tree)

    def one(self, code):
        if code < 128:
            mask = 1 << code
            return ("set", fold(mask) if self.nocase else mask)
        return ("cat", [("set", 1 << b) for b in chr(code).encode()])

    def inside(self, items):
        mask, wide, negate = 0, [], False
        for op, arg in items:
            if op is sc.NEGATE:
                negate = True
            elif op is sc.LITERAL and arg < 128:
                mask |= 1 << arg
            elif op is sc.LITERAL:
                wide.append(self.one(arg))
            elif op is sc.RANGE and arg[1] < 128:
                mask |= sum(1 << c for c in range(arg[0], arg[1] + 1))
            elif op is sc.CATEGORY:
                mask |= category(arg)
            else:
                raise BadPattern(f"{op} in a class")
        if self.nocase:
            mask = fold(mask)
        if negate:
            mask = ALL & ~mask
        return ("alt", [("set", mask), *wide]) if wide else ("set", mask)

    def cat(self, items):
        return ("cat", [self.item(op, arg) for op, arg in items])

    def look(self, arg, negative):
        direction, body = arg
        node = self.cat(body)[1]
        if len(node) != 1 or node[0][0] != "set":
            raise BadPattern("a look-around takes one class")
        mask = node[0][1]
        return ("ahead" if direction > 0 else "behind", mask if negative else ALL & ~mask)

    def item(self, op, arg):
        if op is sc.LITERAL:
            return self.one(arg)
        if op is sc.NOT_LITERAL:
            return ("set", ALL & ~(1 << arg))
        if op is sc.ANY:
            return ("set", ALL & ~(1 << 10))
        if op is sc.IN:
            return self.inside(arg)
        if op is sc.BRANCH:
            return ("alt", [self.cat(x) for x in arg[1]])
        if op is sc.SUBPATTERN:
            body = self.cat(arg[3])
            if arg[0] is None:
                return body
            return ("cat", [("open",), body, ("close",)])
        if op in (sc.MAX_REPEAT, sc.MIN_REPEAT):
            low, high, body = arg
            if high is sc.MAXREPEAT or high > REPEAT_MAX:
                raise BadPattern("repeats must have a bound")
            return ("rep", self.cat(body), low, high, op is sc.MIN_REPEAT)
        if op is sc.AT and arg is sc.AT_BOUNDARY:
            return ("bound",)
        if op is sc.ASSERT_NOT:
            return self.look(arg, True)
        if op is sc.ASSERT:
            return self.look(arg, False)
        raise BadPattern(f"{op} is not supported")


def parse(text):
    return simplify(Parser(text).node)


def simplify(n):
    if n[0] == "cat":
        out = []
        for x in (simplify(x) for x in n[1]):
            out += x[1] if x[0] == "cat" else [x]
        return out[0] if len(out) == 1 else ("cat", out)
    if n[0] == "alt":
        items = [simplify(x) for x in n[1]]
        if all(x[0] == "set" for x in items):
            mask = 0
            for x in items:
                mask |= x[1]
            return ("set", mask)
        return ("alt", items)
    if n[0] == "rep":
        body = simplify(n[1])
        return body if n[2] == n[3] == 1 else ("rep", body, *n[2:])
    return n


ZERO = ("bound", "open", "close", "ahead", "behind")


def alternatives(node):
    """What a match can begin with, each anchored by itself: the first choice of the pattern, taken apart."""
    if node[0] == "alt":
        return [x for y in node[1] for x in alternatives(y)]
    if node[0] == "cat":
        for i, x in enumerate(node[1]):
            if x[0] == "alt":
                return [y for a in x[1] for y in alternatives(simplify(("cat", [*node[1][:i], a, *node[1][i + 1:]])))]
            if x[0] not in ZERO and not (x[0] == "set" and i < 5):
                break
    return [node]


def width(n):
    kind = n[0]
    if kind == "set":
        return 1, 1
    if kind == "cat":
        w = [width(x) for x in n[1]]
        return sum(a for a, _ in w), sum(b for _, b in w)
    if kind == "alt":
        w = [width(x) for x in n[1]]
        return min(a for a, _ in w), max(b for _, b in w)
    if kind == "rep":
        a, b = width(n[1])
        return a * n[2], b * n[3]
    return 0, 0


def first(n):
    """(bytes that can come first, may be empty)"""
    kind = n[0]
    if kind == "set":
        return n[1], False
    if kind == "cat":
        mask = 0
        for x in n[1]:
            m, empty = first(x)
            mask |= m
            if not empty:
                return mask, False
        return mask, True
    if kind == "alt":
        parts = [first(x) for x in n[1]]
        mask = 0
        for m, _ in parts:
            mask |= m
        return mask, any(e for _, e in parts)
    if kind == "rep":
        m, empty = first(n[1])
        return m, empty or n[2] == 0
    return 0, True


class Sets:
    """Each class of bytes once, for all programs."""

    def __init__(self):
        self.index = {}

    def of(self, mask):
        return self.index.setdefault(mask, len(self.index))


def edge(before, n):
    """\\b behind a class with "-" in it: the value may end in one, and then nothing of the class may follow."""
    body = before[1] if before[0] == "rep" else before
    if n[0] != "bound" or body[0] != "set" or not body[1] & ~WORD or not body[1] & WORD:
        return n
    return ("ahead", body[1] | WORD)


class Emitter:
    def __init__(self, sets):
        self.sets, self.code = sets, []

    def emit(self, n, after):
        """`after`: (bytes that can follow, may the match end there)"""
        kind, code = n[0], self.code
        if kind == "set":
            code += [SET, self.sets.of(n[1])]
        elif kind == "cat":
            for i, x in enumerate(n[1]):
                x = edge(n[1][i - 1], x) if i else x
                rest, empty = first(("cat", n[1][i + 1:]))
                self.emit(x, (rest | (after[0] if empty else 0), empty and after[1]))
        elif kind == "alt":
            self.alt(n[1], after)
        elif kind == "rep":
            self.rep(n, after)
        elif kind in ("ahead", "behind"):
            code += [AHEAD if kind == "ahead" else BEHIND, self.sets.of(n[1])]
        else:
            code.append({"bound": BOUND, "open": OPEN, "close": CLOSE}[kind])

    def alt(self, items, after):
        ends = []
        for x in items[:-1]:
            at = len(self.code)
            self.code += [SPLIT, at + 3, 0]
            self.emit(x, after)
            ends.append(len(self.code))
            self.code += [JMP, 0]
            self.code[at + 2] = len(self.code)
        self.emit(items[-1], after)
        for at in ends:
            self.code[at + 1] = len(self.code)

    def rep(self, n, after):
        _, body, low, high, lazy = n
        if body[0] == "set":
            # Where what follows cannot begin inside the run, there is never a reason to give back.
            alone = low == high or (not lazy and not body[1] & after[0] and not after[1])
            op = RUN if alone else LAZY if lazy else REP
            self.code += [op, self.sets.of(body[1]), low, high]
            return
        again = (first(body)[0] | after[0], after[1])
        for _ in range(low):
            self.emit(body, again)
        splits = []
        for _ in range(high - low):
            at = len(self.code)
            self.code += [SPLIT, at + 3, 0]
            splits.append(at)
            self.emit(body, again)
        for at in splits:
            self.code[at + 2] = len(self.code)
            if lazy:
                self.code[at + 1], self.code[at + 2] = self.code[at + 2], self.code[at + 1]


def compile_node(node, sets):
    e = Emitter(sets)
    # A match may end where a longer run would go on: REP at the very end never gives back anyhow.
    e.emit(node, (0, False))
    e.code.append(END)
    if len(e.code) > 60000:
        raise BadPattern("the program is too long")
    return e.code


# ---- literals: texts of which every match holds one, at a bounded distance from its start

VARIANTS_MAX = 24
RARE = (b"T3BlbkFJ",)
COMMON = b"https"  # texts are full of it


def strings(n):
    """All texts of this node, as lists of masks, when they are few; else None."""
    if n[0] == "set":
        folded = fold(n[1])
        if len(chars(n[1])) == 1 or (folded == n[1] and len(chars(n[1])) == 2 and chr(chars(n[1])[0]).isalpha()):
            return [[n[1]]]
        c = chars(n[1])
        return [[1 << x] for x in c] if len(c) <= 16 else None
    if n[0] == "cat":
        out = [[]]
        for x in n[1]:
            s = strings(x)
            if s is None or len(out) * len(s) > VARIANTS_MAX:
                return None
            out = [a + b for a in out for b in s]
        return out
    if n[0] == "alt":
        out = []
        for x in n[1]:
            s = strings(x)
            if s is None:
                return None
            out += s
        return out if len(out) <= VARIANTS_MAX else None
    if n[0] == "rep" and n[2] == n[3] and n[2] <= 32:
        s = strings(n[1])
        return [s[0] * n[2]] if s and len(s) == 1 else None
    if n[0] in ("bound", "open", "close", "ahead", "behind"):
        return [[]]
    return None


FOLLOW_MOST = 6


def takes_from(out, mask):
    """Could one of the runs before have taken bytes that belong to what comes next?"""
    for before, low, high in reversed(out):
        if before & mask and low != high:
            return True
        if low:
            break
    return False


def follow(items, j, last):
    """What stands behind item j, as [bytes, least, most]: runs that are taken greedily, each without a byte of the next one, so
    that a text that fails them fails the pattern. Of a run whose first byte is in the literal, `last`, one is taken already."""
    todo = list(items[j + 1:])
    if last:
        todo.insert(0, ("rep", items[j][1], items[j][2] - 1, items[j][3] - 1, False))
    out = []
    while todo and len(out) < FOLLOW_MOST:
        x = todo.pop(0)
        if x[0] in ("open", "close"):
            continue
        if x[0] == "cat":
            todo[:0] = x[1]
            continue
        x = ("rep", x, 1, 1, False) if x[0] == "set" else x
        if x[0] != "rep" or x[1][0] != "set" or takes_from(out, x[1][1]):
            break
        out.append([x[1][1], x[2], min(x[3], 255)])
        if x[3] > 255 or x[2] > 255:
            break
    while out and not out[-1][1]:
        out.pop()
    if out:
        out[-1][1] = min(out[-1][1], 16)
        out[-1][2] = out[-1][1]
    return out


def anchors(node):
    """Best literals of one alternative: (list of (text, nocase), least, most bytes before it, what must follow)."""
    items = node[1] if node[0] == "cat" else [node]
    best = None
    for i in range(len(items)):
        run, before = [[]], ("cat", items[:i])
        for j in range(i, len(items)):
            s, last = strings(items[j]), False
            if s is None and items[j][0] == "rep" and items[j][2] and min(map(len, run)) < 3:
                s, last = strings(items[j][1]), True  # the first of several
            if s is None or len(run) * len(s) > VARIANTS_MAX:
                break
            run = [a + b for a in run for b in s]
            least = min(len(r) for r in run)
            low, high = width(before)
            if least < 3 or high > 400:
                continue
            # few texts, long ones, and a known distance
            score = min(least, 8) * 4 - len(run) - (high - low) // 4
            if all(bytes(chars(m)[0] for m in r).startswith(COMMON) and len(r) <= 8 for r in run):
                score -= 20
            if all(bytes(chars(m)[0] for m in r) in RARE for r in run):
                score += 40
            score = (score, least, -i)
            if best is None or score > best[0]:
                best = (score, run, low, high, follow(items, j, last))
            if last:
                break
    if best is None:
        return None
    out = []
    for r in best[1]:
        after = best[4] if len(r) <= 24 else []
        r = r[:24]
        nocase = any(len(chars(m)) == 2 for m in r)
        text = bytes(chars(m)[-1] if len(chars(m)) == 2 else chars(m)[0] for m in r)
        out.append((text.lower() if nocase else text, nocase))
    return sorted(set(out)), best[2], best[3], after


# ---- the shape table: which patterns can begin with so many digits (capitals) and then that

UPPER = sum(1 << c for c in range(65, 91))
SHAPE_MAX = 24
NEXT = (("other", ALL & ~(DIGITS | UPPER | sum(1 << c for c in b" -./+("))), ("alnum", DIGITS | UPPER),
        ("blank", 1 << 32), ("dash", 1 << 45), ("dot", 1 << 46), ("slash", 1 << 47), ("sign", 1 << 43 | 1 << 40))
LEAD = sum(1 << c for c in b"+(-")


class Walker:
    """All states that a program can be in, over classes of bytes."""

    def __init__(self, code, masks):
        self.code, self.masks = code, masks

    def close(self, states):
        todo, seen = list(states), set()
        while todo:
            pc, count = todo.pop()
            if (pc, count) in seen:
                continue
            seen.add((pc, count))
            op = self.code[pc]
            if op == SPLIT:
                todo += [(self.code[pc + 1], 0), (self.code[pc + 2], 0)]
            elif op == JMP:
                todo.append((self.code[pc + 1], 0))
            elif op in (BOUND, OPEN, CLOSE):
                todo.append((pc + 1, 0))
            elif op in (AHEAD, BEHIND):
                todo.append((pc + 2, 0))
            elif op in (RUN, REP, LAZY) and count >= self.code[pc + 2]:
                todo.append((pc + 4, 0))
        return seen

    def step(self, states, mask):
        out = set()
        for pc, count in states:
            op = self.code[pc]
            if op == SET and self.masks[self.code[pc + 1]] & mask:
                out.add((pc + 2, 0))
            elif op in (RUN, REP, LAZY) and self.masks[self.code[pc + 1]] & mask and count < self.code[pc + 3]:
                out.add((pc, count + 1))
        return self.close(out)

    def ends(self, states):
        return any(self.code[pc] == END for pc, _ in states)


def shapes(code, sets):
    """Set of (0 digits / 1 capitals first, how many, index of NEXT)."""
    w = Walker(code, list(sets.index))
    start = w.close({(0, 0)})
    for _ in range(3):
        start = start | w.step(start, LEAD)
    out = set()
    for kind, mask in ((0, DIGITS), (1, UPPER)):
        states = start
        for n in range(1, SHAPE_MAX + 1):
            states = w.step(states, mask)
            if not states:
                break
            other = UPPER if kind == 0 else DIGITS
            for i, (_, follow) in enumerate(NEXT):
                follow = other if i == 1 else follow
                if w.step(states, follow) or (w.ends(states) and i != 1):
                    out.add((kind, n, i))
        while states and n >= SHAPE_MAX:  # longer than the table: its last line
            states, n = w.step(states, mask), n + 1
            if states:
                out |= {(kind, SHAPE_MAX, i) for i in range(len(NEXT))}
            if n > 64:
                break
    return out


# ---- made-up examples

def example(n, rng):
    kind = n[0]
    if kind == "set":
        allowed = [c for c in chars(n[1]) if c in GOOD_EXAMPLE] or [c for c in chars(n[1]) if c == 32] or chars(n[1])
        return bytes([rng.choice(allowed)])
    if kind == "cat":
        return b"".join(example(x, rng) for x in n[1])
    if kind == "alt":
        return example(rng.choice(n[1]), rng)
    if kind == "rep":
        return b"".join(example(n[1], rng) for _ in range(rng.randint(n[2], min(n[3], n[2] + 40))))
    return b""


GOOD_EXAMPLE = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")


def seeded(text):
    return random.Random(text)
