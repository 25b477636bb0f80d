/* SPDX-License-Identifier: Apache-2.0 */
#include "port/vectorscan/literals.h"
#include "base/cpu.h"
#include <hs/hs_common.h>
#include <hs/hs_runtime.h>

struct literal_db {
    hs_database_t *db;
    hs_scratch_t *scratch;
};

/* What the library's oldest code path wants; its own test for this is not in the runtime library.
 */
static bool processor_will_do(void)
{
#if defined(__x86_64__)
    return cpu_sse42();
#else
    return true;
#endif
}

struct literal_db *literal_db_open(struct slice serialized)
{
    struct literal_db *l = calloc(1, sizeof *l);
    if (!l) return NULL;
    if (processor_will_do() &&
        hs_deserialize_database((const char *)serialized.p, serialized.n, &l->db) == HS_SUCCESS &&
        hs_alloc_scratch(l->db, &l->scratch) == HS_SUCCESS)
        return l;
    literal_db_free(l);
    return NULL;
}

void literal_db_free(struct literal_db *l)
{
    if (!l) return;
    if (l->scratch) (void)hs_free_scratch(l->scratch);
    if (l->db) (void)hs_free_database(l->db);
    free(l);
}

struct hits {
    literal_fn *on_hit;
    void *ctx;
};

static int on_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                    void *ctx)
{
    struct hits *h = ctx;
    (void)from;
    (void)flags;
    h->on_hit(h->ctx, id, (size_t)to);
    return 0;
}

void literal_db_scan(struct literal_db *l, struct slice text, literal_fn *on_hit, void *ctx)
{
    struct hits h = {on_hit, ctx};
    (void)hs_scan(l->db, (const char *)text.p, (unsigned)text.n, 0, l->scratch, on_match, &h);
}
