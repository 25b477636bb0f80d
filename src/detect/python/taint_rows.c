/* SPDX-License-Identifier: Apache-2.0 */
/* taint_rows.c - the rows of the tables that fit a name. */
#include "detect/python/taint_part.h"

/* The last step as the tables' groups have it: "create", "()", "[]", "?llm". */
static struct slice last_step(struct slice full)
{
    if (slice_ends(full, S("()")) || slice_ends(full, S("[]")))
        return slice_sub(full, full.n - 2, 2);
    size_t dot = slice_rfind_byte(full, '.'), round = slice_rfind_byte(full, ')');
    size_t at = dot == SIZE_MAX ? 0 : dot + 1;
    if (round != SIZE_MAX && round + 1 > at) at = round + 1;
    return slice_sub(full, at, full.n);
}

/* chain.invoke of a chain that nobody knows: ?chain.invoke */
static struct slice written(const struct taint_flow *t, uint32_t node, uint8_t *text)
{
    struct slice source = module_source(t->m, node);
    size_t n = 0;
    if (source.n + 1 > TAINT_WRITTEN || !expr_root(t->m, node)) return slice_of(NULL, 0);
    text[n++] = '?';
    for (size_t i = 0; i < source.n; i++) {
        uint8_t c = source.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '_' || c == '.' || c >= 0x80;
        if (!plain) return slice_of(NULL, 0);
        text[n++] = c;
    }
    return slice_of(text, n);
}

void taint_names(const struct taint_flow *t, uint32_t node, struct taint_names *ret)
{
    ret->count = 0;
    const struct value *v = node ? module_value(t->m, node) : NULL;
    for (; v && ret->count < VALUES_MAX; v = v->other)
        if (v->name) ret->full[ret->count++] = v->name->full;
    bool vague = !ret->count || (ret->count < VALUES_MAX && ret->full[0].p[0] == '?');
    if (!vague || !node) return;
    /* self.chain.run says more than ?c.run, if it was c that became chain */
    struct slice text = written(t, node, ret->written);
    if (text.n && !(ret->count && slice_eq(ret->full[0], text))) ret->full[ret->count++] = text;
}

static const struct flow_group *group_of(const struct flow_group *groups, size_t count,
                                         struct slice last)
{
    size_t lo = 0, hi = count;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int c = slice_cmp(last, flow_text(groups[mid].last));
        if (c == 0) return &groups[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

static const struct flow_row *in_group(const struct flow_group *g, struct slice full,
                                       enum flow_how how, struct slice extra)
{
    for (size_t i = 0; g && i < g->count; i++) {
        const struct flow_row *row = &flow_rows[g->from + i];
        if (row->how != how || !dotted_match(flow_text(row->what), full)) continue;
        if (slice_eq(flow_text(row->extra), extra)) return row;
    }
    return NULL;
}

static const struct flow_row *find(const struct taint_names *names, enum flow_how how,
                                   struct slice extra)
{
    for (unsigned i = 0; i < names->count; i++) {
        struct slice last = last_step(names->full[i]);
        const struct flow_row *row =
            in_group(group_of(flow_groups, flow_group_count, last), names->full[i], how, extra);
        if (!row)
            row = in_group(group_of(flow_groups, flow_group_count, S("*")), names->full[i], how,
                           extra);
        if (row) return row;
    }
    return NULL;
}

const struct flow_row *taint_find(const struct taint_names *names, enum flow_how how)
{
    return find(names, how, slice_of(NULL, 0));
}

const struct flow_row *taint_method(const struct taint_names *base, struct slice method)
{
    return find(base, SOURCE_METHOD, method);
}

const struct sink_row *taint_sink(const struct taint_names *names, uint32_t *at)
{
    uint32_t skip = *at;
    for (unsigned i = 0; i < 2 * names->count; i++) {
        struct slice full = names->full[i / 2];
        const struct flow_group *g =
            group_of(sink_groups, sink_group_count, i % 2 ? S("*") : last_step(full));
        for (uint32_t k = 0; g && k < g->count; k++) {
            const struct sink_row *row = &sink_rows[g->from + k];
            if (skip) {
                skip--;
                continue;
            }
            ++*at;
            if (dotted_match(flow_text(row->what), full)) return row;
        }
    }
    return NULL;
}
