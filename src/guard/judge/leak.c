/* SPDX-License-Identifier: Apache-2.0 */
/* leak.c - see the header. */
#include "guard/judge/leak.h"

#define FACTOR 0x9e3779b97f4a7c15ull

struct leak_index {
    uint32_t *slots; /* fingerprints; 0: empty */
    size_t room;     /* a power of two */
    size_t letters, least;
    uint64_t out; /* FACTOR to the power of LEAK_SHINGLE: of the letter that leaves */
};

static uint64_t power(void)
{
    uint64_t p = 1;
    for (unsigned i = 0; i < LEAK_SHINGLE; i++) p *= FACTOR;
    return p;
}

struct leak_index *leak_index_new(struct arena *a, size_t bytes)
{
    struct leak_index *x = ARENA_NEW(a, struct leak_index);
    if (!x) return NULL;
    if (bytes > LEAK_PROMPT) bytes = LEAK_PROMPT;
    for (x->room = 64; x->room < 2 * bytes;) x->room *= 2;
    x->slots = ARENA_ARRAY(a, uint32_t, x->room);
    x->least = LEAK_LEAST;
    x->out = power();
    return x->slots ? x : NULL;
}

static uint32_t print_of(uint64_t hash)
{
    uint32_t f = (uint32_t)((hash * FACTOR) >> 32);
    return f ? f : 1;
}

static bool is_known(const struct leak_index *x, uint64_t hash)
{
    uint32_t f = print_of(hash);
    for (size_t at = hash >> 17 & (x->room - 1); x->slots[at]; at = (at + 1) & (x->room - 1))
        if (x->slots[at] == f) return true;
    return false;
}

static void remember(struct leak_index *x, uint64_t hash)
{
    uint32_t f = print_of(hash);
    size_t at = hash >> 17 & (x->room - 1);
    while (x->slots[at] && x->slots[at] != f) at = (at + 1) & (x->room - 1);
    x->slots[at] = f;
}

static bool counts(uint8_t c)
{
    return ascii_alnum(c) || c >= 0x80;
}

static uint64_t value(uint8_t c)
{
    return (uint64_t)c + 1;
}

static uint64_t roll(const struct leak_index *x, uint64_t hash, uint8_t in, uint8_t out, bool full)
{
    hash = hash * FACTOR + value(in);
    return full ? hash - value(out) * x->out : hash;
}

void leak_index_add(struct leak_index *x, struct slice prompt)
{
    struct letters l = {0};
    struct letter c;
    uint8_t last[LEAK_SHINGLE] = {0};
    uint64_t hash = 0;
    size_t n = 0;
    for (size_t at = 0; at < prompt.n && x->letters + n < LEAK_PROMPT && 2 * n < x->room;) {
        letters_next(&l, prompt, 0, &at, &c);
        for (size_t i = 0; i < c.n; i++) {
            if (!counts(c.text[i])) continue;
            uint8_t *slot = &last[n % LEAK_SHINGLE];
            hash = roll(x, hash, c.text[i], *slot, n >= LEAK_SHINGLE);
            *slot = c.text[i];
            if (++n >= LEAK_SHINGLE) remember(x, hash);
        }
    }
    x->letters += n;
    size_t least = n * 3 / 4;
    if (least < LEAK_SHINGLE) least = LEAK_SHINGLE;
    if (n >= LEAK_SHINGLE && least < x->least) x->least = least;
}

void leak_begin(struct leak_scan *s, const struct leak_index *x)
{
    *s = (struct leak_scan){.index = x};
}

static uint8_t rotate(uint8_t c)
{
    return ascii_lower(c) ? (uint8_t)('a' + (c - 'a' + 13) % 26) : c;
}

static void run_ends(struct leak_scan *s, leak_fn *found, void *ctx)
{
    uint64_t shingles = s->run > s->turned ? s->run : s->turned;
    size_t letters = (size_t)(shingles + LEAK_SHINGLE - 1);
    struct leak_found f = {s->from, s->to, letters, s->turned > s->run};
    if (shingles && letters >= s->index->least && s->to > s->from) found(ctx, &f);
    s->run = s->turned = 0;
}

static void step(struct leak_scan *s, uint8_t byte, const struct letter *c, leak_fn *found,
                 void *ctx)
{
    uint8_t *slot = &s->last[s->count % LEAK_SHINGLE], out = *slot;
    bool full = s->count >= LEAK_SHINGLE;
    s->hash = roll(s->index, s->hash, byte, out, full);
    s->rotated = roll(s->index, s->rotated, rotate(byte), rotate(out), full);
    *slot = byte;
    if (++s->count < LEAK_SHINGLE) return;
    bool plain = is_known(s->index, s->hash), turned = is_known(s->index, s->rotated);
    bool goes_on = (s->run && plain) || (s->turned && turned);
    if (!goes_on) run_ends(s, found, ctx);
    if (!plain && !turned) return;
    if (!goes_on) s->from = c->to;
    s->to = c->to;
    s->run = plain ? s->run + 1 : 0;
    s->turned = turned ? s->turned + 1 : 0;
}

void leak_feed(struct leak_scan *s, struct slice piece, uint64_t base, leak_fn *found, void *ctx)
{
    struct letter c;
    if (!s->index || !s->index->letters) return;
    for (size_t at = 0; at < piece.n;) {
        letters_next(&s->letters, piece, base, &at, &c);
        for (size_t i = 0; i < c.n; i++)
            if (counts(c.text[i])) step(s, c.text[i], &c, found, ctx);
    }
}

void leak_end(struct leak_scan *s, leak_fn *found, void *ctx)
{
    if (s->index && s->index->letters) run_ends(s, found, ctx);
}

uint64_t leak_open(const struct leak_scan *s, uint64_t end)
{
    if (!s->index || !(s->run || s->turned)) return end;
    return s->from < end ? s->from : end;
}
