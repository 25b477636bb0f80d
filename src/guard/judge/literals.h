/* SPDX-License-Identifier: Apache-2.0 */
/* literals.h - an operator's own words in a text or a stream: canaries, deny and allow lists.
 * Why: they are compared as letters (letters.h), so that case, spacing, look-alikes and invisible
 * characters hide nothing. All of them at once, by the automaton of Aho and Corasick (CACM 18/6,
 * 1975): its state is the longest end of the text that begins a literal, which is exactly what a
 * stream has to hold back.
 *
 *     add, add, ...  literals_build()   ─►  one automaton for all streams, constant from then on
 *
 * Words that begin or end with a letter count only when no letter stands beside them.
 * Owns: struct literals_set lies in the arena given.   Threads: a built set is constant.
 * Fails: ST_LIMIT: too many or too long; ST_NOMEM. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "guard/judge/letters.h"

#define LITERAL_MOST    256u /* bytes of one literal as letters */
#define LITERALS_STATES (1u << 18)

enum literal_kind { LITERAL_CANARY, LITERAL_DENY, LITERAL_ALLOW };

struct literals_set;
struct literals_set *literals_set_new(struct arena *a);
/* Empty ones are ignored. Of a canary its rotation by 13 is added, too. */
MUST_USE enum st literals_add(struct literals_set *s, enum literal_kind kind, struct slice text);
MUST_USE enum st literals_build(struct literals_set *s);

struct literal_found {
    enum literal_kind kind;
    unsigned number;   /* in the order in which they were added, within its kind */
    uint64_t from, to; /* bytes of the stream */
    bool rotated;
};
typedef void literal_found_fn(void *ctx, const struct literal_found *found);

struct literals_scan {
    const struct literals_set *set;
    struct letters letters;
    uint32_t state;
    uint64_t at;                  /* letters so far */
    bool word;                    /* the last one was a letter or digit */
    struct literal_found waiting; /* whole, unless a letter follows */
    bool waits;
    uint32_t places[LITERAL_MOST]; /* of the last letters: the stream's byte, low half */
    bool begins[LITERAL_MOST];     /* no letter before it */
};
void literals_begin(struct literals_scan *s, const struct literals_set *set);
void literals_feed(struct literals_scan *s, struct slice piece, uint64_t base,
                   literal_found_fn *found, void *ctx);
void literals_end(struct literals_scan *s, literal_found_fn *found, void *ctx);
/* The first byte that may belong to a literal that is not whole yet; `end` when there is none. */
uint64_t literals_open(const struct literals_scan *s, uint64_t end);
