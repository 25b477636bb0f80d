/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/relate.h"
#include "base/map.h"
#include "finding/rules.h"

struct relate_held {
    struct relate_held *next;
    struct finding finding;
};

bool relate_hold(struct relate *rel, struct arena *a, const struct finding *f)
{
    if (!slice_eq(slice_str(f->rule->id), S("model.shard-missing")) || !f->field.n) return false;
    struct relate_held *h = ARENA_NEW(a, struct relate_held);
    if (!h) return false;
    h->finding = *f;
    h->next = rel->held;
    rel->held = h;
    return true;
}

/* "dir/model.index.json" and "part" give "dir/part". */
static struct slice beside(struct arena *a, struct slice path, struct slice name)
{
    size_t slash = slice_rfind_byte(path, '/');
    if (slice_starts(name, S("./"))) name = slice_sub(name, 2, name.n);
    if (slash == SIZE_MAX) return name;
    struct slice dir = slice_sub(path, 0, slash + 1);
    return arena_printf(a, "%.*s%.*s", SLICE_ARG(dir), SLICE_ARG(name));
}

static bool index_subjects(struct map *m, const struct result *r)
{
    for (size_t i = 0; i < r->subject_count; i++)
        if (!map_put(m, r->subjects[i].path, (union map_value){.num = 1}, NULL)) return false;
    return true;
}

bool relate_settle(struct relate *rel, struct result *r, bool whole,
                   void (*add)(void *ctx, struct finding *f), void *ctx)
{
    struct map subjects;
    union map_value v;
    if (!whole || !rel->held) return true;
    map_init(&subjects, r->arena, 0);
    if (!index_subjects(&subjects, r)) return false;
    for (struct relate_held *h = rel->held; h; h = h->next) {
        struct slice path = beside(r->arena, h->finding.path, h->finding.field);
        if (!path.p) return false;
        if (!map_get(&subjects, path, &v)) add(ctx, &h->finding);
    }
    return true;
}
