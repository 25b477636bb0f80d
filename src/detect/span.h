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

enum span_where {
    SPAN_BYTES, /* from..to are bytes of the layer, as they lie (also of a base64 run whose decoded
                   view holds the value) */
    SPAN_TEXT,  /* from..to are bytes of the decoded text of the EV_VALUE at `value` */
    SPAN_WHOLE, /* somewhere in the value at `value`: replace all of it */
};

struct span {
    enum span_kind kind;
    enum span_where where;
    struct slice rule; /* id: "pii.iban" */
    uint64_t value;    /* place.offset of the EV_VALUE; not for SPAN_BYTES */
    uint64_t from, to;
    uint64_t column; /* the judge's own number for the column or JSON key; only compared */
};

typedef void span_fn(void *ctx, const struct reading *r, const struct span *s);
