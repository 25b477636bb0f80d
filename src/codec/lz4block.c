/* SPDX-License-Identifier: Apache-2.0 */
/* lz4block.c - sequences of: token (literals << 4 | match - 4) | more length | literals |
 * offset u16le | more length. The last one has only literals. */
#include "codec/lz4block.h"

struct lz4block lz4block_of(struct slice in, uint8_t *out, size_t room)
{
    return (struct lz4block){.in = in, .w = {out, room, 0}};
}

/* 15 means that bytes follow, to be added until one is not 255. */
static bool length(struct lz4block *b, size_t *n)
{
    if (*n != 15) return true;
    uint8_t more = 255;
    while (more == 255) {
        if (b->pos >= b->in.n || *n > b->w.room) return false;
        more = b->in.p[b->pos++];
        *n += more;
    }
    return true;
}

static bool sequence(struct lz4block *b)
{
    unsigned token = b->in.p[b->pos++];
    size_t n = token >> 4, match = token & 15;
    if (!length(b, &n) || !window_literal(&b->w, b->in, b->pos, n)) return false;
    b->pos += n;
    if (b->pos == b->in.n) return true;
    if (b->in.n - b->pos < 2) return false;
    size_t back = b->in.p[b->pos] | (size_t)b->in.p[b->pos + 1] << 8;
    b->pos += 2;
    return length(b, &match) && window_copy(&b->w, back, match + 4);
}

enum st lz4block_run(struct lz4block *b, size_t until)
{
    while (b->pos < b->in.n && b->w.at < until)
        if (!sequence(b)) return ST_MALFORMED;
    return ST_OK;
}
