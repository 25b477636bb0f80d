/* SPDX-License-Identifier: Apache-2.0 */
/* unlz4.c - the legacy frame is a magic number, then blocks: length u32le | LZ4 block of at most
 * 8 MiB when unpacked. It ends with the input or with a length that is another magic number. */
#include "port/lz4/unlz4.h"
#include "base/cursor.h"
#include <lz4.h>
#include <lz4frame.h>

#define LEGACY_MAGIC 0x184c2102u
#define LEGACY_BLOCK (8u << 20)

static void *open_frame(struct slice props)
{
    (void)props;
    LZ4F_dctx *d = NULL;
    return LZ4F_isError(LZ4F_createDecompressionContext(&d, LZ4F_VERSION)) ? NULL : d;
}

static enum st step_frame(void *state, struct decoder_step *s)
{
    size_t out = s->room, in = s->in.n;
    size_t code = LZ4F_decompress(state, s->out, &out, s->in.p, &in, NULL);
    if (LZ4F_isError(code)) return ST_MALFORMED;
    s->made = out;
    s->in = slice_sub(s->in, in, s->in.n);
    s->end = code == 0;
    return !s->end && !s->in.n && out < s->room ? ST_TRUNCATED : ST_OK;
}

static void finish_frame(void *state)
{
    (void)LZ4F_freeDecompressionContext(state);
}

struct legacy {
    bool begun;
    size_t fill, given; /* bytes in block, bytes of them handed out */
    uint8_t block[LEGACY_BLOCK];
};

static void *open_legacy(struct slice props)
{
    (void)props;
    return calloc(1, sizeof(struct legacy));
}

static enum st next_block(struct legacy *l, struct decoder_step *s)
{
    struct cursor c = cur_of(s->in);
    if (!l->begun && cur_u32le(&c) != LEGACY_MAGIC) return ST_MALFORMED;
    l->begun = true;
    s->end = cur_left(&c) == 0;
    if (s->end) s->in = cur_rest(&c);
    if (s->end) return ST_OK;
    struct cursor before = c;
    uint32_t n = cur_u32le(&c);
    if (!cur_ok(&c)) return ST_TRUNCATED;
    if (n > (uint32_t)LZ4_compressBound(LEGACY_BLOCK)) { /* not a block: the next frame */
        s->end = true;
        s->in = cur_rest(&before);
        return ST_OK;
    }
    struct slice packed = cur_bytes(&c, n);
    if (!cur_ok(&c)) return ST_TRUNCATED;
    int made = LZ4_decompress_safe((const char *)packed.p, (char *)l->block, (int)packed.n,
                                   (int)LEGACY_BLOCK);
    if (made < 0) return ST_MALFORMED;
    l->fill = (size_t)made;
    l->given = 0;
    s->in = cur_rest(&c);
    return ST_OK;
}

static enum st step_legacy(void *state, struct decoder_step *s)
{
    struct legacy *l = state;
    s->made = 0;
    enum st st = l->given == l->fill ? next_block(l, s) : ST_OK;
    if (st != ST_OK || s->end) return st;
    size_t n = l->fill - l->given;
    if (n > s->room) n = s->room;
    memcpy(s->out, &l->block[l->given], n);
    l->given += n;
    s->made = n;
    return ST_OK;
}

const struct decoder unlz4 = {open_frame, step_frame, finish_frame};
const struct decoder unlz4_legacy = {open_legacy, step_legacy, free};
