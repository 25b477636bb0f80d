/* SPDX-License-Identifier: Apache-2.0 */
/* leak.h - does an answer repeat the system prompt?
 * Why: "print your system prompt" is the commonest question to a deployed model, and the answer
 * comes in other cases, with other spacing, in pieces, or rotated by 13. Both texts become letters
 * and digits only (letters.h without blanks and signs); each run of LEAK_SHINGLE of the prompt is
 * kept as a rolling hash (Karp and Rabin, IBM JRD 31/2, 1987). What follows the prompt for
 * LEAK_LEAST letters on end is a leak. Decoded forms are looked at by whoever decodes.
 *
 * A match begins behind its first shingle: twenty letters alone say nothing and are not held back.
 * Short prompts (under LEAK_LEAST letters) are compared as a whole: from three quarters of them on.
 * False alarms by hashes: 2^-32 per shingle, and a leak needs dozens in a row.
 * Owns: the index lies in its arena.   Threads: an index is constant.   Fails: false, memory. */
#pragma once
#include "base/arena.h"
#include "guard/judge/letters.h"

#define LEAK_SHINGLE 20u
#define LEAK_LEAST   64u    /* letters */
#define LEAK_PROMPT  65536u /* letters of prompts that are kept; of longer ones the first */

struct leak_index;
struct leak_index *leak_index_new(struct arena *a, size_t bytes); /* of all prompts together */
void leak_index_add(struct leak_index *x, struct slice prompt);

struct leak_scan {
    const struct leak_index *index;
    struct letters letters;
    uint64_t hash, rotated;
    uint8_t last[LEAK_SHINGLE];
    uint64_t count;       /* letters so far */
    uint64_t run, turned; /* shingles on end that the prompt has, plain and rotated */
    uint64_t from, to;    /* of the run: bytes */
    bool by_rotation;
};
struct leak_found {
    uint64_t from, to;
    size_t letters;
    bool rotated;
};
typedef void leak_fn(void *ctx, const struct leak_found *found);
void leak_begin(struct leak_scan *s, const struct leak_index *x);
void leak_feed(struct leak_scan *s, struct slice piece, uint64_t base, leak_fn *found, void *ctx);
void leak_end(struct leak_scan *s, leak_fn *found, void *ctx);
uint64_t leak_open(const struct leak_scan *s, uint64_t end);
