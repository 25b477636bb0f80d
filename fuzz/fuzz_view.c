/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_view.c - the first byte picks what a text is looked at as, the rest is the text. What is
 * said must lie inside of it, and nothing is left out without being counted. */
#include "detect/data/look.h"
#include "fuzz.h"
#include <stdlib.h>

static void on_hit(void *ctx, const struct look_hit *h)
{
    const struct slice *text = ctx;
    if (h->hit->from >= h->hit->to || h->hit->to > text->n) abort();
}

static void on_note(void *ctx, const struct look_note *n)
{
    const struct slice *text = ctx;
    if (!n->rule || !n->message || n->from >= n->to || n->to > text->n) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct look *look; /* one for all inputs: it must not remember */
    static const enum look_kind kinds[] = {LOOK_PROSE, LOOK_CODE, LOOK_RECORDS, LOOK_VALUE,
                                           LOOK_CELL};
    if (!look) look = look_new(engine_new());
    if (!size || !look) return 0;
    struct slice text = slice_sub(slice_of(data, size), 1, size);
    struct look_sink sink = {on_hit, on_note, &text};
    if (look_text(look, text, kinds[data[0] % 5], &sink) == ST_BUG) abort();
    return 0;
}
