/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/package/advisories.h"
#include "base/cursor.h"
#include "port/zlib/inflate.h"

#define HEAD_BYTES  32u
#define ROW_BYTES   16u
#define PLACE_BYTES 12u
#define BLOCK_MAX   (4u << 20)
#define HARMFUL     0x8000u

bool advisories_open(struct advisories *a, struct slice image, struct arena *arena)
{
    if (!image.p) image = slice_of(advisories_image, advisories_image_size);
    struct cursor c = cur_of(image);
    *a = (struct advisories){.arena = arena};
    if (!slice_eq(cur_bytes(&c, 8), S("MERLADV2"))) return false;
    a->snapshot = cur_u32le(&c);
    a->packages = cur_u32le(&c);
    a->blocks = cur_u32le(&c);
    a->vulnerabilities = cur_u32le(&c);
    uint32_t pool = cur_u32le(&c);
    cur_skip(&c, 4);
    a->rows = cur_bytes(&c, (uint64_t)a->packages * ROW_BYTES);
    a->places = cur_bytes(&c, (uint64_t)a->blocks * PLACE_BYTES);
    a->pool = cur_bytes(&c, pool);
    a->data = cur_rest(&c);
    return cur_ok(&c) && a->blocks > 0;
}

static bool inflate(struct slice packed, uint8_t *out, size_t n)
{
    void *state = inflate_zlib.open((struct slice){NULL, 0});
    struct decoder_step s = {.in = packed, .out = out, .room = n};
    size_t made = 0;
    while (state && made < n) {
        s.out = &out[made];
        s.room = n - made;
        s.made = 0;
        enum st st = inflate_zlib.step(state, &s);
        made += s.made;
        if (st != ST_OK || s.end || !s.made) break;
    }
    if (state) inflate_zlib.close(state);
    return made == n;
}

static struct slice unpack(struct advisories *a, uint32_t index)
{
    struct cursor c = cur_of(slice_sub(a->places, (size_t)index * PLACE_BYTES, PLACE_BYTES));
    struct slice none = {NULL, 0};
    uint32_t at = cur_u32le(&c), packed = cur_u32le(&c), raw = cur_u32le(&c);
    if (!cur_ok(&c) || index >= a->blocks || raw > BLOCK_MAX) return none;
    if (packed == raw) return slice_sub(a->data, at, raw); /* as it is */
    if (!a->unpacked) a->unpacked = ARENA_ARRAY(a->arena, struct slice, a->blocks);
    if (a->unpacked && a->unpacked[index].p) return a->unpacked[index];
    struct arena_mark before = arena_mark(a->arena);
    uint8_t *out = a->unpacked ? arena_room(a->arena, raw ? raw : 1, 1) : NULL;
    /* the image is ours and whole: if it cannot be unpacked, there was no memory for it */
    if (!out || !inflate(slice_sub(a->data, at, packed), out, raw)) {
        arena_rewind(a->arena, before); /* it may be tried again */
        a->nomem = true;
        return none;
    }
    return a->unpacked[index] = slice_of(out, raw);
}

struct row {
    struct slice name;
    uint32_t block, at, n;
    bool harmful;
};

static struct row row_at(const struct advisories *a, size_t i)
{
    struct cursor c = cur_of(slice_sub(a->rows, i * ROW_BYTES, ROW_BYTES));
    uint32_t name = cur_u32le(&c);
    uint16_t length = cur_u16le(&c);
    struct row r = {.name = slice_sub(a->pool, name, length), .block = cur_u16le(&c)};
    r.harmful = (r.block & HARMFUL) != 0;
    r.block &= ~HARMFUL;
    r.at = cur_u32le(&c);
    r.n = cur_u32le(&c);
    return r;
}

static bool find_row(const struct advisories *a, struct slice name, struct row *ret)
{
    size_t low = 0, high = a->packages;
    while (low < high) {
        size_t mid = (low + high) / 2;
        *ret = row_at(a, mid);
        int d = slice_cmp(ret->name, name);
        if (!d) return true;
        if (d < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

static bool unpack_row(struct advisories *a, const struct row *r, struct slice *ret)
{
    *ret = slice_sub(unpack(a, r->block), r->at, r->n);
    return ret->n > 0;
}

bool advisories_find(struct advisories *a, struct slice name, struct slice *ret)
{
    struct row r;
    return find_row(a, name, &r) && unpack_row(a, &r, ret);
}

bool advisories_find_harmful(struct advisories *a, struct slice name, struct slice *ret)
{
    struct row r;
    return find_row(a, name, &r) && r.harmful && unpack_row(a, &r, ret);
}

bool advisory_next(struct slice *rest, struct advisory *ret)
{
    struct slice line, level;
    do {
        if (!slice_split(rest, '\n', &line)) return false;
    } while (!line.n);
    *ret = (struct advisory){.severity = SEV_CRITICAL};
    (void)slice_split(&line, '\t', &level);
    ret->malicious = slice_eq(level, S("m"));
    if (!ret->malicious && level.n == 1 && level.p[0] >= '0' && level.p[0] <= '4')
        ret->severity = (enum severity)(level.p[0] - '0');
    return slice_split(&line, '\t', &ret->ids) && slice_split(&line, '\t', &ret->ranges) &&
           slice_split(&line, '\t', &ret->summary);
}

struct slice advisories_names(struct advisories *a)
{
    return unpack(a, a->blocks - 1);
}
