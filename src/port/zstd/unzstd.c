/* SPDX-License-Identifier: Apache-2.0 */
#include "port/zstd/unzstd.h"
#include <zstd.h>
#include <zstd_errors.h>

static void *open_zstd(struct slice props)
{
    ZSTD_DCtx *d = ZSTD_createDCtx(); /* its own limit of the window is 128 MiB */
    if (d && props.n) (void)ZSTD_DCtx_setParameter(d, ZSTD_d_windowLogMax, props.p[0]);
    return d;
}

/* After the end of a frame it begins the next by itself. */
bool unzstd_again(void *state)
{
    return state;
}

static enum st verdict(size_t code)
{
    switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_memory_allocation: return ST_NOMEM;
    case ZSTD_error_frameParameter_windowTooLarge:
    case ZSTD_error_frameParameter_unsupported:
    case ZSTD_error_version_unsupported:
    case ZSTD_error_dictionary_wrong: return ST_UNSUPPORTED;
    default: return ST_MALFORMED;
    }
}

static enum st step(void *state, struct decoder_step *s)
{
    ZSTD_inBuffer in = {s->in.p, s->in.n, 0};
    ZSTD_outBuffer out = {s->out, s->room, 0};
    size_t code = ZSTD_decompressStream(state, &out, &in);
    s->made = out.pos;
    s->in = slice_sub(s->in, in.pos, s->in.n);
    if (ZSTD_isError(code)) return verdict(code);
    s->end = code == 0;
    return !s->end && !s->in.n && s->made < s->room ? ST_TRUNCATED : ST_OK;
}

static void finish(void *state)
{
    (void)ZSTD_freeDCtx(state);
}

const struct decoder unzstd = {open_zstd, step, finish};
