/* SPDX-License-Identifier: Apache-2.0 */
/* hold_part.h - what hold.c and hold_tail.c share: what is held for its letters alone.
 * Owns: nothing.   Threads: pure.   Fails: never. */
#pragma once
#include "detect/engine/part.h"

struct hold_words { /* made of the tables once */
    uint16_t
        list[DETECTORS_MAX]; /* detectors whose value may stand before the word that names it */
    size_t count;
    /* Literals that are a part of their value and not made of the letters of words, and how many
     * of those may stand before them. */
    struct {
        uint16_t literal, before;
    } odd[64];
    size_t odd_count;
    uint64_t odd_with[256]; /* those that have this byte, a bit each */
    uint8_t kinds[256];     /* of bytes: see hold_tail.c */
};
void hold_words_init(struct hold_words *w);
/* Made when the first hold asks for them; NULL without memory. */
const struct hold_words *engine_hold_words(struct engine *e);

/* A value may begin at `from`, by letters that have come already. */
static inline void hold_least(struct pending *p, uint64_t from)
{
    if (from < p->open) p->open = from;
    if (from < p->redo) p->redo = from;
}

/* The beginnings of values at the end of the text, and the values behind which their vendor's name
 * may still come. */
void hold_tail(const struct hold_words *w, struct slice text, uint64_t base, struct pending *p);
