/* SPDX-License-Identifier: Apache-2.0 */
/* duplicates.c - records that are there more than once, byte by byte.
 *
 * Of each record a 64-bit hash is kept, with the row of the first that has it. The table grows to
 * ROOM_MAX places (16 MiB); when it is full, only records whose hash begins with `level` zero bits
 * are looked at from then on, and every count stands for 2^level records. Which these are depends
 * on the content alone, so repeats of a record stay together. The hash is keyed: who writes the
 * file cannot choose which records are looked at. */
#include "base/st.h"
#include "detect/data/data_part.h"
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/mman.h>

#define FIRST    (1u << 12)
#define ROOM_MAX (1u << 20) /* FIRST, times GROWTH, times GROWTH */
#define GROWTH   16u
#define AHEAD    32u /* records whose places in the table are fetched together */

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
    struct duplicate_slot *slots = d->slots;
    size_t room = d->room;
    *d = (struct duplicates){.slots = slots, .room = room};
    d->key = random ? word(random) : (uint64_t)(uintptr_t)d;
    if (room) memset(slots, 0, room * sizeof *slots);
}

static struct duplicate_slot *slot_of(const struct duplicates *d, uint64_t hash)
{
    size_t i = (size_t)(hash >> 1) & (d->room - 1);
    while (d->slots[i].hash && d->slots[i].hash != hash) i = (i + 1) & (d->room - 1);
    return &d->slots[i];
}

static bool is_sampled(const struct duplicates *d, uint64_t hash)
{
    return !d->level || hash >> (64 - d->level) == 0;
}

/* The table is larger than the caches: its lines are asked for before they are needed. */
static void fetch(const struct duplicates *d, uint64_t hash)
{
    if (!d->room || !is_sampled(d, hash)) return;
    __builtin_prefetch(&d->slots[(size_t)(hash >> 1) & (d->room - 1)], 1);
}

/* An empty table; a big one in large pages, where the system has them: its places are read in no
 * order, and each would cost a walk through the tables of small ones. */
static struct duplicate_slot *new_table(struct arena *a, size_t room)
{
    struct duplicate_slot *slots = ARENA_ROOM(a, struct duplicate_slot, room);
    size_t n = room * sizeof *slots, before = PAGE - (uintptr_t)slots % PAGE;
    if (!slots) return NULL;
    if (n > LARGE_PAGE) (void)madvise((uint8_t *)slots + before, n - before, MADV_HUGEPAGE);
    memset(slots, 0, n);
    return slots;
}

static bool grow(struct duplicates *d, struct arena *a)
{
    size_t old = d->room, room = old ? old * GROWTH : FIRST;
    const struct duplicate_slot *from = d->slots;
    struct duplicate_slot *slots = new_table(a, room);
    if (!slots) return false;
    d->slots = slots;
    d->room = room;
    for (size_t i = 0; i < old; i++) {
        if (i + AHEAD < old && from[i + AHEAD].hash) fetch(d, from[i + AHEAD].hash);
        if (from[i].hash) *slot_of(d, from[i].hash) = from[i];
    }
    return true;
}

/* A free place behind which nothing was put that belongs before it. */
static size_t first_free(const struct duplicates *d)
{
    size_t i = 0;
    while (d->slots[i].hash) i++;
    return i;
}

/* Every second record is let go, in place: from a free place on, what stays is taken out and put
 * again, and finds its place or one before where it was. */
static void thin_out(struct duplicates *d)
{
    size_t start = first_free(d);
    d->level++;
    d->repeats /= 2;
    d->used = 0;
    for (size_t i = 1; i <= d->room; i++) {
        struct duplicate_slot *s = &d->slots[(start + i) & (d->room - 1)], kept = *s;
        if (!kept.hash) continue;
        *s = (struct duplicate_slot){0};
        if (!is_sampled(d, kept.hash)) continue;
        *slot_of(d, kept.hash) = kept;
        d->used++;
    }
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

static bool add(struct duplicates *d, struct arena *a, uint64_t hash, uint64_t row)
{
    uint32_t number = row > UINT32_MAX ? UINT32_MAX : (uint32_t)row;
    if (!is_sampled(d, hash)) return true;
    if (d->used * 4 >= d->room * 3) {
        if (d->room < ROOM_MAX) {
            if (!grow(d, a)) return false;
        } else {
            thin_out(d);
            if (!is_sampled(d, hash)) return true;
        }
    }
    struct duplicate_slot *slot = slot_of(d, hash);
    if (slot->hash) {
        note_repeat(d, number, slot->row);
        return true;
    }
    *slot = (struct duplicate_slot){hash, number};
    d->used++;
    return true;
}

static struct slice without_line_end(struct slice s)
{
    while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '\r')) s.n--;
    if (s.n && s.p[s.n - 1] == ',') s.n--; /* between the elements of an array */
    return s;
}

static bool add_all(struct duplicates *d, struct arena *a, const struct hashed *h, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!add(d, a, h[i].hash, h[i].row)) return false;
    return true;
}

bool duplicates_block(struct duplicates *d, struct arena *a, const struct block *b)
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
        struct slice record = without_line_end(slice_sub(b->text, from, to - from));
        from = to;
        if (!record.n) continue;
        d->rows++;
        d->bytes += record.n;
        ahead[n] = (struct hashed){hash_record(record, d->key), b->first_row + i};
        fetch(d, ahead[n++].hash);
        if (n < AHEAD) continue;
        if (!add_all(d, a, ahead, n)) return false;
        n = 0;
    }
    return add_all(d, a, ahead, n);
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
