/* SPDX-License-Identifier: Apache-2.0 */
/* values.c - making values, joining what they may be, and putting texts together. */
#include "detect/python/module_part.h"

const struct value val_unknown = {.kind = VAL_UNKNOWN};
const struct value val_none = {.kind = VAL_NONE, .exact = true};
const struct value val_true = {.kind = VAL_BOOL, .exact = true, .truth = true};
const struct value val_false = {.kind = VAL_BOOL, .exact = true};

struct value *val_new(struct module *m, enum value_kind kind)
{
    struct value *v = ARENA_NEW(m->arena, struct value);
    if (!v) {
        m->nomem = true;
        return NULL;
    }
    v->kind = kind;
    return v;
}

const struct value *val_of_name(struct module *m, const struct dotted *name)
{
    if (!name) return &val_unknown;
    struct value *v = val_new(m, VAL_UNKNOWN);
    if (!v) return &val_unknown;
    v->name = name;
    return v;
}

const struct value *val_text(struct module *m, enum value_kind kind, struct slice text)
{
    struct value *v = val_new(m, kind);
    if (!v) return &val_unknown;
    v->text = v->tail = text;
    v->exact = true;
    return v;
}

const struct value *val_number(struct module *m, double number)
{
    struct value *v = val_new(m, VAL_NUMBER);
    if (!v) return &val_unknown;
    v->number = number;
    v->exact = true;
    return v;
}

static bool same(const struct value *a, const struct value *b)
{
    return a == b || (a->kind == b->kind && a->exact == b->exact && a->truth == b->truth &&
                      a->fallback == b->fallback && a->scope == b->scope && a->node == b->node &&
                      a->call == b->call && a->own == b->own && a->number == b->number &&
                      a->name == b->name && a->entries == b->entries &&
                      slice_eq(a->text, b->text) && slice_eq(a->tail, b->tail));
}

static size_t collect(const struct value **list, size_t n, const struct value *v)
{
    for (; v && n < VALUES_MAX; v = v->other) {
        size_t i = 0;
        while (i < n && !same(list[i], v)) i++;
        if (i == n) list[n++] = v;
    }
    return n;
}

const struct value *val_either(struct module *m, const struct value *a, const struct value *b)
{
    const struct value *list[VALUES_MAX], *chain = NULL;
    size_t n = collect(list, collect(list, 0, a), b);
    while (n) {
        const struct value *v = list[--n];
        if (v->other != chain) { /* values are shared: a link is made in a copy */
            struct value *copy = val_new(m, v->kind);
            if (!copy) return v;
            *copy = *v;
            copy->other = chain;
            v = copy;
        }
        chain = v;
    }
    return chain ? chain : &val_unknown;
}

static bool is_text(const struct value *v)
{
    return v->kind == VAL_STRING || v->kind == VAL_BYTES;
}

static struct slice joined(struct module *m, struct slice a, struct slice joint, struct slice b)
{
    size_t n = a.n + joint.n + b.n;
    if (n > TEXT_MAX || m->walk->texts + n > TEXTS_MAX) return slice_of(NULL, 0);
    m->walk->texts += n;
    uint8_t *p = ARENA_ROOM(m->arena, uint8_t, n + 1);
    if (!p) {
        m->nomem = true;
        return slice_of(NULL, 0);
    }
    if (a.n) memcpy(p, a.p, a.n);
    if (joint.n) memcpy(p + a.n, joint.p, joint.n);
    if (b.n) memcpy(p + a.n + joint.n, b.p, b.n);
    return slice_of(p, n);
}

const struct value *val_concat(struct module *m, const struct value *a, struct slice joint,
                               const struct value *b)
{
    struct value *v = val_new(m, a->kind == VAL_BYTES ? VAL_BYTES : VAL_STRING);
    if (!v) return &val_unknown;
    bool left = is_text(a), right = is_text(b);
    v->text = left ? a->text : slice_of(NULL, 0);
    v->tail = right ? b->tail : slice_of(NULL, 0);
    if (left && a->exact) v->text = joined(m, a->text, joint, right ? b->text : slice_of(NULL, 0));
    if (right && b->exact) v->tail = joined(m, left ? a->tail : slice_of(NULL, 0), joint, b->text);
    v->exact = left && right && a->exact && b->exact && v->text.p;
    v->fallback = a->fallback || b->fallback;
    v->own = a->own || b->own;
    v->quoted = (a->quoted || (left && a->exact)) && (b->quoted || (right && b->exact));
    return v;
}

const struct value *val_named_as(struct module *m, const struct value *v, const struct dotted *name)
{
    struct value *copy = val_new(m, v->kind);
    if (!copy) return v;
    *copy = *v;
    copy->name = name;
    copy->other = NULL;
    return copy;
}

const struct value *val_fallback(struct module *m, const struct value *v, const struct dotted *name)
{
    struct value *copy = val_new(m, v->kind);
    if (!copy) return v;
    *copy = *v;
    if (name) copy->name = name;
    copy->other = NULL;
    copy->fallback = true;
    return copy;
}

const struct value *val_own(struct module *m, const struct value *v)
{
    struct value *copy = val_new(m, v->kind);
    if (!copy) return v;
    *copy = *v;
    copy->other = NULL;
    copy->own = true;
    return copy;
}

const struct value *val_with(struct module *m, const struct value *dict, struct slice key,
                             const struct value *v, uint32_t node)
{
    struct value *copy = val_new(m, VAL_DICT);
    struct value_entry *entry = ARENA_NEW(m->arena, struct value_entry);
    if (!copy || !entry) {
        m->nomem = true;
        return &val_unknown;
    }
    *entry = (struct value_entry){dict->entries, key, v, node};
    copy->exact = dict->kind == VAL_DICT && dict->exact;
    copy->name = dict->name;
    copy->entries = entry;
    return copy;
}

const struct value *val_merge(struct module *m, const struct value *dict, const struct value *more)
{
    const struct value_entry *list[ENTRIES_MAX];
    size_t n = 0;
    const struct value_entry *e = more->kind == VAL_DICT ? more->entries : NULL;
    for (; e && n < ENTRIES_MAX; e = e->next) list[n++] = e;
    bool exact = more->kind == VAL_DICT && more->exact && !e;
    const struct value *out = dict;
    while (n) {
        e = list[--n];
        out = val_with(m, out, e->key, e->value, e->node);
    }
    struct value *copy = val_new(m, VAL_DICT);
    if (!copy) return &val_unknown;
    *copy = *out;
    copy->kind = VAL_DICT;
    copy->exact = exact && out->kind == VAL_DICT && out->exact;
    copy->other = NULL;
    return copy;
}

const struct value_entry *value_entry(const struct value *dict, struct slice key)
{
    if (dict->kind != VAL_DICT) return NULL;
    const struct value_entry *e = dict->entries;
    for (size_t i = 0; e && i < ENTRIES_MAX; e = e->next, i++)
        if (slice_eq(e->key, key)) return e;
    return NULL;
}
