/* SPDX-License-Identifier: Apache-2.0 */
/* duplicates.c - records that are there more than once, byte by byte.
 *
 * Of each record a 64-bit hash is kept, with the row of the first that has it:
 *
 *    kept    hash, hash, hash, ...               one after the other, as records come
 *    lines   |2 5 . . .|. . . . .|1 3 4 . .|     16 places each, filled from the left: 12 bits of
 *                                                a hash and its number in `kept`
 *
 * A record that was not there before, as most are, costs one line of the small table and no branch
 * that depends on its hash; `kept` is written in order, and read only for a repeat. The table grows
 * to ROOM_MAX places (13 MiB with what is kept); when it is full, only records whose hash begins
 * with `level` zero bits are looked at from then on, and every count stands for 2^level records.
 * Which these are depends on the content alone, so repeats of a record stay together. The hash is
 * keyed: who writes the file cannot choose which records are looked at. */
#include "base/st.h"
#include "detect/data/data_part.h"
#include "finding/rules.h"
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#define FIRST    (1u << 12)
#define ROOM_MAX (1u << 20) /* FIRST, times GROWTH, times GROWTH */
#define GROWTH   16u
#define AHEAD    32u /* records whose places in the table are fetched together */
#define LINE     16u /* places in a line of the cache */
#define NUMBER   20u /* bits of a place for the number of what is kept, from 1 */
#define NUMBERS  ((1u << NUMBER) - 1)
_Static_assert(ROOM_MAX / 4 * 3 < 1u << NUMBER, "a number for all that is kept");

#define PAGE       4096u
#define LARGE_PAGE (2u << 20)

static uint64_t mix(uint64_t a, uint64_t b)
{
    __uint128_t r = (__uint128_t)a * b;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

static uint64_t word(const uint8_t *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof w);
    return w;
}

/* Two lanes of 16 bytes each round: records are read at the speed of memory. */
static uint64_t hash_record(struct slice s, uint64_t key)
{
    uint64_t a = key ^ s.n, b = key + 0x9e3779b97f4a7c15ull;
    size_t at = 0;
    for (; at + 32 <= s.n; at += 32) {
        a = mix(word(s.p + at) ^ a, word(s.p + at + 8) ^ 0xbf58476d1ce4e5b9ull);
        b = mix(word(s.p + at + 16) ^ b, word(s.p + at + 24) ^ 0x94d049bb133111ebull);
    }
    uint8_t few[32] = {0};
    const uint8_t *tail = few;
    if (s.n >= 32)
        tail = s.p + s.n - 32; /* some of it twice */
    else if (s.n)
        memcpy(few, s.p, s.n);
    a = mix(word(tail) ^ a, word(tail + 8) ^ 0xd6e8feb86659fd93ull);
    b = mix(word(tail + 16) ^ b, word(tail + 24) ^ 0xa0761d6478bd642full);
    return mix(a ^ key, b ^ 0xe7037ed1a0b428dbull) | 1;
}

void duplicates_begin(struct duplicates *d)
{
    const uint8_t *random = (const uint8_t *)getauxval(AT_RANDOM); /* 16 bytes from the kernel */
    struct duplicates_table table = d->table;
    *d = (struct duplicates){.table = table};
    d->key = random ? word(random) : (uint64_t)(uintptr_t)d;
    if (table.room) memset(table.places, 0, table.room * sizeof *table.places);
}

static bool is_sampled(const struct duplicates *d, uint64_t hash)
{
    return (hash & d->unsampled) == 0;
}

/* The first place of the line in which a hash belongs. */
static size_t line_at(const struct duplicates_table *t, uint64_t hash)
{
    return (size_t)(hash >> 1) & (t->room - 1) & ~(size_t)(LINE - 1);
}

/* The bits of the hash that a place holds; others than those which choose it. */
static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) << NUMBER;
}

