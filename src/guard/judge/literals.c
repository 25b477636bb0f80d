/* SPDX-License-Identifier: Apache-2.0 */
/* literals.c - see the header. Bytes are first mapped to the few classes that occur in literals, so
 * that the table of transitions stays small: states x classes. */
#include "guard/judge/literals.h"

#define TEXTS_MOST 20000u

struct text {
    struct slice letters;
    enum literal_kind kind;
    unsigned number;
    bool rotated;
    uint32_t next; /* another one that ends in the same state; 0: none, else 1 + its index */
};

struct literals_set {
    struct arena *arena;
    struct text *texts;
    size_t count, room;
    unsigned numbers[3];
    uint8_t classes[256];
    size_t class_count, states;
    uint32_t *next;  /* [state * class_count + class] */
    uint32_t *fail;  /* the longest end of the state's text that is a beginning as well */
    uint32_t *ends;  /* 1 + the text that ends here; 0: none */
    uint32_t *above; /* the nearest state of the chain of `fail` that has an end; 0: none */
    uint16_t *depth;
};

static bool is_letter(uint8_t c)
{
    return ascii_alnum(c) || c >= 0x80;
}

struct literals_set *literals_set_new(struct arena *a)
{
    struct literals_set *s = ARENA_NEW(a, struct literals_set);
    if (s) s->arena = a;
    return s;
}

static enum st keep(struct literals_set *s, enum literal_kind kind, struct slice letters,
                    bool rotated)
{
    if (s->count == TEXTS_MOST) return ST_LIMIT;
    if (s->count == s->room) {
        size_t room = s->room ? 2 * s->room : 16;
        struct text *more = ARENA_ARRAY(s->arena, struct text, room);
        if (!more) return ST_NOMEM;
        if (s->count) memcpy(more, s->texts, s->count * sizeof *more);
        s->texts = more;
        s->room = room;
    }
    struct slice copy = arena_copy(s->arena, letters);
    if (!copy.p) return ST_NOMEM;
    s->texts[s->count++] = (struct text){copy, kind, s->numbers[kind], rotated, 0};
    return ST_OK;
}

static uint8_t rotate(uint8_t c)
{
    return ascii_lower(c) ? (uint8_t)('a' + (c - 'a' + 13) % 26) : c;
}

enum st literals_add(struct literals_set *s, enum literal_kind kind, struct slice text)
{
    uint8_t out[LITERAL_MOST];
    size_t n = 0;
    struct letters l = {.blank = true};
    struct letter c;
    text = slice_trim(text);
    for (size_t at = 0; at < text.n;) {
        letters_next(&l, text, 0, &at, &c);
        if (n + c.n > sizeof out) return ST_LIMIT;
        memcpy(out + n, c.text, c.n);
        n += c.n;
    }
    if (!n) return ST_OK;
    enum st st = keep(s, kind, slice_of(out, n), false);
    if (st == ST_OK && kind == LITERAL_CANARY) {
        for (size_t i = 0; i < n; i++) out[i] = rotate(out[i]);
        st = keep(s, kind, slice_of(out, n), true);
    }
    s->numbers[kind]++;
    return st;
}

/* ---- building ---- */

static void count_classes(struct literals_set *s, size_t *ret_bytes)
{
    *ret_bytes = 0;
    s->class_count = 1; /* 0: what no literal has */
    for (size_t i = 0; i < s->count; i++) {
        struct slice t = s->texts[i].letters;
        *ret_bytes += t.n;
        for (size_t k = 0; k < t.n; k++)
            if (!s->classes[t.p[k]]) s->classes[t.p[k]] = (uint8_t)s->class_count++;
    }
}

static void add_path(struct literals_set *s, size_t number)
{
    struct text *t = &s->texts[number];
    uint32_t state = 0;
    for (size_t k = 0; k < t->letters.n; k++) {
        uint32_t *next = &s->next[state * s->class_count + s->classes[t->letters.p[k]]];
        if (!*next) {
            *next = (uint32_t)s->states;
            s->depth[s->states++] = (uint16_t)(k + 1);
        }
        state = *next;
    }
    t->next = s->ends[state];
    s->ends[state] = (uint32_t)number + 1;
}

/* Breadth first: the states of one depth need those above. `queue` has room for all. */
static void link_states(struct literals_set *s, uint32_t *queue)
{
    size_t head = 0, tail = 0;
    for (size_t c = 0; c < s->class_count; c++)
        if (s->next[c]) queue[tail++] = s->next[c];
    while (head < tail) {
        uint32_t state = queue[head++], fail = s->fail[state];
        s->above[state] = s->ends[fail] ? fail : s->above[fail];
        for (size_t c = 0; c < s->class_count; c++) {
            uint32_t *next = &s->next[state * s->class_count + c];
            uint32_t other = s->next[fail * s->class_count + c];
            if (!*next) {
                *next = other;
                continue;
            }
            s->fail[*next] = other;
            queue[tail++] = *next;
        }
    }
}

