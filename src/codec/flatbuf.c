/* SPDX-License-Identifier: Apache-2.0 */
/* flatbuf.c - u32 root; a table is i32 (where it is minus where its vtable is), then fields;
 * a vtable is u16 its bytes, u16 the table's bytes, then u16 per field: its offset in the table. */
#include "codec/flatbuf.h"

static uint64_t get(struct flat *f, uint64_t at, unsigned bytes)
{
    struct cursor c = cur_of(f->bytes);
    cur_seek(&c, at);
    uint64_t v = cur_uint_le(&c, bytes);
    if (!cur_ok(&c)) f->bad = true;
    return f->bad ? 0 : v;
}

static struct flat_table table_of(struct flat *f, uint64_t at)
{
    int64_t vtable = (int64_t)at - (int32_t)(uint32_t)get(f, at, 4);
    if (f->bad || vtable < 0 || vtable > UINT32_MAX || at > UINT32_MAX || !at) f->bad = true;
    uint64_t n = f->bad ? 0 : get(f, (uint64_t)vtable, 2);
    if (n < 4 || f->bad) {
        f->bad = true;
        return (struct flat_table){0};
    }
    return (struct flat_table){(uint32_t)at, (uint32_t)vtable, (uint32_t)n - 4};
}

struct flat_table flat_root(struct flat *f)
{
    return table_of(f, get(f, 0, 4));
}

/* Where the field lies; 0: absent. */
static uint64_t field(struct flat *f, struct flat_table t, unsigned id)
{
    if (!t.at || 2ull * id + 2 > t.vtable_bytes) return 0;
    uint64_t offset = get(f, (uint64_t)t.vtable + 4 + 2ull * id, 2);
    return offset ? t.at + offset : 0;
}

int64_t flat_int(struct flat *f, struct flat_table t, unsigned id, unsigned bytes, int64_t absent)
{
    uint64_t at = field(f, t, id);
    if (!at) return absent;
    uint64_t v = get(f, at, bytes);
    unsigned shift = 64 - 8 * bytes;
    return (int64_t)(v << shift) >> shift;
}

/* Follow the reference in a field; 0: absent. */
static uint64_t reference(struct flat *f, struct flat_table t, unsigned id)
{
    uint64_t at = field(f, t, id);
    uint64_t step = at ? get(f, at, 4) : 0;
    if (at && !step) f->bad = true;
    return f->bad || !at ? 0 : at + step;
}

struct flat_table flat_table(struct flat *f, struct flat_table t, unsigned id)
{
    uint64_t at = reference(f, t, id);
    return at ? table_of(f, at) : (struct flat_table){0};
}

struct flat_vector flat_vector(struct flat *f, struct flat_table t, unsigned id, unsigned size)
{
    uint64_t at = reference(f, t, id);
    uint64_t n = at ? get(f, at, 4) : 0;
    if (n && (at + 4 > UINT32_MAX || n > (f->bytes.n - at - 4) / size)) f->bad = true;
    return n && !f->bad ? (struct flat_vector){(uint32_t)at + 4, (uint32_t)n}
                        : (struct flat_vector){0};
}

struct slice flat_string(struct flat *f, struct flat_table t, unsigned id)
{
    struct flat_vector v = flat_vector(f, t, id, 1);
    return slice_sub(f->bytes, v.at, v.count);
}

struct flat_table flat_table_at(struct flat *f, struct flat_vector v, uint32_t i)
{
    if (i >= v.count) return (struct flat_table){0};
    uint64_t at = v.at + 4ull * i, step = get(f, at, 4);
    struct flat_table none = {0};
    return f->bad ? none : table_of(f, at + step);
}

int64_t flat_long_at(struct flat *f, struct flat_vector v, unsigned size, uint32_t i,
                     unsigned offset)
{
    if (i >= v.count) return 0;
    return (int64_t)get(f, v.at + (uint64_t)size * i + offset, 8);
}
