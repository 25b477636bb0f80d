/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/package/advisories.h"
#include "base/cursor.h"
#include "base/utf8.h"
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

struct place {
    uint32_t at, packed, raw;
};

static bool place_at(const struct advisories *a, uint32_t index, struct place *ret)
{
    struct cursor c = cur_of(slice_sub(a->places, (size_t)index * PLACE_BYTES, PLACE_BYTES));
    *ret = (struct place){.at = cur_u32le(&c)};
    ret->packed = cur_u32le(&c);
    ret->raw = cur_u32le(&c);
    return cur_ok(&c) && index < a->blocks && ret->raw <= BLOCK_MAX;
}

static struct slice unpack(struct advisories *a, uint32_t index)
{
    struct slice none = {NULL, 0};
    struct place p;
    if (!place_at(a, index, &p)) return none;
    uint32_t at = p.at, packed = p.packed, raw = p.raw;
    if (packed == raw) return slice_sub(a->data, at, raw); /* as it is */
    if (!a->unpacked) a->unpacked = ARENA_ARRAY(a->arena, struct slice, a->blocks);
    if (a->unpacked && a->unpacked[index].p) return a->unpacked[index];
    struct arena_mark before = arena_mark(a->arena);
    uint8_t *out = a->unpacked ? arena_room(a->arena, raw ? raw : 1, 1) : NULL;
    /* the image is whole, by its build or by its signature: if it cannot be unpacked, there was no
     * memory for it */
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

static struct slice name_at(const struct advisories *a, size_t i)
{
    struct cursor c = cur_of(slice_sub(a->rows, i * ROW_BYTES, ROW_BYTES));
    uint32_t name = cur_u32le(&c);
    return slice_sub(a->pool, name, cur_u16le(&c));
}

static bool find_row(const struct advisories *a, struct slice name, struct row *ret)
{
    size_t low = 0, high = a->packages;
    while (low < high) {
        size_t mid = (low + high) / 2;
        int d = slice_cmp(name_at(a, mid), name);
        if (!d) *ret = row_at(a, mid);
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

/* ---- an image from outside ---- */

static enum st prove_block(struct advisories *a, uint32_t index, size_t *total)
{
    struct place p;
    bool last = index == a->blocks - 1;
    if (!place_at(a, index, &p) || (last && p.packed != p.raw)) return ST_MALFORMED;
    if (p.at > a->data.n || p.packed > a->data.n - p.at) return ST_MALFORMED;
    *total += p.raw;
    if (*total > ADVISORIES_UNPACKED_MAX) return ST_MALFORMED;
    struct arena_mark before = arena_mark(a->arena);
    if (!arena_room(a->arena, (size_t)p.raw + 1, 1)) return ST_NOMEM;
    arena_rewind(a->arena, before);
    struct slice raw = unpack(a, index);
    return raw.p && raw.n == p.raw && utf8_valid(raw) ? ST_OK : ST_MALFORMED;
}

static enum st prove_blocks(struct advisories *a)
{
    size_t total = 0;
    enum st st = ST_OK;
    if (a->blocks >= HARMFUL) return ST_MALFORMED;
    a->unpacked = ARENA_ARRAY(a->arena, struct slice, a->blocks);
    if (!a->unpacked) return ST_NOMEM;
    for (uint32_t i = 0; i < a->blocks && st == ST_OK; i++) st = prove_block(a, i, &total);
    return st;
}

/* The lines of one package; *count grows. */
static bool prove_lines(struct slice lines, bool harmful, size_t *count)
{
    struct advisory one;
    if (!slice_ends(lines, S("\n"))) return false;
    for (bool first = true; advisory_next(&lines, &one); first = false, ++*count)
        if (first && one.malicious != harmful) return false;
    return !lines.p; /* else a line is none */
}

static bool prove_rows(struct advisories *a)
{
    struct slice before = S("");
    size_t count = 0;
    for (size_t i = 0; i < a->packages; i++) {
        struct row r = row_at(a, i);
        struct slice lines;
        if (r.block >= a->blocks - 1 || slice_cmp(r.name, before) <= 0) return false;
        if (!unpack_row(a, &r, &lines) || lines.n != r.n) return false;
        if (!prove_lines(lines, r.harmful, &count)) return false;
        before = r.name;
    }
    return count == a->vulnerabilities;
}

static bool is_day(uint32_t d)
{
    uint32_t month = d / 100 % 100, day = d % 100;
    return d >= 20200101 && d < 30000000 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

enum st advisories_prove(struct slice image, struct arena *arena)
{
    struct advisories a;
    if (!image.p || !advisories_open(&a, image, arena) || !is_day(a.snapshot)) return ST_MALFORMED;
    enum st st = prove_blocks(&a);
    return st == ST_OK && !prove_rows(&a) ? ST_MALFORMED : st;
}
