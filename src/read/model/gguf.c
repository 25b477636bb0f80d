/* SPDX-License-Identifier: Apache-2.0 */
/* gguf.c - the frame: version, byte order, counts; then keys, tensors, data. */
#include "read/model/gguf.h"
#include "read/model/gguf_part.h"

#define VERSION_MAX    3u
#define COMPLAINTS_MAX 16u

void gguf_complain(struct gguf *g, enum anomaly what, uint64_t at, const char *text)
{
    if (g->complaints++ < COMPLAINTS_MAX) tell_anomaly(g->r, what, at, "%s", text);
}

uint32_t gguf_u32(struct gguf *g)
{
    return g->big ? cur_u32be(&g->c) : cur_u32le(&g->c);
}

uint64_t gguf_u64(struct gguf *g)
{
    return g->big ? cur_u64be(&g->c) : cur_u64le(&g->c);
}

uint64_t gguf_size(struct gguf *g)
{
    return g->narrow ? gguf_u32(g) : gguf_u64(g);
}

struct slice gguf_string(struct gguf *g)
{
    return cur_bytes(&g->c, gguf_size(g));
}

/* The count that is possible in what is left of the file. */
static uint64_t possible(struct gguf *g, uint64_t count, unsigned least, uint64_t at)
{
    uint64_t most = cur_left(&g->c) / least;
    if (count <= most) return count;
    gguf_complain(g, ANOMALY_TRUNCATED, at, "more keys or tensors than the file has room for");
    return most;
}

/* Little-endian unless the version only makes sense the other way round. */
static const char *version(struct gguf *g)
{
    uint32_t v = cur_u32le(&g->c);
    if (v && !(v & 0xffffff)) {
        g->big = true;
        v >>= 24;
    }
    g->narrow = v == 1;
    if (v == 0 || v > VERSION_MAX)
        tell_anomaly(g->r, ANOMALY_MALFORMED, 4, "version %u; 1 to 3 are known", v);
    return g->big ? "big-endian" : v == 1 ? "version 1" : v == 2 ? "version 2" : "version 3";
}

static enum st read_file(struct gguf *g)
{
    enum st st = ST_OK;
    unsigned word = g->narrow ? 4 : 8;
    uint64_t tensors = gguf_size(g), keys = gguf_size(g);
    if (!cur_ok(&g->c)) return ST_TRUNCATED;
    if (!tensors && !keys)
        gguf_complain(g, ANOMALY_MALFORMED, 8, "neither keys nor tensors: this is not a model");
    keys = possible(g, keys, word + 4 + 1, 8 + word);
    for (uint64_t i = 0; i < keys && st == ST_OK; i++) st = gguf_meta(g);
    if (st != ST_OK) return st;
    tensors = possible(g, tensors, word + 4 + 4 + 8, 8);
    st = gguf_tensors(g, tensors);
    tell_card_number(g->r, CARD_TENSORS, g->tensor_count);
    tell_card_number(g->r, CARD_PARAMETERS, g->parameters);
    return st == ST_OK ? gguf_data(g) : st;
}

enum st gguf_read(struct reading *r)
{
    struct gguf g = {.r = r, .c = cur_of(r->layer->bytes), .alignment = 32};
    map_init(&g.keys, r->arena, 0);
    map_init(&g.names, r->arena, 0);
    cur_skip(&g.c, 4);
    tell_format(r, FMT_GGUF, version(&g));
    tell_card(r, CARD_FRAMEWORK, S("ggml"));
    enum st st = read_file(&g);
    if (st != ST_MALFORMED && st != ST_TRUNCATED) return st;
    if (!g.complaints) tell_anomaly(r, ANOMALY_TRUNCATED, 4, "the file ends in its header");
    tell_unread(r, UNREAD_MALFORMED, cur_pos(&g.c), r->layer->bytes.n - cur_pos(&g.c),
                "everything behind the broken part of the header");
    return ST_OK;
}
