/* SPDX-License-Identifier: Apache-2.0 */
#include "port/bzip2/bunzip.h"
#include <bzlib.h>

#define PIECE (1u << 30) /* libbz2 counts in unsigned int */

static void *open_bunzip(struct slice props)
{
    (void)props;
    bz_stream *b = calloc(1, sizeof *b);
    if (b && BZ2_bzDecompressInit(b, 0, 0) == BZ_OK) return b;
    free(b);
    return NULL;
}

static enum st step(void *state, struct decoder_step *s)
{
    bz_stream *b = state;
    unsigned given = s->in.n > PIECE ? PIECE : (unsigned)s->in.n;
    unsigned room = s->room > PIECE ? PIECE : (unsigned)s->room;
    b->next_in = (char *)s->in.p; /* not written to */
    b->avail_in = given;
    b->next_out = (char *)s->out;
    b->avail_out = room;
    int code = BZ2_bzDecompress(b);
    s->in = slice_sub(s->in, given - b->avail_in, s->in.n);
    s->made = room - b->avail_out;
    s->end = code == BZ_STREAM_END;
    if (code == BZ_MEM_ERROR) return ST_NOMEM;
    if (code != BZ_OK && code != BZ_STREAM_END) return ST_MALFORMED;
    bool stuck = !s->end && !s->made && given == b->avail_in;
    return stuck || (!s->end && !s->in.n && s->made < room) ? ST_TRUNCATED : ST_OK;
}

static void finish(void *state)
{
    if (state) BZ2_bzDecompressEnd(state);
    free(state);
}

const struct decoder bunzip = {open_bunzip, step, finish};
