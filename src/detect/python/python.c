/* SPDX-License-Identifier: Apache-2.0 */
/* python.c - one Python module to those who judge it. */
#include "detect/python/rows.h"
#include "detect/python/taint_judge.h"

#define MODULE_ARENA_MAX (128u << 20)

void judge_module(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct arena arena;
    struct module m;
    size_t cap = j->arena->cap;
    arena_init(&arena, cap < MODULE_ARENA_MAX ? cap : MODULE_ARENA_MAX, j->arena->chunk);
    enum st st = module_read(&m, &arena, r->budget, ev->module);
    if (st == ST_OK || (st == ST_LIMIT && m.walk)) {
        const uint8_t *told = NULL;
        if (taint_judge(j, r, &m, &told) != ST_OK) st = ST_LIMIT;
        rows_judge(j, r, &m, told);
    }
    if (st != ST_OK || m.nomem || m.names.nomem)
        judge_missed(j, r, 0, "The code is too long to be followed to its end", S(""));
    arena_done(&arena);
}
