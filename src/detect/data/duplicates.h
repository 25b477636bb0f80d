/* SPDX-License-Identifier: Apache-2.0 */
/* duplicates.h - records that are there more than once, byte by byte.
 * Owns: tables in the arena given.   Threads: one owner.   Fails: duplicates_room says so. */
#pragma once
#include "base/arena.h"
#include "read/block.h"

struct duplicates_table { /* see duplicates.c */
    uint32_t *places;
    size_t room;
    uint64_t *hashes; /* of records that differ, and the row of the first with each */
    uint32_t *rows;
};

struct duplicates {
    struct duplicates_table table;
    size_t used, rows, repeats, bytes;
    unsigned level;     /* one record in 2^level is looked at */
    uint64_t unsampled; /* its hash has one of these bits: it is not */
    uint32_t first[4][2];
    size_t first_count;
    uint64_t key;
};

void duplicates_begin(struct duplicates *d);
/* Room for the records of one more block. False: memory is out. */
bool duplicates_room(struct duplicates *d, struct arena *a, const struct block *b);
/* Allocates nothing and looks at nothing else: may run in another thread. */
void duplicates_block(struct duplicates *d, const struct block *b);
/* Repeats, scaled to all records. */
uint64_t duplicates_count(const struct duplicates *d);
/* "120 of 5,000 records repeat an earlier one: row 7 = row 2, ..." */
struct slice duplicates_text(struct arena *a, const struct duplicates *d);
/* The table ends: how many there were, if any. */
struct judge_data;
void duplicates_say(struct judge_data *d);
