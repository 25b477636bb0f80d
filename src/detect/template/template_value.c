/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/template/template_value.h"
#include "base/utf8.h"

static const struct value *make(struct arena *a, struct value v)
{
    struct value *p = ARENA_NEW(a, struct value);
    if (p) *p = v;
    return p;
}

bool text_has_under(struct slice s)
{
    return slice_starts(s, S("_")) || slice_has(s, S("__"));
}

const struct value *value_unknown(struct arena *a, unsigned tags)
{
    return make(a, (struct value){.kind = V_UNKNOWN, .tags = tags});
}

const struct value *value_str(struct arena *a, struct slice s, unsigned tags)
{
    if (s.n > VALUE_STR_MAX) return value_unknown(a, tags | TAG_BUILT | TAG_HUGE);
    return make(a, (struct value){.kind = V_STR, .tags = tags, .str = s});
}

const struct value *value_int(struct arena *a, int64_t n, unsigned tags)
{
    return make(a, (struct value){.kind = V_INT, .tags = tags, .num = n});
}

const struct value *value_bool(struct arena *a, bool b, unsigned tags)
{
    return make(a, (struct value){.kind = V_BOOL, .tags = tags, .num = b});
}

const struct value *value_none(struct arena *a)
{
    return make(a, (struct value){.kind = V_NONE});
}

const struct value *value_list(struct arena *a, const struct value *const *items, uint32_t count,
                               unsigned tags)
{
    if (count > VALUE_LIST_MAX) return value_unknown(a, tags | TAG_BUILT | TAG_HUGE);
    return make(a, (struct value){.kind = V_LIST, .tags = tags, .items = items, .count = count});
}

const struct value *value_dict(struct arena *a, const struct value *const *items, uint32_t count,
                               unsigned tags)
{
    const struct value *v = value_list(a, items, count, tags);
    if (!v || v->kind != V_LIST) return v;
    struct value dict = *v;
    dict.kind = V_DICT;
    return make(a, dict);
}

bool value_same(const struct value *a, const struct value *b)
{
    if (a == b) return true;
    if (a->kind != b->kind || a->tags != b->tags) return false;
    switch (a->kind) {
    case V_STR: return slice_eq(a->str, b->str);
    case V_INT:
    case V_BOOL: return a->num == b->num;
    case V_NONE: return true;
    case V_UNKNOWN: return a->num == b->num;
    default: return a->count == b->count && a->items == b->items;
    }
}

/* A copy of the chain with tags added and `tail` behind it; at most `room` links. */
static const struct value *copy_chain(struct arena *a, const struct value *v, unsigned tags,
                                      const struct value *tail, unsigned room)
{
    struct value *first = NULL, *last = NULL;
    for (; v && room; v = v->alt) {
        struct value *copy = ARENA_NEW(a, struct value);
        if (!copy) return NULL;
        *copy = *v;
        copy->tags |= tags;
        copy->alt = NULL;
        if (last)
            last->alt = copy;
        else
            first = copy;
        last = copy;
        room--;
    }
    if (last) last->alt = tail;
    return first;
}

const struct value *value_tagged(struct arena *a, const struct value *v, unsigned tags)
{
    bool has = true;
    for (const struct value *x = v; x; x = x->alt) has &= (x->tags & tags) == tags;
    return has ? v : copy_chain(a, v, tags, NULL, VALUE_ALT_MAX);
}

static bool in_chain(const struct value *chain, const struct value *v)
{
    for (; chain; chain = chain->alt)
        if (value_same(chain, v)) return true;
    return false;
}

const struct value *value_join(struct arena *a, const struct value *newer,
                               const struct value *older)
{
    if (!older || newer == older) return newer;
    const struct value *all = copy_chain(a, newer, 0, NULL, VALUE_ALT_MAX);
    if (!all) return NULL;
    unsigned count = 0;
    struct value *last = NULL;
    for (const struct value *v = all; v; v = v->alt, count++) last = (struct value *)(uintptr_t)v;
    bool lost = false;
    for (; older; older = older->alt) {
        if (in_chain(all, older)) continue;
        if (count == VALUE_ALT_MAX) {
            lost = true;
            break;
        }
        const struct value *one = copy_chain(a, older, 0, NULL, 1);
        if (!one) return NULL;
        last->alt = one;
        last = (struct value *)(uintptr_t)one;
        count++;
    }
    return lost ? value_tagged(a, all, TAG_LOST) : all;
}

unsigned value_tags(const struct value *v)
{
    unsigned tags = 0;
    for (; v; v = v->alt) {
        tags |= v->tags;
        for (uint32_t i = 0; i < v->count; i++) tags |= v->items[i]->tags;
    }
    return tags;
}

bool value_is_const(const struct value *v)
{
    if (v->kind == V_UNKNOWN) return false;
    for (uint32_t i = 0; i < v->count; i++)
        if (v->items[i]->kind == V_UNKNOWN) return false;
    return true;
}

bool value_text(struct arena *a, const struct value *v, struct slice *ret)
{
    switch (v->kind) {
    case V_STR: *ret = v->str; return true;
    case V_INT: *ret = arena_printf(a, "%lld", (long long)v->num); return ret->p != NULL;
    case V_BOOL: *ret = v->num ? S("True") : S("False"); return true;
    case V_NONE: *ret = S("None"); return true;
    default: return false;
    }
}

const struct value *value_chars(struct arena *a, const struct value *str)
{
    struct slice s = str->str;
    if (s.n > VALUE_LIST_MAX) return value_unknown(a, str->tags | TAG_BUILT);
    const struct value **items = ARENA_ARRAY(a, const struct value *, s.n);
    struct value *chars = ARENA_ARRAY(a, struct value, s.n);
    uint32_t count = 0;
    if (!items || !chars) return NULL;
    for (size_t at = 0; at < s.n; count++) {
        uint32_t code;
        size_t n = utf8_next(s, at, &code);
        if (!n) n = 1;
        chars[count] = (struct value){.kind = V_STR, .tags = str->tags, .str = slice_sub(s, at, n)};
        items[count] = &chars[count];
        at += n;
    }
    return value_list(a, items, count, str->tags);
}

const struct value *value_glue(struct arena *a, const struct value *list, struct slice sep)
{
    unsigned tags = value_tags(list);
    uint64_t total = 0;
    struct slice *parts = ARENA_ARRAY(a, struct slice, list->count);
    if (!parts) return NULL;
    for (uint32_t i = 0; i < list->count; i++) {
        if (!value_text(a, list->items[i], &parts[i])) return value_unknown(a, tags | TAG_BUILT);
        total += parts[i].n + (i ? sep.n : 0);
    }
    if (total > VALUE_STR_MAX) return value_unknown(a, tags | TAG_BUILT | TAG_HUGE);
    uint8_t *p = arena_alloc(a, (size_t)total + 1, 1);
    if (!p) return NULL;
    size_t n = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        if (i && sep.n) memcpy(p + n, sep.p, sep.n);
        n += i ? sep.n : 0;
        if (parts[i].n) memcpy(p + n, parts[i].p, parts[i].n);
        n += parts[i].n;
    }
    return value_str(a, slice_of(p, n), tags);
}

const struct value *value_lookup(const struct value *dict, const struct value *key)
{
    for (uint32_t i = dict->count; i >= 2; i -= 2) {
        const struct value *k = dict->items[i - 2];
        if (k->kind != key->kind) continue;
        if (k->kind == V_STR ? slice_eq(k->str, key->str) : k->num == key->num)
            return dict->items[i - 1];
    }
    return NULL;
}
