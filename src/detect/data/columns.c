/* SPDX-License-Identifier: Apache-2.0 */
/* columns.c - a number by itself says little: one of ten passes a check digit by chance. Its column
 * says more. A value that is all of its cell and fits a detector waits here, and when the table
 * ends its column votes:
 *
 *    the column's name speaks of the detector   half of the filled values must fit
 *    it does not                                four of five, at least five different ones, and so
 *                                               many that chance would do it once in ten million
 *
 * Of several detectors that a column votes for, the one with a name wins, then the better share,
 * then the check that chance passes more rarely. Chance is bounded by the binomial tail.
 *
 * Memory is bounded: so many tallies, so many waiting values; what is beyond is counted. A column
 * that has shown enough is voted for early, and its later values go straight through. */
#include "base/map.h"
#include "base/st.h"
#include "detect/data/data_part.h"
#include "detect/engine/arbitrate.h"

#define SLOTS        1024u
#define TALLIES_MAX  768u
#define WAITING_MAX  4096u  /* of a tally */
#define KEPT_MAX     12288u /* of all bare ones */
#define DISTINCT_MAX 24u
#define DISTINCT_MIN 5u
#define EARLY_ROWS   1024u
#define KEYS_COUNTED 4u /* keys of JSON that are searched for in a block */
#define CHANCE_MAX   1.0001e-7

struct waiting {
    struct waiting *next;
    struct value value;
};

struct tally {
    struct tally *next;
    uint64_t column;
    const struct detector *detector;
    bool named, voted, lost;
    bool sure;      /* the engine was: the column may only speak against it */
    uint64_t hits;  /* rows whose value fits */
    uint64_t times; /* how often its key stands in the blocks seen; 0: not counted */
    uint64_t distinct[DISTINCT_MAX];
    size_t distinct_n;
    struct slice key; /* "name" with its quotes, for counting */
    struct waiting *first, **last;
    size_t waiting;
};

#define BY_PATH (1ull << 63)

uint64_t column_key(const struct block_place *p)
{
    __attribute__((uninitialized)) uint8_t path[512]; /* not zeros for each value */
    size_t n = 0;
    if (p->column_index >= 0) return (uint64_t)p->column_index + 1;
    for (size_t i = 0; i < p->field.n && n < sizeof path; i++) {
        path[n++] = p->field.p[i];
        if (p->field.p[i] != '[') continue;
        while (i + 1 < p->field.n && p->field.p[i + 1] >= '0' && p->field.p[i + 1] <= '9') i++;
    }
    return hash_bytes(slice_of(path, n), 7) | BY_PATH;
}

/* ---- names ---- */

static bool is_elsewhere(const struct value *v)
{
    return context_other(v->field) && !detector_context(v->detector, v->field);
}

/* Of most columns the same is asked for each of their values. */
bool columns_elsewhere(struct judge_data *d, const struct value *v)
{
    struct slice field = v->field;
    if (field.n > NAME_KNOWN) return is_elsewhere(v);
    uint64_t hash = (uintptr_t)v->detector / sizeof *v->detector + v->column;
    struct column_name *c = &d->columns.names[hash % NAMES];
    if (c->detector == v->detector && slice_eq(slice_of(c->text, c->n), field)) return c->elsewhere;
    c->detector = v->detector;
    c->n = field.n;
    if (field.n) memcpy(c->text, field.p, field.n);
    return c->elsewhere = is_elsewhere(v);
}

/* ---- tallies ---- */

static struct tally **slot_of(const struct columns *c, uint64_t column, const struct detector *d)
{
    uint64_t key[2] = {column, (uint64_t)(uintptr_t)d};
    size_t i = hash_bytes(slice_of(key, sizeof key), 3) & (SLOTS - 1);
    while (c->slots[i] && (c->slots[i]->column != column || c->slots[i]->detector != d))
        i = (i + 1) & (SLOTS - 1);
    return &c->slots[i];
}

/* The last name of a path, as it stands in JSON. */
static struct slice quoted_key(struct arena *a, struct slice field)
{
    size_t end = field.n;
    while (end && field.p[end - 1] == ']') {
        size_t open = slice_rfind_byte(slice_sub(field, 0, end), '[');
        if (open == SIZE_MAX) break;
        end = open;
    }
    struct slice path = slice_sub(field, 0, end);
    size_t dot = slice_rfind_byte(path, '.');
    if (dot == SIZE_MAX || path.n - dot > 64) return S("");
    return arena_printf(a, "\"%.*s\"", SLICE_ARG(slice_sub(path, dot + 1, path.n)));
}

static bool has_winner(const struct columns *c, uint64_t column)
{
    for (const struct tally *t = c->newest; t; t = t->next)
        if (t->column == column && t->voted) return true;
    return false;
}

