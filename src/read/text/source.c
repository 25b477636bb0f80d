/* SPDX-License-Identifier: Apache-2.0 */
#include "read/text/source.h"

enum st source_open(struct source *s, struct reading *r, enum source_kind kind)
{
    (void)kind;
    *s = (struct source){.r = r, .text = r->layer->bytes, .layer = *r->layer};
    if (slice_starts(s->text, S("\xef\xbb\xbf"))) s->mark = 3;
    s->text = slice_sub(s->text, s->mark, s->text.n);
    return ST_OK;
}

uint64_t source_offset(struct source *s, size_t at)
{
    return s->mark + at;
}

void source_release(const struct source *s, size_t from, size_t to)
{
    if (to > from) layer_release(&s->layer, from + s->mark, to - from);
}
