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

/* A stretch text[at, to) of which as much as possible goes, and maybe more of what follows. */
struct inner_scan {
    struct slice text;
    size_t at, to;
    enum inner state; /* at `at` */
    bool goes_on;     /* `to` is the end of the text, and what follows it goes, too */
    bool taken;       /* of the escape that `state` is in, the beginning is gone */
};
/* The next run. Escapes go as a whole or not at all. */
bool inner_next_run(struct inner_scan *s, struct inner_run *ret);
