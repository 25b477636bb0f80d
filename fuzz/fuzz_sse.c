/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_sse.c - event streams: the first byte says into which pieces the rest comes. */
#include "fuzz.h"
#include "base/arena.h"
#include "codec/sse.h"
#include <stdlib.h>

#define EVENTS_MAX 512

struct cuts {
    size_t ends[EVENTS_MAX], count;
    bool limit;
};

static void cut_all(struct slice all, size_t step, struct cuts *ret)
{
    struct cutter c;
    size_t begin = 0, upto = 0, n;
    cutter_init(&c, 600);
    for (;;) {
        enum cut cut = sse_cut(&c, slice_sub(all, begin, upto - begin), upto == all.n, &n);
        if (cut == CUT_DONE && (!n || n > upto - begin)) abort();
        ret->limit = cut == CUT_LIMIT;
        if (ret->limit || ret->count == EVENTS_MAX) return;
        if (cut == CUT_DONE)
            ret->ends[ret->count++] = begin += n;
        else if (upto == all.n)
            break;
        else
            upto = all.n - upto < step ? all.n : upto + step;
    }
    if (begin != all.n) abort();
}

static void read_all(struct slice all, const struct cuts *cuts)
{
    struct arena arena;
    arena_init(&arena, 1u << 20, 4096);
    for (size_t i = 0, from = 0; i < cuts->count; from = cuts->ends[i++]) {
        struct sse_event e;
        struct slice raw = slice_sub(all, from, cuts->ends[i] - from);
        if (!sse_read(raw, &arena, &e)) abort();
        for (size_t at = 0; at < e.data.n; at++) {
            size_t where = sse_raw_at(&e, at);
            if (where > raw.n) abort();
            if (e.data.p[at] != '\n' && raw.p[where] != e.data.p[at]) abort();
        }
    }
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cuts whole = {0}, pieces = {0};
    if (!size) return 0;
    struct slice all = slice_of(data + 1, size - 1);
    cut_all(all, all.n + 1, &whole);
    cut_all(all, data[0] % 16 + 1u, &pieces);
    if (whole.count != pieces.count || whole.limit != pieces.limit) abort();
    if (memcmp(whole.ends, pieces.ends, whole.count * sizeof whole.ends[0])) abort();
    read_all(all, &whole);
    return 0;
}
