/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_nested.c - streams, archives and compressed data inside the strings that a call gets.
 * They are members of this layer like those of an archive: pickle.loads(b'...') hides nothing. */
#include "read/model/pickle_machine.h"
#include "read/readers.h"

#define NESTED_MIN   10u
#define NESTED_DEPTH 3
#define NESTED_ITEMS 64u

static bool worth_opening(struct slice s)
{
    static const struct slice starts[] = {
        {(const uint8_t *)"PK\x03\x04", 4},
        {(const uint8_t *)"\x1f\x8b\x08", 3},
        {(const uint8_t *)"BZh", 3},
        {(const uint8_t *)"\xfd"
                          "7zXZ",
         5},
        {(const uint8_t *)"\x28\xb5\x2f\xfd", 4},
        {(const uint8_t *)"\x04\x22\x4d\x18", 4},
        {(const uint8_t *)"7z\xbc\xaf", 4},
        {(const uint8_t *)"\x93NUMPY", 6},
        {(const uint8_t *)"\x78\x01", 2},
        {(const uint8_t *)"\x78\x5e", 2},
        {(const uint8_t *)"\x78\x9c", 2},
        {(const uint8_t *)"\x78\xda", 2},
        {(const uint8_t *)"]\0\0", 3},
        {(const uint8_t *)"ZF0x", 4},
    };
    for (size_t i = 0; i < COUNT_OF(starts); i++)
        if (slice_starts(s, starts[i])) return true;
    return false;
}

/* As which format; FMT_UNKNOWN: not worth it. */
static enum format inner_format(struct slice s)
{
    enum format as[SNIFF_MAX];
    if (s.n < NESTED_MIN) return FMT_UNKNOWN;
    if (pickle_plausible(s)) {
        /* torch's own way to put a storage into any pickle */
        size_t n = sniff(s, S(""), as);
        return n && as[0] == FMT_TORCH_LEGACY ? as[0] : FMT_PICKLE;
    }
    if (!worth_opening(s)) return FMT_UNKNOWN;
    size_t n = sniff(s, S(""), as);
    enum format_family family = n ? format_family(as[0]) : FAM_NONE;
    return family == FAM_MODEL || family == FAM_CONTAINER ? as[0] : FMT_UNKNOWN;
}

static enum st open_string(struct machine *m, struct slice s)
{
    enum format f = inner_format(s);
    if (!f) return ST_OK;
    size_t at = 0;
    bool inside = slice_inside(slice_of(m->c->base, m->c->len), s, &at);
    uint64_t offset = inside ? at : m->at;
    struct slice name = arena_printf(m->r->arena, inside ? "bytes@0x%llx" : "computed@0x%llx",
                                     (unsigned long long)offset);
    if (!name.p) return ST_NOMEM;
    m->sum->pushed = true;
    return reading_push(m->r, &(struct member){.name = name,
                                               .packed = s,
                                               .offset = offset,
                                               .unpacked = UINT64_MAX,
                                               .hint = f == FMT_PICKLE ? f : FMT_UNKNOWN});
}

struct level {
    struct pickle_value v;
    uint64_t next;
};

enum st vm_look_inside(struct machine *m, struct pickle_value v)
{
    struct level stack[NESTED_DEPTH] = {{v, 0}};
    size_t depth = 1;
    struct slice s;
    if (pickle_bytes(v, &s)) return open_string(m, s);
    while (depth) {
        struct level *l = &stack[depth - 1];
        uint64_t n = pickle_kept(l->v);
        if (l->next >= n || l->next >= NESTED_ITEMS) {
            depth--;
            continue;
        }
        struct pickle_value item = pickle_item(l->v, l->next++);
        if (pickle_bytes(item, &s) || pickle_text(item, &s)) {
            enum st st = open_string(m, s);
            if (st != ST_OK) return st;
        } else if (depth < NESTED_DEPTH && pickle_kept(item)) {
            stack[depth++] = (struct level){item, 0};
        }
    }
    return ST_OK;
}
