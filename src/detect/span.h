/* SPDX-License-Identifier: Apache-2.0 */
/* span.h - every value that was found, exactly where it lies.
 * Why: findings sum up (one per column, at most so many per rule), which is right for people and
 * useless for who wants to change the values (`merlon data redact`). A judge that is given an
 * on_span tells each hit that it believes, also those behind a finding that sums up.
 *
 *    SPAN_FOUND   this is one: its own check, or its column's name or key, says so
 *    SPAN_BARE    an ordinary number that would fit; it is one when its column's vote says so
 *    SPAN_VOTE    (at the end of the table) all SPAN_BARE of this column and rule were meant
 *
 * Owns: nothing; lives until on_span returns.   Threads: one owner.   Fails: never. */
#pragma once
#include "base/slice.h"

struct reading;

enum span_kind { SPAN_FOUND, SPAN_BARE, SPAN_VOTE };

struct span {
    enum span_kind kind;
    struct slice rule; /* id: "pii.iban" */
    uint64_t from, to; /* bytes of the layer, as they lie; SPAN_VOTE: 0 */
    bool whole;      /* found in text that its bytes do not say literally (escapes, doubled quotes,
                        base64, folded Unicode): from is any byte of the value that holds it, to is
                        not to be trusted, and the value is to be replaced as a whole */
    uint64_t column; /* the judge's own number for the column or JSON key; only compared */
};

typedef void span_fn(void *ctx, const struct reading *r, const struct span *s);
