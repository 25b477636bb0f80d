/* SPDX-License-Identifier: Apache-2.0 */
/* stream_alike.c - most events of a stream are the one before with another word in one place. What
 * stands around the word was read and judged; where it is the same, byte for byte, and the word has
 * no character that could end or change its string, reading it again would tell the same.
 *
 *     data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Hel"}}]}
 *     data: {"id":"c1","choices":[{"index":0,"delta":{"content":"lo, "}}]}
 *     [------------------------ head ---------------------------]    [tail]
 */
#include "guard/screen/stream_part.h"
#include "base/utf8.h"

void alike_forget(struct alike *a)
{
    a->known = false;
}

/* The only part that grows; NULL: there are none, or several. */
static const struct part *only_growing(const struct surface_doc *doc)
{
    const struct part *only = NULL;
    for (size_t i = 0; i < doc->part_count; i++) {
        if (!(doc->parts[i].flags & PART_GROWS)) continue;
        if (only) return NULL;
        only = &doc->parts[i];
    }
    return only;
}

void alike_keep(struct alike *a, struct slice raw, const struct surface_doc *doc)
{
    const struct part *p = only_growing(doc);
    a->known = false;
    if (!p || !p->text.n || p->coding != PART_ESCAPED || doc->end_count || doc->opens) return;
    if (raw.n > sizeof a->event || p->from >= p->to) return;
    memcpy(a->event, raw.p, raw.n);
    a->n = raw.n;
    a->part = *p;
    a->parts = doc->part_count;
    a->known = true;
}

/* Nothing in it means anything to JSON, or to what stands around JSON. */
static bool is_plain(struct slice word)
{
    uint8_t high = 0;
    for (size_t i = 0; i < word.n; i++) {
        uint8_t c = word.p[i];
        if (c < ' ' || c == '"' || c == '\\') return false;
        high |= c;
    }
    return high < 0x80 || utf8_valid(word);
}

bool alike_read(const struct alike *a, struct slice raw, struct part *ret)
{
    size_t head = a->part.from, tail = a->n - a->part.to;
    if (!a->known || raw.n <= head + tail) return false;
    struct slice word = slice_sub(raw, head, raw.n - head - tail);
    if (memcmp(raw.p, a->event, head) != 0) return false;
    if (memcmp(raw.p + raw.n - tail, a->event + a->part.to, tail) != 0) return false;
    if (!is_plain(word)) return false;
    *ret = a->part;
    ret->to = raw.n - tail;
    ret->text = word;
    return true;
}
