/* SPDX-License-Identifier: Apache-2.0 */
/* arbitrate.h - several detectors fit the same characters: which one is it, and how sure is that?
 * Why: nine digits are a Dutch, an Australian and a New Zealand number at once in one of a hundred
 * cases. What decides is, in this order: a word of context beside it (a key, a label, the
 * sentence), what chance has to do with it (a check of one decimal digit says little, mod 97 a
 * lot), and the form that it is written in. All three are counted as evidence in bits and added.
 *
 *    claims of one place ─► context words around it ─► bits per claim ─► the best one, or several
 * bare
 *
 * Words that speak of something else ("order", "version", "ts=") count against; a value whose own
 * label names a detector and whose check fails is nothing else either.
 * Owns: nothing.   Threads: pure.   Fails: never; no allocation. */
#pragma once
#include "detect/check/check.h"
#include "detect/engine/engine.h"

#define ARBITRATE_BEFORE 144u /* bytes of text before and behind a value that may be looked at: */
#define ARBITRATE_BEHIND 48u  /* for a stream to give the same answer they must be there */
#define ARBITRATE_CLAIMS 64u  /* at most, of one place */

struct claim {
    const struct detector *detector;
    uint32_t from, to;       /* bytes of the text given */
    enum check_result check; /* of the pattern's match; CHECK_BAD is a claim too (see above) */
    enum severity severity;  /* the detector's; lowered or raised here as the check says */
    enum sureness sureness;  /* out */
    uint8_t bits;            /* out: evidence; chance fits one value in 2^bits */
};

/* The claims that overlap (directly or through others), in any order. Returns how many stay, moved
 * to the front and ordered by place, of one place the best first: the first is HIT_SURE or
 * HIT_WEAK, or all of them are HIT_BARE and a column's name or vote may choose among them. */
size_t arbitrate(struct slice text, struct claim *claims, size_t count);
/* The same of one claim with no letter as near as words are looked for. */
size_t arbitrate_bare(struct slice text, struct claim *claim);

/* Does this text (a column's name, a key, a heading, a line) speak of the detector?  0: no, 1: in a
 * general way ("account", "national id"), 2: by name. Words fold as everywhere: "customer_ssn",
 * "customerSsn" and "SSN:" speak of "ssn"; "lic" does not lie in "public". */
unsigned context_speaks(struct slice words, const struct detector *d);
/* Does it speak of something that is no personal value: an order, a bar code, a time? */
bool context_other(struct slice words);
