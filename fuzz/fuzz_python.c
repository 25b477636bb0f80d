/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_python.c - modules and cells: the tree keeps what codec/python.h promises. */
#include "codec/python.h"
#include "fuzz.h"
#include <stdlib.h>

static void expect(bool is)
{
    if (!is) abort();
}

static void check_node(const struct py_module *m, uint32_t id, size_t size)
{
    const struct py_node *n = &m->nodes[id];
    expect(n->offset <= size && n->end <= size && n->line && n->column);
    for (uint32_t c = n->first, last = 0; c; last = c, c = m->nodes[c].next)
        expect(c < id && c > last); /* children first, in order */
    volatile uint8_t byte = 0;
    if (n->text.n) byte = n->text.p[0] + n->text.p[n->text.n - 1];
    (void)byte;
}

static void check_stmt(const struct py_module *m, uint32_t at, size_t size)
{
    const struct py_stmt *s = &m->stmts[at];
    expect(s->offset <= size && s->end <= size && s->line && s->column);
    expect(s->node_from <= s->node_to && s->node_to <= m->node_count);
    expect(s->block == PYTHON_NO_STMT || s->block < at);
    expect(s->next == PYTHON_NO_STMT || (s->next > at && s->next < m->stmt_count));
    for (unsigned i = 0; i < 3; i++) expect(s->expr[i] < m->node_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct py_module m;
    bool magics = size && data[0] & 1;
    arena_init(&arena, 64u << 20, 4096);
    enum st st = python_parse(slice_of(data, size), magics, &arena, &m);
    expect(st == ST_OK || st == ST_LIMIT || st == ST_NOMEM);
    for (uint32_t i = 1; i < m.node_count; i++) check_node(&m, i, size);
    for (uint32_t i = 0, from = 0; i < m.stmt_count; i++) {
        check_stmt(&m, i, size);
        expect(m.stmts[i].node_from >= from || m.stmts[i].node_from == m.stmts[i].node_to);
        from = m.stmts[i].node_from;
    }
    arena_done(&arena);
    return 0;
}
