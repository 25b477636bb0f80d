/* SPDX-License-Identifier: Apache-2.0 */
/* literals.c - where the fixed texts are: by Vectorscan, or by a table of three-byte hashes.
 * The table is for short texts (a program that reads one small file should not unpack a database)
 * and for machines whose library differs from the one that the database was made for. */
#include "base/ascii.h"
#include "detect/engine/part.h"
#include "port/vectorscan/literals.h"

extern const uint8_t literal_db_bytes[];
extern const size_t literal_db_size;
extern const uint8_t near_db_bytes[];
extern const size_t near_db_size;

#define PATIENCE  (64u << 10) /* bytes by the table before the database is worth its while */
#define LONGEST   32u
#define NEAR_STEP 1024u /* of the text, for which it is asked whether there is a long run near */

/* How far behind a literal the gates look. */
#define GATE_REACH (WORD_AHEAD + RUN_LEAST + 24u)

struct literals {
    struct pending *pending;         /* NULL: the text is whole */
    struct literal_db *db, *near_db; /* near_db: of texts that matter only near a long run */
    bool no_db;
    size_t by_table;
    struct literal_hit *out; /* of the scan that runs */
    size_t count, room, least;
    uint64_t base;
    struct slice text;
    uint64_t text_base;
    struct gate *gate;
};

/* As bucket_chains() of tools/gen_detectors.py. */
static unsigned bucket(const uint8_t *p)
{
    uint32_t x = (uint32_t)ascii_to_lower(p[0]) | (uint32_t)ascii_to_lower(p[1]) << 8 |
                 (uint32_t)ascii_to_lower(p[2]) << 16;
    return (x * 2654435761u) >> 20;
}

struct literals *literals_new(void)
{
    return calloc(1, sizeof(struct literals));
}

void literals_free(struct literals *l)
{
    if (!l) return;
    literal_db_free(l->db);
    literal_db_free(l->near_db);
    free(l);
}

/* Of a text that goes on: the gate may still open. */
static void wait_behind(struct literals *l, const struct literal *t, size_t start, uint64_t end)
{
    struct pending *p = l->pending;
    bool cut = l->text_base + l->text.n == p->end && l->text.n - start < GATE_REACH + t->size;
    if (!cut) return;
    if (end - 1 < p->redo) p->redo = end - 1;
    if (t->gate == GATE_SECRET || t->gate == GATE_EITHER) {
        size_t value = gate_value(l->gate, l->text, start + t->size);
        if (value != SIZE_MAX && l->text_base + value < p->open) p->open = l->text_base + value;
    }
    if (!gate_waits(t, l->text, start + t->size)) return;
    size_t before = 0, from = start;
    for (unsigned i = 0; i < t->uses; i++) {
        const struct literal_use *use = &literal_uses[t->first_use + i];
        if (use->how == BY_PATTERN && use->high > before) before = use->high;
    }
    while (from && start - from < before && l->text.p[from - 1] > ' ') from--;
    if (l->text_base + from < p->open) p->open = l->text_base + from;
}

static void add(struct literals *l, uint32_t id, uint64_t end)
{
    /* AKIAAKIA: most of a hostile text of prefixes ends here */
    const struct literal *t = &literals_table[id];
    size_t start = (size_t)(end - l->text_base) - t->size;
    if (l->pending) wait_behind(l, t, start, end);
    if (!gate_passes(l->gate, t, l->text, l->text_base, start)) return;
    if (t->bounded && !pattern_starts_word(l->text, start)) return;
    if (l->count < l->room) l->out[l->count++] = (struct literal_hit){end, id};
}

/* ---- by table ---- */

static bool is_here(const struct literal *t, const uint8_t *p)
{
    const char *text = literal_text(t);
    if (!t->nocase) return memcmp(text, p, t->size) == 0;
    for (size_t i = 0; i < t->size; i++)
        if (ascii_to_lower(p[i]) != (uint8_t)text[i]) return false;
    return true;
}

/* The database tells by end, then in no order; here by end, then by number, for both. */
static void sort_new(struct literals *l)
{
    size_t i = l->count - 1;
    struct literal_hit h = l->out[i];
    for (; i > 0 &&
           (l->out[i - 1].end > h.end || (l->out[i - 1].end == h.end && l->out[i - 1].id > h.id));
         i--)
        l->out[i] = l->out[i - 1];
    l->out[i] = h;
}

static void at_place(struct literals *l, struct slice text, size_t i, size_t from, size_t to)
{
    for (uint16_t k = literal_heads[bucket(text.p + i)]; k != NO_LITERAL; k = literal_next[k]) {
        const struct literal *t = &literals_table[k];
        size_t end = i + t->size;
        if (end > to || end <= from || !is_here(t, text.p + i)) continue;
        size_t before = l->count;
        add(l, k, l->base + end);
        if (l->count > before) sort_new(l);
    }
}

static void scan_table(struct literals *l, struct slice text, size_t from, size_t to)
{
    size_t i = from > LONGEST ? from - LONGEST : 0;
    for (; i + 3 <= to; i++) at_place(l, text, i, from, to);
}

/* ---- by database ---- */

static void on_literal(void *ctx, unsigned id, size_t end)
{
    struct literals *l = ctx;
    if (end <= l->least) return;
    size_t before = l->count;
    add(l, id, l->base + end);
    if (l->count > before && l->count > 1 && l->out[l->count - 2].end >= l->out[l->count - 1].end)
        sort_new(l);
}

static bool have_db(struct literals *l, size_t bytes)
{
    if (l->db && l->near_db) return true;
    l->by_table += bytes;
    if (l->no_db || l->by_table < PATIENCE) return false;
    l->db = literal_db_open(slice_of(literal_db_bytes, literal_db_size));
    l->near_db = literal_db_open(slice_of(near_db_bytes, near_db_size));
    l->no_db = !l->db || !l->near_db;
    return !l->no_db;
}

static void scan_db(struct literals *l, struct literal_db *db, struct slice text, size_t from,
                    size_t to)
{
    size_t start = from > LONGEST ? from - LONGEST : 0;
    l->base = l->text_base + start;
    l->least = from - start;
    literal_db_scan(db, slice_sub(text, start, to - start), on_literal, l);
}

size_t literals_scan(struct literals *l, struct gate *gate, struct slice text, uint64_t base,
                     size_t from, size_t to, struct literal_hit *out, struct pending *pending)
{
    l->out = out;
    l->pending = pending;
    l->gate = gate;
    l->room = LITERAL_HITS(to - from);
    l->count = 0;
    l->text = text;
    l->text_base = l->base = base;
    if (!have_db(l, to - from)) {
        scan_table(l, text, from, to);
        return l->count;
    }
    scan_db(l, l->db, text, from, to);
    for (size_t at = from; at < to; at += NEAR_STEP) {
        size_t end = to - at < NEAR_STEP ? to : at + NEAR_STEP;
        /* the run may still come: then wait_behind() has to hear of the literal */
        if (pending || gate_keys_near(gate, text, base, at, end))
            scan_db(l, l->near_db, text, at, end);
    }
    return l->count;
}
