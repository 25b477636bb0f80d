/* SPDX-License-Identifier: Apache-2.0 */
/* gate.h - a cheap look around a literal: can there be anything at all? See gate.c.
 * Owns: nothing.   Threads: one owner.   Fails: never. */
#pragma once
#include "detect/engine/tables.h"

#define WORD_BACK  200u /* how far from a key word its value may be */
#define WORD_AHEAD 240u

struct quiet { /* a stretch of the text without a run that is long enough */
    uint64_t from, to;
};
struct gate { /* what is known of one text: each search has its own */
    uint8_t kinds[256];
    struct quiet quiet[2];
    uint64_t user_from, user_to;   /* a stretch of a line without "-u" */
    uint64_t part_from, part_to;   /* a run of base64url */
    uint64_t small_from, small_to; /* a run of small letters and blanks */
};
void gate_init(struct gate *g);
void gate_reset(struct gate *g);
/* Is there a run of letters and digits in t.p[from, to) or so near it that a vendor's name in there
 * could have it for a key? */
bool gate_keys_near(struct gate *g, struct slice t, uint64_t base, size_t from, size_t to);
/* Can the literal at t.p[start] lead to anything? t.p[0] is at `base`. */
bool gate_passes(struct gate *g, const struct literal *l, struct slice t, uint64_t base,
                 size_t start);

/* Is what must follow the literal cut off by the end of the text, at t.p[at] or behind it? */
bool gate_waits(const struct literal *l, struct slice t, size_t at);
/* Where the value begins of the name that ends at `end`, when it reaches the end of the text, or
 * SIZE_MAX. */
size_t gate_value(const struct gate *g, struct slice t, size_t end);