enum st literals_build(struct literals_set *s)
{
    size_t bytes;
    count_classes(s, &bytes);
    if (bytes + 1 > LITERALS_STATES) return ST_LIMIT;
    size_t states = bytes + 1;
    s->next = ARENA_ARRAY(s->arena, uint32_t, states * s->class_count);
    s->fail = ARENA_ARRAY(s->arena, uint32_t, states);
    s->ends = ARENA_ARRAY(s->arena, uint32_t, states);
    s->above = ARENA_ARRAY(s->arena, uint32_t, states);
    s->depth = ARENA_ARRAY(s->arena, uint16_t, states);
    uint32_t *queue = ARENA_ARRAY(s->arena, uint32_t, states);
    if (!s->next || !s->fail || !s->ends || !s->above || !s->depth || !queue) return ST_NOMEM;
    s->states = 1;
    for (size_t i = 0; i < s->count; i++) add_path(s, i);
    link_states(s, queue);
    return ST_OK;
}

/* ---- scanning ---- */

void literals_begin(struct literals_scan *s, const struct literals_set *set)
{
    s->set = set;
    s->letters = (struct letters){.blank = true};
    s->state = 0;
    s->at = 0;
    s->word = s->waits = false;
}

static uint64_t place(const struct literals_scan *s, uint64_t letter, uint64_t now)
{
    uint32_t low = s->places[letter % LITERAL_MOST];
    return now - (uint32_t)((uint32_t)now - low);
}

static void tell_waiting(struct literals_scan *s, literal_found_fn *found, void *ctx)
{
    if (s->waits) found(ctx, &s->waiting);
    s->waits = false;
}

/* The longest literal that ends with the letter before `s->at`. */
static void ends_here(struct literals_scan *s, uint64_t to, literal_found_fn *found, void *ctx)
{
    const struct literals_set *set = s->set;
    uint32_t state = set->ends[s->state] ? s->state : set->above[s->state];
    for (; state; state = set->above[state]) {
        const struct text *t = &set->texts[set->ends[state] - 1];
        uint64_t first = s->at - t->letters.n;
        if (is_letter(t->letters.p[0]) && !s->begins[first % LITERAL_MOST]) continue;
        for (; t; t = t->next ? &set->texts[t->next - 1] : NULL) {
            struct literal_found f = {t->kind, t->number, place(s, first, to), to, t->rotated};
            if (!is_letter(t->letters.p[t->letters.n - 1])) {
                found(ctx, &f);
            } else { /* of those that end alike and wait for a word's end, the last one added */
                s->waiting = f;
                s->waits = true;
            }
        }
        return;
    }
}

static void step(struct literals_scan *s, uint8_t byte, const struct letter *c,
                 literal_found_fn *found, void *ctx)
{
    const struct literals_set *set = s->set;
    bool letter = is_letter(byte);
    if (letter) s->waits = false;
    tell_waiting(s, found, ctx);
    s->places[s->at % LITERAL_MOST] = (uint32_t)c->from;
    s->begins[s->at % LITERAL_MOST] = !s->word;
    s->word = letter;
    s->at++;
    s->state = set->next[s->state * set->class_count + set->classes[byte]];
    if (s->state && (set->ends[s->state] || set->above[s->state])) ends_here(s, c->to, found, ctx);
}

void literals_feed(struct literals_scan *s, struct slice piece, uint64_t base,
                   literal_found_fn *found, void *ctx)
{
    struct letter c;
    if (!s->set || !s->set->count) return;
    for (size_t at = 0; at < piece.n;) {
        letters_next(&s->letters, piece, base, &at, &c);
        for (size_t i = 0; i < c.n; i++) step(s, c.text[i], &c, found, ctx);
    }
}

void literals_end(struct literals_scan *s, literal_found_fn *found, void *ctx)
{
    tell_waiting(s, found, ctx);
}

uint64_t literals_open(const struct literals_scan *s, uint64_t end)
{
    if (!s->set || !s->set->count) return end;
    uint64_t open = s->letters.cut_n ? end - s->letters.cut_n : end;
    if (s->waits && s->waiting.from < open) open = s->waiting.from;
    size_t depth = s->set->depth[s->state];
    if (!depth) return open;
    uint64_t from = place(s, s->at - depth, end);
    return from < open ? from : open;
}
