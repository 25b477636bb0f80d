/* SPDX-License-Identifier: Apache-2.0 */
/* inner.h - where in a JSON text a byte stands, without reading it: arguments of tools are JSON in
 * a string, come in pieces, and must still be JSON when something in them was replaced.
 *
 *     {"key":"AKIA...","n":4929722653797141}
 *      ~~~~~ ~~~~~~~~~  ~~~                     inside strings: any text may stand here
 *                           ~~~~~~~~~~~~~~~~    bare: what replaces it is a value of its own
 *     brackets, quotes, commas, colons            stay
 *
 * Owns: nothing.   Threads: pure functions.   Fails: never; of what is no JSON anything is told. */
#pragma once
#include "base/slice.h"

enum inner { /* HEX: as many digits of an escape are to come */
             INNER_OUT,
             INNER_BARE,
             INNER_STRING,
             INNER_ESCAPE,
             INNER_HEX1,
             INNER_HEX2,
             INNER_HEX3,
             INNER_HEX4,
};
enum inner inner_walk(enum inner at, struct slice text);

/* Bytes that may be replaced, or go. */
struct inner_run {
    size_t from, to;
    bool bare;   /* a word without quotes ... */
    bool begins; /* ... and this is its beginning */
};
/* The next run of text[*pos, to); `*at` is the state at *pos. Escapes are never cut. */
bool inner_next_run(struct slice text, size_t to, size_t *pos, enum inner *at,
                    struct inner_run *ret);