/* Of the places of a line that are used, the one with this hash; NULL: none. */
static uint32_t *alike_in(const struct duplicates_table *t, uint32_t *line, unsigned used,
                          uint64_t hash)
{
    for (unsigned i = 0; i < used; i++)
        if (t->hashes[(line[i] & NUMBERS) - 1] == hash) return &line[i];
    return NULL;
}

/* Where the hash is, or the free place that it would have. */
static uint32_t *place_of(const struct duplicates_table *t, uint64_t hash)
{
    uint32_t tag = tag_of(hash);
    for (size_t at = line_at(t, hash);; at = (at + LINE) & (t->room - 1)) {
        uint32_t *line = &t->places[at];
        unsigned used = 0, alike = 0;
        for (unsigned i = 0; i < LINE; i++) {
            used += line[i] != 0;
            alike += (line[i] & ~NUMBERS) == tag;
        }
        uint32_t *found = alike ? alike_in(t, line, used, hash) : NULL;
        if (found) return found;
        if (used < LINE) return &line[used];
    }
}

/* The table may be larger than the caches: its lines are asked for before they are needed. */
static void fetch(const struct duplicates *d, uint64_t hash)
{
    if (d->table.room) __builtin_prefetch(&d->table.places[line_at(&d->table, hash)], 1);
}

/* Finds a place for all that is kept. */
static void place_all(struct duplicates *d)
{
    struct duplicates_table *t = &d->table;
    memset(t->places, 0, t->room * sizeof *t->places);
    for (size_t i = 0; i < d->used; i++) {
        if (i + AHEAD < d->used) fetch(d, t->hashes[i + AHEAD]);
        *place_of(t, t->hashes[i]) = tag_of(t->hashes[i]) | (uint32_t)(i + 1);
    }
}

/* Uninitialised; a big one in large pages, where the system has them: its places are read in no
 * order, and each would cost a walk through the tables of small ones. */
static uint32_t *new_places(struct arena *a, size_t room)
{
    uint32_t *places = ARENA_ROOM(a, uint32_t, room + LINE);
    if (!places) return NULL;
    places += (LINE - (uintptr_t)places / sizeof *places % LINE) % LINE;
    size_t n = room * sizeof *places, before = PAGE - (uintptr_t)places % PAGE;
    if (n > LARGE_PAGE) (void)madvise((uint8_t *)places + before, n - before, MADV_HUGEPAGE);
    return places;
}

static bool grow(struct duplicates *d, struct arena *a)
{
    size_t room = d->table.room ? d->table.room * GROWTH : FIRST, most = room / 4 * 3;
    struct duplicates_table t = {.room = room,
                                 .places = new_places(a, room),
                                 .hashes = ARENA_ROOM(a, uint64_t, most),
                                 .rows = ARENA_ROOM(a, uint32_t, most)};
    if (!t.places || !t.hashes || !t.rows) return false;
    if (d->used) {
        memcpy(t.hashes, d->table.hashes, d->used * sizeof *t.hashes);
        memcpy(t.rows, d->table.rows, d->used * sizeof *t.rows);
    }
    d->table = t;
    place_all(d);
    return true;
}

/* Every second record is let go. */
static void thin_out(struct duplicates *d)
{
    struct duplicates_table *t = &d->table;
    size_t kept = 0;
    d->level++;
    d->unsampled = ~(UINT64_MAX >> d->level);
    d->repeats /= 2;
    for (size_t i = 0; i < d->used; i++) {
        if (!is_sampled(d, t->hashes[i])) continue;
        t->hashes[kept] = t->hashes[i];
        t->rows[kept++] = t->rows[i];
    }
    d->used = kept;
    place_all(d);
}

/* Three quarters of the places are, or are with so many more. */
static bool is_full(const struct duplicates *d, size_t more)
{
    return (d->used + more) * 4 >= d->table.room * 3;
}

static void note_repeat(struct duplicates *d, uint32_t row, uint32_t of)
{
    d->repeats++;
    if (d->first_count == COUNT_OF(d->first)) return;
    d->first[d->first_count][0] = row;
    d->first[d->first_count++][1] = of;
}

