/* SPDX-License-Identifier: Apache-2.0 */
#include "port/lzma/unlzma.h"
#include "base/cursor.h"
#include <lzma.h>

static const lzma_vli filter_ids[LZMA_PARTS] = {
    [LZMA_PART_1] = LZMA_FILTER_LZMA1,           [LZMA_PART_2] = LZMA_FILTER_LZMA2,
    [LZMA_PART_X86] = LZMA_FILTER_X86,           [LZMA_PART_POWERPC] = LZMA_FILTER_POWERPC,
    [LZMA_PART_IA64] = LZMA_FILTER_IA64,         [LZMA_PART_ARM] = LZMA_FILTER_ARM,
    [LZMA_PART_ARMTHUMB] = LZMA_FILTER_ARMTHUMB, [LZMA_PART_SPARC] = LZMA_FILTER_SPARC,
    [LZMA_PART_DELTA] = LZMA_FILTER_DELTA,
};

static lzma_stream *fresh(void)
{
    lzma_stream *z = calloc(1, sizeof *z);
    if (z) *z = (lzma_stream)LZMA_STREAM_INIT;
    return z;
}

static void finish(void *state)
{
    if (state) lzma_end(state);
    free(state);
}

static void *checked(lzma_stream *z, lzma_ret code)
{
    if (code == LZMA_OK) return z;
    finish(z);
    return NULL;
}

static void *open_xz(struct slice props)
{
    (void)props;
    lzma_stream *z = fresh();
    return z ? checked(z, lzma_stream_decoder(z, DECODER_MEMORY, 0)) : NULL;
}

static void *open_alone(struct slice props)
{
    (void)props;
    lzma_stream *z = fresh();
    return z ? checked(z, lzma_alone_decoder(z, DECODER_MEMORY)) : NULL;
}

/* Without its size, a filter in front of LZMA would wait for bytes that never come. */
static void set_size(lzma_filter *f, uint64_t size)
{
    lzma_options_lzma *o = f->options;
    if (size == UINT64_MAX) return;
    f->id = LZMA_FILTER_LZMA1EXT;
    o->ext_flags = LZMA_LZMA1EXT_ALLOW_EOPM;
    o->ext_size_low = (uint32_t)size;
    o->ext_size_high = (uint32_t)(size >> 32);
}

/* Number of filters, or 0 when the list makes no sense. */
static size_t parse_chain(struct slice props, lzma_filter filters[LZMA_FILTERS_MAX + 1])
{
    struct cursor c = cur_of(props);
    uint64_t size = cur_u64le(&c);
    size_t n = 0;
    while (cur_left(&c) && n < LZMA_FILTERS_MAX) {
        uint8_t kind = cur_u8(&c);
        struct slice own = cur_bytes(&c, cur_u8(&c));
        if (!cur_ok(&c) || kind >= LZMA_PARTS) break;
        filters[n] = (lzma_filter){.id = filter_ids[kind]};
        if (lzma_properties_decode(&filters[n], NULL, own.n ? own.p : NULL, own.n) != LZMA_OK)
            break;
        if (kind == LZMA_PART_1) set_size(&filters[n], size);
        n++;
    }
    bool whole = cur_ok(&c) && !cur_left(&c);
    filters[n].id = LZMA_VLI_UNKNOWN;
    if (whole && n && lzma_raw_decoder_memusage(filters) <= DECODER_MEMORY) return n;
    for (size_t i = 0; i < n; i++) free(filters[i].options);
    return 0;
}

static void *open_filters(lzma_filter *filters, size_t n)
{
    lzma_stream *z = n ? fresh() : NULL;
    void *state = z ? checked(z, lzma_raw_decoder(z, filters)) : NULL;
    for (size_t i = 0; i < n; i++) free(filters[i].options);
    return state;
}

static void *open_chain(struct slice props)
{
    lzma_filter filters[LZMA_FILTERS_MAX + 1] = {0};
    return open_filters(filters, parse_chain(props, filters));
}

static void *open_raw(struct slice props)
{
    uint8_t chain[15];
    if (props.n != 5) return NULL;
    memset(chain, 0xff, 8); /* the size is not known */
    chain[8] = LZMA_PART_1;
    chain[9] = 5;
    memcpy(&chain[10], props.p, 5);
    return open_chain(slice_of(chain, sizeof chain));
}

static enum st verdict(lzma_ret code)
{
    switch (code) {
    case LZMA_OK:
    case LZMA_STREAM_END: return ST_OK;
    case LZMA_BUF_ERROR: return ST_TRUNCATED;
    case LZMA_MEM_ERROR:
    case LZMA_MEMLIMIT_ERROR: return ST_NOMEM;
    case LZMA_OPTIONS_ERROR: return ST_UNSUPPORTED;
    default: return ST_MALFORMED;
    }
}

static enum st step(void *state, struct decoder_step *s)
{
    lzma_stream *z = state;
    size_t given = s->in.n;
    z->next_in = s->in.p;
    z->avail_in = given;
    z->next_out = s->out;
    z->avail_out = s->room;
    lzma_ret code = lzma_code(z, LZMA_RUN);
    s->in = slice_sub(s->in, given - z->avail_in, given);
    s->made = s->room - z->avail_out;
    s->end = code == LZMA_STREAM_END;
    if (code == LZMA_OK && !s->made && z->avail_in == given) return ST_TRUNCATED;
    if (code == LZMA_OK && !z->avail_in && s->made < s->room) return ST_TRUNCATED;
    return verdict(code);
}

const struct decoder unlzma_xz = {open_xz, step, finish};
const struct decoder unlzma_alone = {open_alone, step, finish};
const struct decoder unlzma_raw = {open_raw, step, finish};
const struct decoder unlzma_chain = {open_chain, step, finish};
