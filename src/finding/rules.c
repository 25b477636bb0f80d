/* SPDX-License-Identifier: Apache-2.0 */
/* rules.c - look-ups in the rule and class tables. */
#include "finding/tables.h"
#include "base/st.h"

#define ID_MAX 64 /* longer ids are never near to one of ours */

static int cmp_id(struct slice id, const char *have)
{
    return slice_cmp(id, slice_str(have));
}

size_t rule_count(void)
{
    return rules_table_count;
}

const struct rule *rule_at(size_t i)
{
    return i < rules_table_count ? &rules_table[i] : NULL;
}

const struct rule *rule_find(struct slice id)
{
    size_t lo = 0, hi = rules_table_count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = cmp_id(id, rules_table[mid].id);
        if (c == 0) return &rules_table[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

const struct control_class *class_find(struct slice id)
{
    size_t lo = 0, hi = classes_table_count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = cmp_id(id, classes_table[mid].id);
        if (c == 0) return &classes_table[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

/* Edit distance (insert, delete, replace, each 1) with one row of the matrix; a.n, b.n <= ID_MAX.
 */
static unsigned distance(struct slice a, struct slice b)
{
    unsigned row[ID_MAX + 1];
    for (unsigned k = 0; k <= b.n; k++) row[k] = k;
    for (unsigned i = 1; i <= a.n; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned k = 1; k <= b.n; k++) {
            unsigned cost = diagonal + (a.p[i - 1] != b.p[k - 1]);
            diagonal = row[k];
            row[k] = min3(row[k] + 1, row[k - 1] + 1, cost);
        }
    }
    return row[b.n];
}

/* What people leave out: "pickle-exec" means "model.pickle-exec". */
static const struct rule *by_last_part(struct slice id)
{
    const struct rule *found = NULL;
    for (size_t i = 0; i < rules_table_count; i++) {
        struct slice have = slice_str(rules_table[i].id);
        if (have.n <= id.n || !slice_ends(have, id)) continue;
        if (slice_sub(have, have.n - id.n - 1, 1).p[0] != '.') continue;
        if (found) return NULL; /* two rules end so: no guess */
        found = &rules_table[i];
    }
    return found;
}

const struct rule *rule_nearest(struct slice id)
{
    if (!id.n || id.n > ID_MAX) return NULL;
    const struct rule *best = by_last_part(id);
    if (best) return best;
    unsigned limit = (unsigned)id.n / 3 + 1, least = limit + 1;
    for (size_t i = 0; i < rules_table_count; i++) {
        struct slice have = slice_str(rules_table[i].id);
        if (have.n > ID_MAX) continue;
        unsigned d = distance(id, have);
        if (d >= least) continue;
        least = d;
        best = &rules_table[i];
    }
    return best;
}
