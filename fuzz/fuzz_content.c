/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_content.c - the first byte picks the codings, the second where the body is cut: cut or
 * whole, the same comes out, and never more than was allowed. */
#include "fuzz.h"
#include "base/st.h"
#include "guard/screen/content.h"
#include <stdlib.h>

#define MOST 200000u

static enum st feed(const char *coding, struct slice in, size_t cut, struct buf *out)
{
    enum st st;
    struct content *c = content_new(slice_str(coding), MOST, &st);
    if (!c) abort();
    st = content_feed(c, slice_sub(in, 0, cut), false, out);
    if (st == ST_OK) st = content_feed(c, slice_sub(in, cut, in.n), true, out);
    content_free(c);
    if (st == ST_BUG || out->n > MOST || out->n > 65536 + in.n * RATIO_MOST) abort();
    return st;
}

/* How much of the ratio is used depends on how far a library has read when it hands something out;
 * a zstd frame that is there as a whole needs no window. */
static bool told_anywhere(enum st st)
{
    return st != ST_LIMIT && st != ST_UNSUPPORTED;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const codings[] = {"gzip",     "deflate",    "br",          "zstd",
                                          "gzip, br", "zstd, gzip", "br, deflate", "deflate, zstd"};
    struct buf whole, cut;
    if (size < 2) return 0;
    const char *coding = codings[data[0] % 8];
    struct slice in = slice_of(data + 2, size - 2);
    buf_init(&whole, MOST);
    buf_init(&cut, MOST);
    enum st a = feed(coding, in, in.n, &whole), b = feed(coding, in, data[1] % (in.n + 1), &cut);
    if (a == ST_OK && b == ST_OK && !slice_eq(buf_slice(&whole), buf_slice(&cut))) abort();
    if (told_anywhere(a) && told_anywhere(b) && a != b) abort();
    buf_done(&whole);
    buf_done(&cut);
    return 0;
}
