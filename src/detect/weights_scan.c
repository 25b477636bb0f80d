/* SPDX-License-Identifier: Apache-2.0 */
/* weights_scan.c - the magnitudes of IEEE numbers order like their bits read as integers, so one
 * running maximum answers two questions: how large are the weights, and is one of them infinite or
 * not a number (those have the greatest bits of all). A second accumulator collects the bits in
 * which any element differs from the first. Blocks of a fixed size let the compiler use vectors. */
#include "detect/weights_scan.h"
#include <math.h>

#define BLOCK 4096u

struct kind {
    unsigned size;     /* bytes of an element */
    uint64_t infinity; /* the bits of it, in the units of `top` */
};

static struct kind kind_of(enum dtype dtype)
{
    switch (dtype) {
    case DT_F16: return (struct kind){2, 0x7c00};
    case DT_BF16: return (struct kind){2, 0x7f80};
    case DT_F32: return (struct kind){4, 0x7f800000};
    case DT_F64: return (struct kind){8, 0x7ff00000};
    default: return (struct kind){0, 0};
    }
}

bool weights_scan_init(struct weights_scan *s, enum dtype dtype)
{
    *s = (struct weights_scan){.dtype = dtype};
    return kind_of(dtype).size != 0;
}

static uint64_t differs(const uint64_t w[BLOCK / 8], uint64_t pattern)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < BLOCK / 8; i++) bits |= w[i] ^ pattern;
    return bits;
}

static uint64_t top16(const uint64_t block[BLOCK / 8])
{
    int16_t v[BLOCK / 2], top = 0;
    memcpy(v, block, sizeof v);
    for (size_t i = 0; i < BLOCK / 2; i++) {
        int16_t magnitude = (int16_t)(v[i] & 0x7fff);
        top = magnitude > top ? magnitude : top;
    }
    return (uint64_t)top;
}

static uint64_t top32(const uint64_t block[BLOCK / 8])
{
    int32_t v[BLOCK / 4], top = 0;
    memcpy(v, block, sizeof v);
    for (size_t i = 0; i < BLOCK / 4; i++) {
        int32_t magnitude = v[i] & 0x7fffffff;
        top = magnitude > top ? magnitude : top;
    }
    return (uint64_t)top;
}

static uint64_t top64(const uint64_t w[BLOCK / 8])
{
    int32_t top = 0;
    for (size_t i = 0; i < BLOCK / 8; i++) {
        int32_t magnitude = (int32_t)(w[i] >> 32 & 0x7fffffff);
        top = magnitude > top ? magnitude : top;
    }
    return (uint64_t)top;
}

static uint64_t top_of(const uint64_t block[BLOCK / 8], unsigned size)
{
    return size == 2 ? top16(block) : size == 4 ? top32(block) : top64(block);
}

/* The element i of a block, in the units of `top`. */
static uint64_t magnitude(const uint64_t block[BLOCK / 8], unsigned size, size_t i)
{
    uint64_t w = block[i * size / 8];
    if (size == 8) return w >> 32 & 0x7fffffff;
    unsigned bits = size * 8;
    return w >> (i * bits % 64) & ((1ull << (bits - 1)) - 1);
}

static void note_odd(struct weights_scan *s, const uint64_t block[BLOCK / 8], struct kind k)
{
    size_t i = 0;
    while (i < BLOCK / k.size - 1 && magnitude(block, k.size, i) < k.infinity) i++;
    bool rest = k.size == 8 && (uint32_t)block[i] != 0;
    s->odd = true;
    s->odd_nan = magnitude(block, k.size, i) > k.infinity || rest;
    s->odd_at = s->elements + i;
}

/* The first element, repeated to eight bytes. */
static uint64_t pattern_of(uint64_t first, unsigned size)
{
    if (size == 2) return (first & 0xffff) * 0x0001000100010001ull;
    if (size == 4) return (first & 0xffffffff) * 0x0000000100000001ull;
    return first;
}

static void add_block(struct weights_scan *s, const uint64_t block[BLOCK / 8], size_t bytes)
{
    struct kind k = kind_of(s->dtype);
    if (!k.size) return;
    if (!s->elements) s->pattern = pattern_of(block[0], k.size);
    uint64_t top = top_of(block, k.size);
    s->differs |= differs(block, s->pattern);
    if (top >= k.infinity && !s->odd) note_odd(s, block, k);
    if (top > s->top) s->top = top;
    s->elements += bytes / k.size;
}

void weights_scan_add(struct weights_scan *s, struct slice bytes)
{
    uint64_t block[BLOCK / 8];
    unsigned size = kind_of(s->dtype).size;
    size_t at = 0;
    if (!size) return;
    for (; bytes.n - at >= BLOCK; at += BLOCK) {
        memcpy(block, slice_sub(bytes, at, BLOCK).p, BLOCK);
        add_block(s, block, BLOCK);
    }
    struct slice tail = slice_sub(bytes, at, BLOCK);
    tail.n -= tail.n % size;
    if (!tail.n) return;
    uint64_t fill = s->pattern; /* the rest of the block repeats an element that was seen */
    if (!s->elements) {
        memcpy(&fill, tail.p, tail.n < 8 ? size : 8);
        fill = pattern_of(fill, size);
    }
    for (size_t i = 0; i < BLOCK / 8; i++) block[i] = fill;
    memcpy(block, tail.p, tail.n);
    add_block(s, block, tail.n);
}

double weights_scan_top(const struct weights_scan *s)
{
    uint64_t bits = s->top;
    unsigned exponent = 0, mantissa = 0;
    switch (s->dtype) {
    case DT_F16: exponent = 5, mantissa = 10; break;
    case DT_BF16: exponent = 8, mantissa = 7; break;
    case DT_F32: exponent = 8, mantissa = 23; break;
    default: exponent = 11, mantissa = 20; break;
    }
    int bias = (1 << (exponent - 1)) - 1, power = (int)(bits >> mantissa);
    double fraction = (double)(bits & ((1ull << mantissa) - 1)) / (double)(1ull << mantissa);
    if (power == (1 << exponent) - 1) return INFINITY;
    return power ? ldexp(1 + fraction, power - bias) : ldexp(fraction, 1 - bias);
}
