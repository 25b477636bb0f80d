/* SPDX-License-Identifier: Apache-2.0 */
#include "port/brotli/unbrotli.h"
#include <brotli/decode.h>

static void *open_brotli(struct slice props)
{
    (void)props;
    return BrotliDecoderCreateInstance(NULL, NULL, NULL); /* windows up to 16 MiB */
}

static enum st verdict(BrotliDecoderErrorCode code)
{
    return code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
                   code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES
               ? ST_NOMEM
               : ST_MALFORMED;
}

static enum st step(void *state, struct decoder_step *s)
{
    size_t in = s->in.n, room = s->room;
    const uint8_t *next = s->in.p;
    uint8_t *out = s->out;
    BrotliDecoderResult result =
        BrotliDecoderDecompressStream(state, &in, &next, &room, &out, NULL);
    s->made = s->room - room;
    s->in = slice_sub(s->in, s->in.n - in, in);
    if (result == BROTLI_DECODER_RESULT_ERROR) return verdict(BrotliDecoderGetErrorCode(state));
    s->end = result == BROTLI_DECODER_RESULT_SUCCESS;
    return result == BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT ? ST_TRUNCATED : ST_OK;
}

static void finish(void *state)
{
    BrotliDecoderDestroyInstance(state);
}

const struct decoder unbrotli = {open_brotli, step, finish};
