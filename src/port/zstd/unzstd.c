/* SPDX-License-Identifier: Apache-2.0 */
#include "port/zstd/unzstd.h"
#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

struct unzstd {
    ZSTD_DCtx *d;
    size_t at; /* bytes of the frame's magic number so far */
    bool skippable;
};

static void finish(void *state)
{
    struct unzstd *z = state;
    if (z) (void)ZSTD_freeDCtx(z->d);
    free(z);
}

static void *open_zstd(struct slice props)
{
    struct unzstd *z = calloc(1, sizeof *z);
    if (z) z->d = ZSTD_createDCtx(); /* its own limit of the window is 128 MiB */
    if (!z || !z->d) return finish(z), NULL;
    if (props.n) (void)ZSTD_DCtx_setParameter(z->d, ZSTD_d_windowLogMax, props.p[0]);
    return z;
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

/* The library may read frames from before the format was settled, too: other code, without our
 * limit of the window, which on damage tells of output that it has not made. */
static bool is_frame(struct unzstd *z, struct slice in)
{
    static const uint8_t magics[2][4] = {{0x28, 0xb5, 0x2f, 0xfd}, {0x50, 0x2a, 0x4d, 0x18}};
    for (size_t i = 0; z->at < 4 && i < in.n; i++, z->at++) {
        uint8_t byte = in.p[i];
        if (!z->at) z->skippable = byte >> 4 == 5;
        if (!z->at && z->skippable) byte = 0x50; /* sixteen numbers */
        if (byte != magics[z->skippable][z->at]) return false;
    }
    return true;
}

static enum st step(void *state, struct decoder_step *s)
{
    struct unzstd *z = state;
    if (!is_frame(z, s->in)) return ST_MALFORMED;
    ZSTD_inBuffer in = {s->in.p, s->in.n, 0};
    ZSTD_outBuffer out = {s->out, s->room, 0};
    size_t code = ZSTD_decompressStream(z->d, &out, &in);
    s->made = out.pos;
    s->in = slice_sub(s->in, in.pos, s->in.n);
    if (ZSTD_isError(code)) return verdict(code);
    s->end = code == 0;
    if (s->end) z->at = 0;
    return !s->end && !s->in.n && s->made < s->room ? ST_TRUNCATED : ST_OK;
}

const struct decoder unzstd = {open_zstd, step, finish};
