/* SPDX-License-Identifier: Apache-2.0 */
/* hold_odd.h - stretches of a stream that say something else than they show: base64, hexadecimal,
 * escapes, letters of other scripts. Private to hold.c.
 * Owns: nothing.   Threads: one owner.   Fails: never. */
#pragma once
#include "base/slice.h"

#define ODD_NONE UINT64_MAX

struct hold_odd {
    uint64_t pin;    /* from here on nothing leaves; ODD_NONE: nothing is odd */
    uint64_t last;   /* behind the last byte that is */
    uint64_t escape; /* behind the last escape */
    unsigned escapes;
    bool letters; /* disguised ones: they matter to the end of the line */
    uint64_t at;  /* looked at so far */
    uint64_t run; /* bytes of base64 or hexadecimal on end */
};
void odd_begin(struct hold_odd *o);
/* Bytes of text from `o->at` on; text.p[0] is byte `base`, what is before `safe` has left. */
void odd_feed(struct hold_odd *o, struct slice text, uint64_t base, uint64_t safe);
/* Is what was odd over, so that it can be decoded? */
bool odd_is_over(const struct hold_odd *o, struct slice text, uint64_t base);
/* The first byte that waits: the pin, or what may become odd with the next byte. */
uint64_t odd_open(const struct hold_odd *o, struct slice text, uint64_t base, uint64_t safe);
