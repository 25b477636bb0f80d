/* SPDX-License-Identifier: Apache-2.0 */
/* binary.h - values of no stated kind: BLOB, BYTE_ARRAY, bytes_list.
 * Why: such a column holds anything: text, pictures, pickles, vectors, digests. Text is its
 * caller's to tell; a value that begins like a file is read as one; in the rest, programs are
 * looked for. One room for all readers of cells, so that they agree on which is which.
 * Owns: copies of values that the layer does not hold, in the reading's arena.
 * Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "base/st.h"
#include "read/reading.h"

struct binaries {
    struct reading *r;
    uint64_t members, copied; /* values that are read as files; bytes that were copied for it */
    uint64_t left_out;        /* values that were too many for that, not yet told */
};

struct binary_place {
    struct slice field;
    int64_t row;     /* -1: no row uses it */
    uint64_t offset; /* in the layer */
};

/* Text, or rather text than a file of a known format. */
bool binary_is_text(struct slice value);
/* What is no text. */
MUST_USE enum st binary_put(struct binaries *b, struct slice value, struct binary_place at);
/* Tells how many were left out since the last time. */
void binary_end(struct binaries *b);
