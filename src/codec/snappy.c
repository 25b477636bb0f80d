/* SPDX-License-Identifier: Apache-2.0 */
/* snappy.c - varint length, then elements:
 *     tag & 3 = 0: literal, length - 1 in tag >> 2, or in 1..4 bytes when that is 60..63
 *               1: copy, length 4..11, offset of 11 bits
 *               2: copy, length 1..64, offset of 16 bits     3: the same with 32 bits */
#include "codec/snappy.h"
#include "base/cursor.h"

enum st snappy_length(struct slice in, uint64_t *ret)
{
    struct cursor c = cur_of(in);
    *ret = cur_varint(&c);
    return cur_ok(&c) && *ret <= UINT32_MAX ? ST_OK : ST_MALFORMED;
}

enum st snappy_begin(struct snappy *s, struct slice in, uint8_t *out, size_t room)
{
    struct cursor c = cur_of(in);
    uint64_t n = cur_varint(&c);
    *s = (struct snappy){.in = in, .pos = cur_pos(&c), .w = {out, room, 0}};
    return cur_ok(&c) && n == room ? ST_OK : ST_MALFORMED;
}

/* Up to four little-endian bytes; the caller has checked that they are there. */
static size_t number(const struct snappy *s, size_t n)
{
    size_t v = 0;
    for (size_t i = 0; i < n; i++) v |= (size_t)s->in.p[s->pos + i] << 8 * i;
    return v;
}

static bool literal(struct snappy *s, unsigned tag)
{
    size_t n = tag >> 2, more = n >= 60 ? n - 59 : 0;
    if (more > s->in.n - s->pos) return false;
    if (more) n = number(s, more);
    s->pos += more;
    if (!window_literal(&s->w, s->in, s->pos, n + 1)) return false;
    s->pos += n + 1;
    return true;
}

static bool copy(struct snappy *s, unsigned tag)
{
    static const uint8_t extra[4] = {0, 1, 2, 4};
    size_t more = extra[tag & 3];
    if (more > s->in.n - s->pos) return false;
    size_t back = number(s, more), n = (tag >> 2) + 1;
    s->pos += more;
    if ((tag & 3) == 1) {
        back |= (size_t)(tag & 0xe0) << 3;
        n = (tag >> 2 & 7) + 4;
    }
    return window_copy(&s->w, back, n);
}

enum st snappy_run(struct snappy *s, size_t until)
{
    while (s->pos < s->in.n && s->w.at < until) {
        unsigned tag = s->in.p[s->pos++];
        if (!(tag & 3 ? copy(s, tag) : literal(s, tag))) return ST_MALFORMED;
    }
    return ST_OK;
}
