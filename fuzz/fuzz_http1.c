/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_http1.c - requests of one connection: the codec and the slow model see the same messages,
 * and where the bytes are cut changes nothing. The first byte says where; answers are read as well.
 */
#include "fuzz.h"
#include "../tests/tools/http1_read.h"
#include <stdlib.h>

static void one_request(const uint8_t *p, size_t n, size_t cut)
{
    static struct read_one whole, pieces;
    static struct model model;
    read_init(&whole);
    read_feed(&whole, p, n);
    if (read_differs(&whole, &model, model_request(&model, p, n))) abort();
    read_init(&pieces);
    read_feed(&pieces, p, cut);
    if (pieces.end == HTTP1_MORE) read_feed(&pieces, p, n);
    if (pieces.end != whole.end || pieces.fault != whole.fault) abort();
    if (whole.end == HTTP1_DONE && pieces.size != whole.size) abort();
    if (whole.end == HTTP1_BAD && http1_fault_status(whole.fault) < 400) abort();
}

static void one_answer(struct slice in)
{
    static struct http1_head head;
    static struct http1_chunks chunks;
    struct http1_scan scan = {0};
    if (http1_scan(&scan, in, &read_limits) != HTTP1_DONE) return;
    struct slice rest = slice_sub(in, scan.size, in.n), piece;
    if (http1_answer(slice_sub(in, 0, scan.size), false, &head) || head.body != HTTP1_CHUNKED)
        return;
    http1_chunks_init(&chunks, true);
    while (http1_chunks_next(&chunks, &rest, &piece) == HTTP1_DATA)
        if (!piece.n || !slice_inside(in, piece, NULL)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size || size > 8192) return 0;
    one_request(data + 1, size - 1, data[0] % size);
    one_answer(slice_of(data + 1, size - 1));
    return 0;
}
