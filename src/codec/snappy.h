/* SPDX-License-Identifier: Apache-2.0 */
/* snappy.h - raw Snappy blocks, as in Parquet pages.
 * Why: by hand, so that a page of a hundred megabytes can be made in steps, and because the library
 * is C++.
 * Owns: nothing.   Threads: one owner.   Fails: ST_MALFORMED; what came out before it is good.
 * Specification: format_description.txt (2011-10-05). */
#pragma once
#include "base/st.h"
#include "codec/window.h"

struct snappy {
    struct slice in;
    size_t pos;
    struct window w; /* out, room: the caller's; room is exactly the length that the block says */
};

/* The length that the block claims to unpack to. */
MUST_USE enum st snappy_length(struct slice in, uint64_t *ret);
/* Begin; the claimed length must be `room`. */
MUST_USE enum st snappy_begin(struct snappy *s, struct slice in, uint8_t *out, size_t room);
/* Go on until at least `until` bytes were made or the block ends. */
MUST_USE enum st snappy_run(struct snappy *s, size_t until);