static struct tally *tally_of(struct judge_data *d, const struct value *v)
{
    struct columns *c = &d->columns;
    if (!c->slots) c->slots = ARENA_ARRAY(d->arena, struct tally *, SLOTS);
    if (!c->slots) return NULL;
    struct tally **slot = slot_of(c, v->column, v->detector);
    if (*slot || c->used == TALLIES_MAX) return *slot;
    struct tally *t = ARENA_NEW(d->arena, struct tally);
    if (!t) return NULL;
    *t = (struct tally){.column = v->column, .detector = v->detector, .next = c->newest};
    t->last = &t->first;
    t->named = v->field.n && detector_context(v->detector, v->field);
    t->lost = has_winner(c, v->column);
    if (v->column & BY_PATH) t->key = quoted_key(d->arena, v->field);
    c->used++;
    c->newest = t;
    *slot = t;
    return t;
}

static void note_distinct(struct tally *t, uint64_t hash)
{
    if (t->distinct_n == DISTINCT_MAX) return;
    for (size_t i = 0; i < t->distinct_n; i++)
        if (t->distinct[i] == hash) return;
    t->distinct[t->distinct_n++] = hash;
}

static void wait_for_vote(struct judge_data *d, struct tally *t, const struct value *v)
{
    bool sure = v->sureness == HIT_SURE; /* these find room where bare numbers took it all */
    if (t->waiting >= WAITING_MAX || d->columns.kept >= (sure ? 2 * KEPT_MAX : KEPT_MAX)) return;
    struct waiting *w = ARENA_NEW(d->arena, struct waiting);
    if (!w) {
        d->judge->nomem = true;
        return;
    }
    w->value = *v;
    value_show(d, &w->value);
    w->value.text = S("");
    /* values of one column mostly share their field's name */
    struct slice before = t->first ? t->first->value.field : S("");
    bool same = slice_eq(before, v->field);
    w->value.field = same ? before : arena_copy(d->arena, v->field);
    *t->last = w;
    t->last = &w->next;
    t->waiting++;
    d->columns.kept++;
}

bool columns_voted(const struct judge_data *d, const struct value *v)
{
    if (!d->columns.slots) return false;
    const struct tally *t = *slot_of(&d->columns, v->column, v->detector);
    return t && t->voted;
}

void columns_note(struct judge_data *d, const struct value *v)
{
    struct tally *t = tally_of(d, v);
    if (!t || t->lost) return;
    t->sure |= v->sureness == HIT_SURE;
    t->hits += v->times;
    note_distinct(t, v->identity);
    value_span(d, v, SPAN_BARE);
    wait_for_vote(d, t, v);
}

/* ---- voting ---- */

/* A bound of the chance that k or more of n pass a check that one in `one_in` passes:
 * C(n, k) / one_in^k. */
static double chance(unsigned k, unsigned n, unsigned one_in)
{
    double bound = 1;
    for (unsigned i = 1; i <= k; i++) bound *= (double)(n - k + i) / i / one_in;
    return bound;
}

static bool wins(const struct tally *t, double share)
{
    if (t->named) return share >= 0.5;
    if (t->detector->one_in < 2 || t->distinct_n < DISTINCT_MIN || share < 0.8) return false;
    unsigned k = (unsigned)t->distinct_n;
    return chance(k, (unsigned)((double)k / share + 0.5), t->detector->one_in) <= CHANCE_MAX;
}

static double share_of(const struct judge_data *d, const struct tally *t,
                       const struct block_table_end *end)
{
    uint64_t filled = t->times ? t->times : d->rows, index = t->column - 1;
    if (end && end->filled && !(t->column & BY_PATH) && index < end->columns)
        filled = end->filled[index];
    if (end && !filled) filled = end->records;
    /* deep in one record, and nobody counted how often its key stands there */
    if (!t->times && t->key.n && filled < t->hits) return t->named ? 1 : 0;
    if (filled < t->hits) filled = t->hits;
    return filled ? (double)t->hits / (double)filled : 0;
}

/* Is a the better explanation of their column? */
static bool better(const struct tally *a, double share_a, const struct tally *b, double share_b)
{
    if (a->named != b->named) return a->named;
    if (share_a > share_b + 0.05 || share_b > share_a + 0.05) return share_a > share_b;
    if (a->detector->one_in != b->detector->one_in)
        return a->detector->one_in > b->detector->one_in;
    return a->detector->severity > b->detector->severity;
}

static void tell_waiting(struct judge_data *d, struct tally *t)
{
    for (struct waiting *w = t->first; w; w = w->next) value_found(d, &w->value);
    d->columns.kept -= t->waiting;
    uint64_t told = t->waiting;
    if (t->hits > told && t->waiting) value_more(d, &t->first->value, t->hits - told);
    t->first = NULL;
    t->last = &t->first;
    t->waiting = 0;
}