struct hashed {
    uint64_t hash, row;
};

static void add(struct duplicates *d, uint64_t hash, uint64_t row)
{
    struct duplicates_table *t = &d->table;
    uint32_t number = row > UINT32_MAX ? UINT32_MAX : (uint32_t)row;
    if (!is_sampled(d, hash)) return;
    if (is_full(d, 0)) {
        thin_out(d);
        if (!is_sampled(d, hash)) return;
    }
    uint32_t *place = place_of(t, hash);
    if (*place) {
        note_repeat(d, number, t->rows[(*place & NUMBERS) - 1]);
        return;
    }
    t->hashes[d->used] = hash;
    t->rows[d->used] = number;
    *place = tag_of(hash) | (uint32_t)++d->used;
}

static void add_all(struct duplicates *d, const struct hashed *h, size_t n)
{
    for (size_t i = 0; i < n; i++) add(d, h[i].hash, h[i].row);
}

bool duplicates_room(struct duplicates *d, struct arena *a, const struct block *b)
{
    size_t more = b->ends ? b->records : 0;
    while (d->table.room < ROOM_MAX && is_full(d, more))
        if (!grow(d, a)) return false;
    return true;
}

void duplicates_block(struct duplicates *d, const struct block *b)
{
    struct hashed ahead[AHEAD];
    size_t from = 0, n = 0;
    for (size_t i = 0; b->ends && i < b->records; i++) {
        size_t to = b->ends[i];
        bool border = i == 0 || i + 1 == b->records;
        if (b->part && border) { /* a piece of a record that is too long for one block */
            from = to;
            continue;
        }
        struct slice record = block_record(slice_sub(b->text, from, to - from));
        from = to;
        if (!record.n) continue;
        d->rows++;
        d->bytes += record.n;
        ahead[n] = (struct hashed){hash_record(record, d->key), b->first_row + i};
        fetch(d, ahead[n].hash);
        n += is_sampled(d, ahead[n].hash);
        if (n < AHEAD) continue;
        add_all(d, ahead, n);
        n = 0;
    }
    add_all(d, ahead, n);
}

uint64_t duplicates_count(const struct duplicates *d)
{
    return (uint64_t)d->repeats << d->level;
}

struct slice duplicates_text(struct arena *a, const struct duplicates *d)
{
    char rows[200] = "";
    size_t n = 0;
    for (size_t i = 0; i < d->first_count && n < sizeof rows; i++) {
        int add = snprintf(rows + n, sizeof rows - n, "%s row %u repeats row %u", i ? "," : ":",
                           d->first[i][0], d->first[i][1]);
        if (add > 0) n += (size_t)add;
    }
    return arena_printf(a, "%s%llu of %llu records repeat an earlier one%s",
                        d->level ? "about " : "", (unsigned long long)duplicates_count(d),
                        (unsigned long long)d->rows, rows);
}

#define FEW_ROWS 20u /* an example or what a test compares with, and nothing that is trained on */

void duplicates_say(struct judge_data *d)
{
    const struct duplicates *dup = &d->duplicates;
    uint64_t n = duplicates_count(dup);
    if (!n || !dup->rows) return;
    struct finding f = d->base;
    f.rule = rule_find(S("data.duplicates"));
    if (!f.rule) return;
    bool narrow = dup->bytes / dup->rows < 24; /* a few short values: repeats are to be expected */
    f.severity = narrow || n * 100 < dup->rows               ? SEV_INFO
                 : n * 2 < dup->rows || dup->rows < FEW_ROWS ? SEV_LOW
                                                             : SEV_MEDIUM;
    if (dup->first_count) f.row = (int64_t)dup->first[0][0];
    f.offset = -1;
    f.message = S("Records are there more than once: what they say weighs more in training, and a "
                  "test that holds one of them measures memory");
    f.evidence = duplicates_text(d->arena, dup);
    f.anchor = 1;
    if (!f.evidence.p) d->judge->nomem = true;
    judge_emit(d->judge, &f);
}
