/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_hold.c - the first bytes say how the rest is cut into pieces: what a held stream tells must
 * be told before its bytes leave, and what the whole text tells must be told. */
#include "fuzz.h"
#include "guard/judge/hold.h"
#include <stdlib.h>

struct told {
    struct guard_match list[MATCHES_MOST];
    size_t count;
    uint64_t left;
};

static void on_match(void *ctx, const struct guard_match *m)
{
    struct told *t = ctx;
    if (m->to <= m->from) abort();
    if (t->count < MATCHES_MOST) t->list[t->count++] = *m;
}

/* Hits of the text as it lies are told one for one, and in time. */
static void compare(const struct inspect_out *whole, const struct told *t, bool held)
{
    for (size_t i = 0; i < whole->count && !held; i++) {
        const struct guard_match *m = &whole->list[i];
        bool told = m->via[0] || !m->rule->id[0] || m->message;
        for (size_t k = 0; !told && k < t->count; k++)
            told =
                t->list[k].rule == m->rule && t->list[k].from == m->from && t->list[k].to == m->to;
        if (!told) abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct inspect *inspect; /* one per process, as in a loop */
    static struct inspect_out whole;
    static struct told t;
    static const struct guard_checks checks;
    if (!inspect) inspect = inspect_new();
    if (size < 2 || !inspect) return 0;
    struct slice text = slice_of(data + 2, size - 2);
    struct part part = {.role = PART_ASSISTANT, .text = text};
    struct inspect_in in = {.parts = &part, .count = 1, .answer = true};
    inspect_parts(inspect, &checks, &in, &whole);
    struct hold_setup setup = {.inspect = inspect, .checks = &checks, .part = part};
    struct hold_sink sink = {.on_match = on_match, .ctx = &t};
    struct guard_hold *h = hold_new(&setup, &sink);
    if (!h) return 0;
    t.count = 0;
    t.left = 0;
    uint32_t seed = data[1];
    for (size_t at = 0; at < text.n;) {
        seed = seed * 1664525u + 1013904223u;
        size_t n = 1 + (seed >> 8) % ((size_t)data[0] + 1);
        size_t before = t.count;
        uint64_t safe = hold_feed(h, slice_sub(text, at, n));
        at += n;
        for (size_t k = before; k < t.count; k++)
            if (t.list[k].from < t.left && !hold_unscanned(h)) abort();
        if (safe < t.left || safe > at) abort();
        t.left = safe;
    }
    if (hold_finish(h) != text.n) abort();
    compare(&whole, &t, hold_unscanned(h) || t.count == MATCHES_MOST);
    hold_free(h);
    return 0;
}
