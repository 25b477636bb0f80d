/* SPDX-License-Identifier: Apache-2.0 */
/* parquet_runs.c - the two integer codes of Parquet (Encodings.md).
 *
 *   runs    varint h; h & 1: h >> 1 groups of 8 numbers, bit packed; else h >> 1 times one number
 *   deltas  varint block, minis, count; zigzag first; then blocks: zigzag least difference,
 *           a width per mini block, the mini blocks, bit packed */
#include "read/data/parquet_part.h"

/* ---- bits ---- */

/* `width` <= 32 bits from bit position `at`, lowest first; positions behind the end give zeros. */
static uint32_t low_bits(struct slice s, uint64_t at, unsigned width)
{
    size_t byte = (size_t)(at / 8);
    uint64_t word = 0;
    if (byte < s.n && s.n - byte >= 8)
        memcpy(&word, &s.p[byte], 8);
    else
        for (size_t i = 0; i < 8 && byte + i < s.n; i++) word |= (uint64_t)s.p[byte + i] << 8 * i;
    return (uint32_t)(word >> at % 8 & ((1ull << width) - 1));
}

static uint64_t wide_bits(struct slice s, uint64_t at, unsigned width)
{
    unsigned low = width > 32 ? 32 : width;
    uint64_t v = low_bits(s, at, low);
    return width > 32 ? v | (uint64_t)low_bits(s, at + 32, width - 32) << 32 : v;
}

/* The old way: numbers begin at the highest bit of a byte. */
static uint32_t high_bits(struct slice s, uint64_t at, unsigned width)
{
    uint32_t v = 0;
    for (unsigned i = 0; i < width; i++, at++) {
        size_t byte = (size_t)(at / 8);
        unsigned bit = byte < s.n ? s.p[byte] >> (7 - at % 8) & 1 : 0;
        v = v << 1 | bit;
    }
    return v;
}

/* ---- runs ---- */

void runs_init(struct runs *s, struct slice bytes, unsigned width)
{
    *s = (struct runs){.c = cur_of(bytes), .width = width > 32 ? 32 : width};
    s->c.bad = width > 32;
}

void runs_init_packed(struct runs *s, struct slice bytes, unsigned width, uint64_t count)
{
    *s = (struct runs){
        .width = width, .left = count, .packed = true, .high_first = true, .bits = bytes};
}

void runs_init_bits(struct runs *s, struct slice bytes)
{
    *s = (struct runs){.width = 1, .left = (uint64_t)bytes.n * 8, .packed = true, .bits = bytes};
}

static void begin_packed(struct runs *s, uint64_t groups)
{
    uint64_t bytes = groups * s->width, left = cur_left(&s->c);
    s->packed = true;
    s->bit = 0;
    if (groups > UINT32_MAX) s->c.bad = true;
    s->left = groups * 8;
    if (bytes > left) { /* some writers do not fill the last group */
        bytes = left;
        s->left = left * 8 / s->width;
    }
    s->bits = cur_bytes(&s->c, bytes);
    if (!s->width) s->packed = false;
    if (!s->width) s->value = 0;
}

static bool begin_run(struct runs *s)
{
    uint64_t head = cur_varint(&s->c);
    if (!cur_ok(&s->c)) return false;
    if (head & 1) {
        begin_packed(s, head >> 1);
    } else {
        s->packed = false;
        s->left = head >> 1;
        s->value = (uint32_t)cur_uint_le(&s->c, (s->width + 7) / 8);
    }
    return cur_ok(&s->c);
}

static uint32_t packed_at(const struct runs *s, uint64_t i)
{
    uint64_t at = s->bit + i * s->width;
    return s->high_first ? high_bits(s->bits, at, s->width) : low_bits(s->bits, at, s->width);
}

bool runs_peek(struct runs *s, uint64_t most, uint32_t *ret, uint64_t *ret_count)
{
    while (!s->left)
        if (!cur_left(&s->c) || !begin_run(s)) return false;
    if (most > s->left) most = s->left;
    if (!s->packed) {
        *ret = s->value;
        *ret_count = most;
        return true;
    }
    uint32_t v = packed_at(s, 0);
    uint64_t n = 1;
    while (n < most && packed_at(s, n) == v) n++;
    *ret = v;
    *ret_count = n;
    return true;
}

void runs_pass(struct runs *s, uint64_t count)
{
    s->left -= count;
    s->bit += count * s->width;
}

/* ---- deltas ---- */

#define BLOCK_MOST 65536u /* values; writers have 128 to 2048 */

static uint64_t unzigzag(uint64_t v)
{
    return v >> 1 ^ (0 - (v & 1));
}

bool deltas_init(struct deltas *d, struct slice bytes)
{
    *d = (struct deltas){.c = cur_of(bytes)};
    uint64_t block = cur_varint(&d->c);
    d->minis = cur_varint(&d->c);
    d->count = d->left = cur_varint(&d->c);
    d->value = unzigzag(cur_varint(&d->c));
    if (!cur_ok(&d->c) || !block || block > BLOCK_MOST || !d->minis || d->minis > block)
        return false;
    d->per_mini = block / d->minis;
    d->mini = d->minis;
    return block % d->minis == 0 && d->per_mini % 8 == 0;
}

static bool next_mini(struct deltas *d)
{
    if (d->mini == d->minis) {
        d->least = unzigzag(cur_varint(&d->c));
        d->widths = cur_bytes(&d->c, d->minis);
        d->mini = 0;
    }
    if (!cur_ok(&d->c)) return false;
    d->width = d->widths.p[d->mini++];
    if (d->width > 64) return false;
    d->bits = cur_bytes(&d->c, d->per_mini / 8 * d->width);
    d->bit = 0;
    d->in_mini = d->per_mini;
    return cur_ok(&d->c);
}

bool deltas_next(struct deltas *d, int64_t *ret)
{
    if (!d->left) return false;
    *ret = (int64_t)d->value;
    if (--d->left == 0) return true;
    if (!d->in_mini && !next_mini(d)) return false;
    d->in_mini--;
    d->value += d->least + (d->width ? wide_bits(d->bits, d->bit, d->width) : 0);
    d->bit += d->width;
    return true;
}

struct slice deltas_end(struct deltas d)
{
    int64_t ignored;
    while (d.left)
        if (!deltas_next(&d, &ignored)) return (struct slice){0};
    return cur_rest(&d.c);
}
