/* SPDX-License-Identifier: Apache-2.0 */
/* dump_python.c - what python_parse makes of files, as lines that tests/makers/check_python.py
 * compares with CPython's ast. Files are named on standard input, one a line. */
#include "codec/python.h"
#include <stdio.h>
#include <stdlib.h>

static struct slice load(const char *name)
{
    FILE *f = fopen(name, "rb");
    if (!f) return slice_of(NULL, 0);
    size_t room = (size_t)64 << 20, n;
    uint8_t *bytes = malloc(room);
    n = bytes ? fread(bytes, 1, room, f) : 0;
    (void)fclose(f);
    return slice_of(bytes, n);
}

static void text(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) printf("%02x", s.p[i]);
}

static void node(const struct py_module *m, uint32_t id)
{
    static const char *const letters[] = {
        [PN_NAME] = "N",  [PN_STRING] = "S", [PN_BYTES] = "B",  [PN_INT] = "I",
        [PN_FLOAT] = "F", [PN_CONST] = "C",  [PN_ATTR] = "A",   [PN_CALL] = "L",
        [PN_KWARG] = "K", [PN_BINARY] = "O", [PN_LAMBDA] = "M", [PN_COMP] = "G"};
    const struct py_node *n = &m->nodes[id];
    const char *letter = n->kind < sizeof letters / sizeof *letters ? letters[n->kind] : NULL;
    if (!letter) return;
    printf("%s %u ", letter, n->line);
    if (n->kind == PN_CALL) {
        unsigned args = 0;
        for (uint32_t c = m->nodes[n->first].next; c; c = m->nodes[c].next) args++;
        printf("%u", args);
    } else if (n->kind == PN_BINARY) {
        printf("%u", n->op);
    } else {
        text(n->text);
    }
    putchar('\n');
}

static void dump(const char *name)
{
    struct arena a;
    struct py_module m;
    struct slice source = load(name);
    arena_init(&a, (size_t)512 << 20, (size_t)64 << 10);
    enum st st = python_parse(source, false, &a, &m);
    printf("FILE %s\nST %d\n", name, (int)st);
    for (size_t i = 0; i < m.error_count && i < PYTHON_ERROR_MAX; i++)
        printf("ERROR %u:%u %s\n", m.errors[i].line, m.errors[i].column, m.errors[i].what);
    for (uint32_t i = 1; i < m.node_count; i++) node(&m, i);
    for (size_t i = 0; i < m.stmt_count; i++)
        printf("T %u %d %u\n", m.stmts[i].line, (int)m.stmts[i].kind, m.stmts[i].depth);
    puts("END");
    arena_done(&a);
    free((void *)(uintptr_t)source.p);
}

int main(void)
{
    char name[4096];
    while (fgets(name, sizeof name, stdin)) {
        name[strcspn(name, "\n")] = 0;
        dump(name);
    }
    return 0;
}
