/* SPDX-License-Identifier: Apache-2.0 */
/* card.h - the model card of a subject, read back from its JSON.
 * Why: the card was written by a worker that had read a hostile file; what is not one well-formed
 * JSON object is not shown and not passed on.
 * Owns: nothing outside the arena.   Threads: pure.   Fails: as an empty card. */
#pragma once
#include "base/buf.h"
#include "finding/result.h"

#define CARD_LINES_MAX 32

struct card_line {
    struct slice label, value; /* raw text; lists are joined with ", " */
    bool number;
    uint64_t n;
};

struct card_lines {
    struct card_line items[CARD_LINES_MAX];
    size_t count;
};

bool card_is_sound(struct slice detail); /* one JSON object and nothing else */
/* Known keys first, in the order in which people ask for them; nested objects are left out. */
void card_read(struct arena *a, struct slice detail, struct card_lines *ret);
/* A value as people read it: 1.2 billion, 291, "BF16". */
void card_say(struct buf *b, const struct card_line *line);
