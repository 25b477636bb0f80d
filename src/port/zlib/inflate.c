/* SPDX-License-Identifier: Apache-2.0 */
#include "port/zlib/inflate.h"
#include <zlib.h>

#define PIECE (1u << 30) /* zlib counts in unsigned int */

static void *open_bits(int bits)
{
    z_stream *z = calloc(1, sizeof *z);
    if (z && inflateInit2(z, bits) == Z_OK) return z;
    free(z);
    return NULL;
}

static void *open_raw(struct slice props)
{
    (void)props;
    return open_bits(-MAX_WBITS);
}

static void *open_zlib(struct slice props)
{
    (void)props;
    return open_bits(MAX_WBITS);
}

static void *open_gzip(struct slice props)
{
    (void)props;
    return open_bits(MAX_WBITS + 16);
}

static enum st verdict(int code)
{
    switch (code) {
    case Z_OK:
    case Z_STREAM_END: return ST_OK;
    case Z_BUF_ERROR: return ST_TRUNCATED;
    case Z_NEED_DICT: return ST_UNSUPPORTED;
    case Z_MEM_ERROR: return ST_NOMEM;
    default: return ST_MALFORMED;
    }
}

static enum st step(void *state, struct decoder_step *s)
{
    z_stream *z = state;
    uInt given = s->in.n > PIECE ? PIECE : (uInt)s->in.n;
    uInt room = s->room > PIECE ? PIECE : (uInt)s->room;
    z->next_in = (z_const Bytef *)s->in.p;
    z->avail_in = given;
    z->next_out = s->out;
    z->avail_out = room;
    int code = inflate(z, Z_NO_FLUSH);
    s->in = slice_sub(s->in, given - z->avail_in, s->in.n);
    s->made = room - z->avail_out;
    s->end = code == Z_STREAM_END;
    return verdict(code);
}

bool inflate_again(void *state)
{
    return inflateReset(state) == Z_OK;
}

static void finish(void *state)
{
    if (state) inflateEnd(state);
    free(state);
}

const struct decoder inflate_raw = {open_raw, step, finish};
const struct decoder inflate_zlib = {open_zlib, step, finish};
const struct decoder inflate_gzip = {open_gzip, step, finish};
