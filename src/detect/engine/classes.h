/* SPDX-License-Identifier: Apache-2.0 */
/* classes.h - the pass over classes of bytes: where a number, a token, an address may begin.
 * Why: most of a text is lower-case words. 64 bytes at a time become bit masks, and only runs that
 * are long enough leave this file. The state lives across calls, and words of 64 bytes lie at fixed
 * offsets of the stream, so what is told does not depend on where the pieces end.
 * Owns: nothing.   Threads: one owner.   Fails: never. */
#pragma once
#include "detect/engine/engine.h"

enum class_kind {
    CLASS_SHAPE, /* [from, to): capitals and digits with single separators */
    CLASS_TOKEN, /* from: a run of TOKEN_LEAST or more of A-Z a-z 0-9 + / - _ */
    CLASS_AT,    /* an @ behind a character of a name */
    CLASS_COLON, /* a colon close behind another one */
    CLASS_HOUSE, /* a capital behind a blank behind a number: 12 Harbour, 12b Harbour */
};
#define TOKEN_LEAST 24u

struct class_event {
    uint64_t at, from, to; /* known at `at` */
    enum class_kind kind;
};

struct run {
    uint64_t from, last; /* last: of bridged runs, the end so far */
    uint64_t length;     /* 0: none */
};

#define HELD_MARKS 8
struct class_state {
    struct run token, hex, shape, high, control, escapes;
    uint64_t upper1, upper2, colons, tokens, digits; /* masks of the word before */
    struct class_event *events;                      /* room for all that one call can tell */
    size_t count;
    bool skip_dates;  /* that are cells; see numbers.c */
    mark_fn *on_mark; /* NULL: not wanted */
    void *mark_ctx;
    struct mark held[HELD_MARKS]; /* wait for an open run that began before them */
    size_t held_count;
};

/* Most events of `n` bytes. */
#define CLASS_EVENTS(n) ((n) + (n) / 4 + 64u)

/* Words of 64 bytes from text.p[from] (a multiple of 64 in the stream; text.p[0] is at `base`) up
 * to `to`; the last word may be short only at the very end. */
void classes_scan(struct class_state *s, struct slice text, uint64_t base, size_t from, size_t to);
/* A place in a run of RUN_LEAST or more of a token's characters that lies in t.p[from, to), or
 * SIZE_MAX. */
#define RUN_LEAST 16u
size_t classes_find_run(struct slice t, size_t from, size_t to);
/* The text ends at `end`: runs that are still open end too. */
void classes_finish(struct class_state *s, uint64_t end);
/* numbers.c: is the number whose first n digits stand at t.p[at], with a point behind them, a
 * fraction, and neither a position nor a telephone number? */
bool numbers_is_fraction(struct slice t, size_t at, size_t n);
/* Is t.p[at, at + 10) a date, with digits at either end and nothing of a number around it, that
 * begins a cell of a table? */
bool numbers_is_idle_date(struct slice t, size_t at);
/* By the detectors that are expected (engine_sink): does such a date matter? */
bool numbers_want_dates(const uint64_t *armed);
