/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/records.h"

bool records_same_columns(const struct records_tree *a, const struct records_tree *b)
{
    if (a->column_count != b->column_count) return false;
    for (size_t i = 0; i < a->column_count; i++)
        if (!slice_eq(a->columns[i].name, b->columns[i].name) ||
            !slice_eq(a->columns[i].type, b->columns[i].type))
            return false;
    return true;
}

static const struct records_column *named(const struct records_tree *t, struct slice name)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (slice_eq(t->columns[i].name, name)) return &t->columns[i];
    return NULL;
}

bool columns_change(const struct records_tree *old, const struct records_tree *new, size_t *at,
                    struct columns_change *ret)
{
    for (; *at < old->column_count; ++*at) { /* first those that were there */
        const struct records_column *c = &old->columns[*at];
        *ret = (struct columns_change){c, named(new, c->name)};
        if (ret->new &&slice_eq(c->type, ret->new->type)) continue;
        ++*at;
        return true;
    }
    for (; *at < old->column_count + new->column_count; ++*at) {
        const struct records_column *c = &new->columns[*at - old->column_count];
        if (named(old, c->name)) continue;
        *ret = (struct columns_change){NULL, c};
        ++*at;
        return true;
    }
    return false;
}
