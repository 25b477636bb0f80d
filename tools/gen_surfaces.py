#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""gen_surfaces.py RULES_DIR OUT.c - rules/surfaces.tsv and rules/surface-shapes.tsv as the graph that
src/guard/surface/surface_walk.c follows: a node per place of a shape, an edge per key. Every complaint names file and row; the
exit code is then 1.
"""
import pathlib
import sys

sys.dont_write_bytecode = True
from rule_tables import Bad, Pool, bad, quote, read_tsv

ROLES = ("system", "user", "assistant", "tool")
CHANNELS = ("text", "tool_definition", "tool_call", "tool_result", "document", "data_uri", "input", "thinking", "other")
FLAGS = ("grow", "base64", "vector", "file", "tokens", "json", "open", "count", "opaque")
INDEXES = ("output", "content", "call")
ENDS = ("flow", "output", "all")
TAKES = ("role", "type", "model", "stream", "id", "created", "sequence", "method", "rpc", "done")
FAMILIES = ("openai", "anthropic", "ollama", "oip", "tfserving", "mlflow", "mcp")
MORE = ("csv", "binary", "done")
EDGES_MAX = 64  # of one node: the walker remembers in a word which keys it saw


class Edge:
    def __init__(self, key, to):
        self.key, self.to, self.role, self.channel, self.need = key, to, None, None, False


class Node:
    def __init__(self):
        self.edges, self.any, self.item, self.words = {}, None, None, []
        self.channel, self.flags, self.take, self.index, self.end = "other", set(), None, None, None
        self.deep = None  # what ** leads to

    def below(self):
        """The node of everything below: it leads to itself."""
        if not self.deep:
            self.deep = Node()
            self.deep.any, self.deep.item = Edge(None, self.deep), Edge(None, self.deep)
            self.any, self.item = Edge(None, self.deep), Edge(None, self.deep)
        return self.deep


class Word:
    def __init__(self, text):
        self.text, self.role, self.channel, self.end, self.flags = text, None, None, None, set()


def steps_of(path):
    """'a[].b' as ['a', '[]', 'b']."""
    if path == ".":
        return []
    out = []
    for part in path.split("."):
        key = part.replace("[]", "")
        out += ([key] if key else []) + ["[]"] * part.count("[]")
    return out


def step(node, name, where):
    """The edge of a step, made where it is not there yet."""
    if name == "[]":
        node.item = node.item or Edge(None, Node())
        return node.item
    if name == "*":
        node.any = node.any or Edge(None, Node())
        return node.any
    if name not in node.edges:
        node.edges[name] = Edge(name, Node())
        if len(node.edges) > EDGES_MAX:
            bad(*where, f"more than {EDGES_MAX} keys at one place")
    return node.edges[name]


def apply(words, node, edge, shapes, where):
    for word in words:
        name, _, value = word.partition("=")
        if word in CHANNELS:
            node.channel = word
        elif word in FLAGS:
            node.flags.add(word)
        elif word == "need" and edge:
            edge.need = True
        elif name == "role" and value in ROLES and edge:
            edge.role = value
        elif name == "as" and value in CHANNELS and edge:
            edge.channel = value
        elif name == "index" and value in INDEXES:
            node.index = value
        elif name == "end" and value in ENDS:
            node.end = value
        elif name == "take" and value in TAKES:
            node.take = value
        elif not word.startswith("@"):
            bad(*where, f"{word!r} is not understood here")


def apply_type(words, text, where):
    out = Word(text)
    for word in words:
        name, _, value = word.partition("=")
        if name == "role" and value in ROLES:
            out.role = value
        elif name == "as" and value in CHANNELS:
            out.channel = value
        elif name == "end" and value in ENDS:
            out.end = value
        elif word in ("base64", "open", "json"):
            out.flags.add(word)
        else:
            bad(*where, f"{word!r} says nothing about a type")
    return out


def add_row(root, path, what, shapes, where):
    words = what.split()
    alias = [w[1:] for w in words if w.startswith("@")]
    if path.startswith("type="):
        root.words.append(apply_type(words, path[5:], where))
        return
    node, edge = root, None
    steps = steps_of(path)
    for i, name in enumerate(steps):
        if name == "**" and i == len(steps) - 1:  # here, and all below
            deep = node.below()
            deep.channel = next((w for w in words if w in CHANNELS), "other")
            deep.flags |= {"opaque"} & set(words)
            apply(words, node, edge, shapes, where)
            return
        if name == "**":  # a key wherever it stands below
            deep = node.below()
            target = step(node, steps[i + 1], where).to
            deep.edges[steps[i + 1]] = Edge(steps[i + 1], target)
            apply(words, target, node.edges[steps[i + 1]], shapes, where)
            return
        edge = step(node, name, where)
        node = edge.to
    if alias:
        if alias[0] not in shapes:
            bad(*where, f"there is no shape {alias[0]}")
        edge.to = shapes[alias[0]]
        words = [w for w in words if w.partition("=")[0] in ("need", "role", "as")]
    apply(words, node, edge, shapes, where)


def read_shapes(path):
    rows = list(read_tsv(path, ("shape", "path", "what")))
    shapes = {}
    for _, row in rows:
        shapes.setdefault(row["shape"], Node())
    seen = set()
    for number, row in rows:
        head, _, keys = row["path"].rpartition(".") if row["path"] != "." else ("", "", ".")
        for key in keys.split(","):
            one = f"{head}.{key}" if head else key
            if (row["shape"], one) in seen:
                bad(path, number, f"{one} stands twice")
            seen.add((row["shape"], one))
            add_row(shapes[row["shape"]], one, row["what"], shapes, (path, number))
    return shapes


def all_nodes(shapes):
    """Every node, the one of any JSON first: it is what an unknown key leads to."""
    out, queue = [], [shapes["any"].deep] + [s for n, s in shapes.items() if n != "any"]
    seen = {id(shapes["any"])}
    while queue:
        node = queue.pop(0)
        if id(node) in seen:
            continue
        seen.add(id(node))
        out.append(node)
        queue += [e.to for e in [*node.edges.values(), node.any, node.item] if e]
    return out


def bits(flags):
    return " | ".join("WALK_" + f.upper() for f in sorted(flags)) or "0"


def enum(prefix, value, none):
    return prefix + value.upper() if value else none


def is_owner(node):
    """Can an object of this node say who speaks?"""
    return any(e.to.take == "role" for e in node.edges.values()) or any(w.role for w in node.words)


class Tables:
    def __init__(self, shapes):
        self.pool, self.nodes, self.edges, self.words = Pool("walk_names"), [], [], []
        order = all_nodes(shapes)
        self.index = {id(n): i for i, n in enumerate(order)}
        self.index[id(shapes["any"])] = 0
        self.edge(Edge(None, order[0]))
        for node in order:
            self.node(node)

    def edge(self, e):
        text = e.key or ""
        self.edges.append(f"{{{self.pool.place(text)}, {len(text)}, {self.index[id(e.to)]}, "
                          f"{enum('PART_', e.role, 'PART_ROLES')}, {enum('PART_', e.channel, 'PART_CHANNELS')}, "
                          f"{int(e.need)}}}")
        return len(self.edges) - 1

    def node(self, n):
        first = len(self.edges)
        for e in n.edges.values():
            self.edge(e)
        any_edge = self.edge(n.any) if n.any else 0
        item = self.edge(n.item) if n.item else 0
        word = len(self.words)
        for w in n.words:
            self.words.append(f"{{{self.pool.place(w.text)}, {len(w.text)}, {enum('PART_', w.role, 'PART_ROLES')}, "
                              f"{enum('PART_', w.channel, 'PART_CHANNELS')}, {enum('FLOW_', w.end, 'FLOW_GOES_ON')}, "
                              f"{bits(w.flags)}}}")
        flags = set(n.flags) | ({"owner"} if is_owner(n) else set())
        flags |= {"need"} if any(e.need for e in n.edges.values()) else set()
        self.nodes.append(f"{{{first}, {len(n.edges)}, {any_edge}, {item}, {word}, {len(n.words)}, {bits(flags)}, "
                          f"PART_{n.channel.upper()}, {enum('TAKE_', n.take, 'TAKE_NOTHING')}, "
                          f"{enum('INDEX_', n.index, 'INDEX_NONE')}, {enum('FLOW_', n.end, 'FLOW_GOES_ON')}}}")

    def array(self, kind, name, rows):
        return f"const struct {kind} {name}[] = {{\n" + "".join(f"    {r},\n" for r in rows) + "};\n\n"

    def c(self):
        return (self.pool.c() + self.array("walk_node", "walk_nodes", self.nodes) +
                self.array("walk_edge", "walk_edges", self.edges) +
                self.array("walk_word", "walk_words", self.words or ["{0}"]) +
                f"const size_t walk_edge_count = {len(self.edges)};\n\n")


def surface_row(path, number, row, shapes, tables):
    def shape(name):
        if name == "-":
            return "WALK_NO_SHAPE"
        if name not in shapes:
            bad(path, number, f"there is no shape {name}")
        return str(tables.index[id(shapes[name])])
    if row["family"] not in FAMILIES:
        bad(path, number, f"{row['family']!r} is none of {', '.join(FAMILIES)}")
    more = row["more"].split()
    for word in more:
        if word not in MORE:
            bad(path, number, f"{word!r} is none of {', '.join(MORE)}")
    return (f"{{{quote(row['surface'])}, {quote(row['method'])}, {quote(row['path'])}, "
            f"FAMILY_{row['family'].upper()}, {shape(row['request'])}, {shape(row['answer'])}, {shape(row['event'])}, "
            f"{' | '.join('SURFACE_' + w.upper() for w in more) or '0'}}}")


def generate(rules):
    shapes = read_shapes(rules / "surface-shapes.tsv")
    tables = Tables(shapes)
    path = rules / "surfaces.tsv"
    columns = ("surface", "family", "method", "path", "request", "answer", "event", "more")
    rows = [surface_row(path, n, r, shapes, tables) for n, r in read_tsv(path, columns)]
    return ("/* Made from rules/surfaces.tsv and rules/surface-shapes.tsv by tools/gen_surfaces.py. */\n"
            '#include "guard/surface/surface_walk.h"\n\n' + tables.c() + tables.array("surface", "surface_rows", rows) +
            f"const size_t surface_row_count = {len(rows)};\n")


def main():
    rules, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    try:
        text = generate(rules)
    except Bad as e:
        print(e, file=sys.stderr)
        return 1
    out.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