static void elect(struct judge_data *d, struct tally *winner)
{
    struct value v = {.detector = winner->detector, .column = winner->column};
    winner->voted = true;
    value_span(d, &v, SPAN_VOTE);
    tell_waiting(d, winner);
}

/* The best of this tally's column, if it wins; all others of the column have lost. */
static void vote(struct judge_data *d, struct tally *t, const struct block_table_end *end)
{
    struct tally *best = NULL;
    double best_share = 0;
    for (struct tally *o = t; o; o = o->next) {
        if (o->column != t->column || o->lost || o->voted) continue;
        double share = share_of(d, o, end);
        if (!wins(o, share) || (best && !better(o, share, best, best_share))) continue;
        best = o;
        best_share = share;
    }
    if (!best) return;
    for (struct tally *o = t; o; o = o->next)
        if (o->column == t->column && o != best && !o->voted) o->lost = true;
    elect(d, best);
}

/* What the engine was sure of stays, unless the column is one of numbers of all kinds, of which
 * some pass any check, or is another's. */
static void keep_sure(struct judge_data *d, struct tally *t)
{
    uint64_t rival = 0;
    bool others = false;
    for (const struct tally *o = d->columns.newest; o; o = o->next) {
        if (o == t || o->column != t->column) continue;
        others |= o->voted && (!o->sure || o->named || o->hits > 4 * t->hits);
        if (o->hits > rival) rival = o->hits;
    }
    if (others || (rival >= 16 && rival >= 8 * t->hits)) {
        t->lost = true;
        return;
    }
    elect(d, t);
}

/* A column's tallies are voted on together, at the newest of them. */
static void vote_all(struct judge_data *d, const struct block_table_end *end)
{
    for (struct tally *t = d->columns.newest; t; t = t->next)
        if (!t->voted && !t->lost) vote(d, t, end);
}

static void keep_all_sure(struct judge_data *d)
{
    for (struct tally *t = d->columns.newest; t; t = t->next)
        if (t->sure && !t->voted && !t->lost) keep_sure(d, t);
}

static void count_key(struct tally *t, struct slice text)
{
    for (size_t at = 0;;) {
        struct slice rest = slice_sub(text, at, text.n);
        size_t next = slice_find(rest, t->key);
        if (next == SIZE_MAX) return;
        t->times++;
        at += next + t->key.n;
    }
}

void columns_block(struct judge_data *d, const struct block *b)
{
    size_t counted = 0;
    for (struct tally *t = d->columns.newest; t && counted < KEYS_COUNTED; t = t->next) {
        if (t->voted || t->lost || !t->key.n) continue;
        count_key(t, b->text);
        counted++;
    }
    if (d->rows < EARLY_ROWS || d->rows < d->columns.next_vote || !b->records) return;
    d->columns.next_vote = 2 * d->rows;
    vote_all(d, NULL);
}

/* What stands on its own in a cell, without a word or a vote. */
static const char *const alone[] = {
    "pii.card",    "pii.iban",   "pii.ch.ahv",   "pii.cn.ric",  "pii.de.rvnr", "pii.es.nie",
    "pii.fi.hetu", "pii.fr.nir", "pii.in.gstin", "pii.it.cf",   "pii.lei",     "pii.mx.curp",
    "pii.mx.rfc",  "pii.no.fnr", "pii.sg.nric",  "pii.uk.nino", "pii.us.mbi",  "pii.za.id"};

static void arm(uint64_t armed[ARMED_WORDS], const struct detector *d)
{
    size_t bit = d ? (size_t)(d - detector_at(0)) : SIZE_MAX;
    if (bit < (size_t)ARMED_WORDS * 64) armed[bit / 64] |= 1ull << bit % 64;
}

void columns_armed(const struct judge_data *d, uint64_t armed[ARMED_WORDS])
{
    memset(armed, 0, ARMED_WORDS * sizeof *armed);
    for (size_t i = 0; i < COUNT_OF(alone); i++) arm(armed, detector_find(slice_str(alone[i])));
    for (const struct tally *t = d->columns.newest; t; t = t->next) {
        bool hopeless = t->lost || (!t->voted && !t->named && share_of(d, t, NULL) < 0.5);
        if (!hopeless) arm(armed, t->detector);
    }
}

void columns_end(struct judge_data *d, const struct block_table_end *end)
{
    struct columns *c = &d->columns;
    vote_all(d, end);
    keep_all_sure(d);
    if (c->slots) memset(c->slots, 0, SLOTS * sizeof *c->slots);
    c->newest = NULL;
    c->used = c->kept = 0;
    c->next_vote = 0;
}
