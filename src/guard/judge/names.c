/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/judge/names.h"
#include "base/ascii.h"
#include "base/map.h"
#include "base/st.h"
#include <stdio.h>
#include <stdlib.h>

#define SLOTS 2048u /* more than NAMES_MOST, a power of two */

struct entry {
    struct slice value, name;
    uint64_t hash;
};

struct names {
    uint64_t key;
    size_t count, used;
    uint16_t slots[SLOTS]; /* 1 + entry, by hash of label and value */
    struct entry entries[NAMES_MOST];
    uint8_t bytes[NAMES_BYTES];
};

struct names *names_new(uint64_t key)
{
    struct names *n = calloc(1, sizeof *n);
    if (n) n->key = key;
    return n;
}

void names_free(struct names *n)
{
    if (!n) return;
    memset(n->bytes, 0, n->used);
    __asm__ volatile("" ::: "memory"); /* what nobody reads again is wiped all the same */
    free(n);
}

/* "pii.us.ssn" is US_SSN, "secret.jwt" is JWT. */
static size_t label_of(struct slice rule, char ret[NAME_MOST - 12])
{
    size_t dot = slice_find_byte(rule, '.'), n = 0;
    if (dot != SIZE_MAX) rule = slice_sub(rule, dot + 1, rule.n);
    for (size_t i = 0; i < rule.n && n < NAME_MOST - 13; i++) {
        uint8_t c = rule.p[i];
        ret[n++] = ascii_lower(c) ? (char)(c - 32) : ascii_alnum(c) ? (char)c : '_';
    }
    ret[n] = 0;
    return n;
}

static struct slice keep(struct names *n, struct slice s)
{
    uint8_t *p = n->bytes + n->used;
    memcpy(p, s.p, s.n);
    n->used += s.n;
    return slice_of(p, s.n);
}

struct slice names_of(struct names *n, struct slice rule, struct slice value)
{
    char label[NAME_MOST - 12], name[NAME_MOST];
    size_t labelled = label_of(rule, label), same = 1;
    uint64_t hash = hash_bytes(value, n->key ^ hash_bytes(slice_of(label, labelled), n->key));
    size_t at = hash % SLOTS;
    for (; n->slots[at]; at = (at + 1) % SLOTS) {
        const struct entry *e = &n->entries[n->slots[at] - 1];
        bool labels = slice_starts(slice_sub(e->name, 1, e->name.n), slice_of(label, labelled));
        if (e->hash == hash && labels && slice_eq(e->value, value)) return e->name;
    }
    for (size_t i = 0; i < n->count; i++) {
        struct slice known = slice_sub(n->entries[i].name, 1, labelled + 1);
        same += slice_starts(known, slice_of(label, labelled)) && known.p[labelled] == '_' &&
                ascii_digit(n->entries[i].name.p[labelled + 2]);
    }
    size_t size = (size_t)snprintf(name, sizeof name, "[%s_%zu]", label, same);
    if (n->count == NAMES_MOST || n->used + value.n + size > NAMES_BYTES) return (struct slice){0};
    struct entry *e = &n->entries[n->count];
    *e = (struct entry){keep(n, value), keep(n, slice_of(name, size)), hash};
    n->slots[at] = (uint16_t)++n->count;
    return e->name;
}

struct slice names_value(const struct names *n, struct slice placeholder)
{
    for (size_t i = 0; n && i < n->count; i++)
        if (slice_eq(n->entries[i].name, placeholder)) return n->entries[i].value;
    return (struct slice){0};
}

static bool is_inner(uint8_t c)
{
    return ascii_upper(c) || ascii_digit(c) || c == '_';
}

/* Does the word that t.p[at] stands in begin like an address? */
static bool in_address(struct slice t, size_t at)
{
    size_t from = at;
    while (from && at - from < 2048 && t.p[from - 1] > ' ') from--;
    struct slice word = slice_sub(t, from, at - from);
    return slice_has(word, S("://")) || slice_has(word, S("](")) || slice_has(word, S("mailto:"));
}

size_t names_scan(const struct names *n, struct slice t, size_t at, bool whole,
                  name_found_fn *found, void *ctx)
{
    if (!n || !n->count) return t.n;
    while (at < t.n) {
        size_t next = slice_find_byte(slice_sub(t, at, t.n - at), '[');
        if (next == SIZE_MAX) return t.n;
        size_t from = at + next, to = from + 1;
        while (to < t.n && to - from < NAME_MOST && is_inner(t.p[to])) to++;
        if (to == t.n && !whole) return from;
        at = to;
        if (to == t.n || t.p[to] != ']') continue;
        struct name_found f = {from, to + 1, names_value(n, slice_sub(t, from, to + 1 - from))};
        if (f.value.p && !in_address(t, from)) found(ctx, &f);
    }
    return t.n;
}
