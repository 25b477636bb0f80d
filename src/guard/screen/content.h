/* SPDX-License-Identifier: Apache-2.0 */
/* content.h - bodies without their Content-Encoding, so that they can be read.
 * Why: what is compressed is inspected like what is not, and a bomb is not unpacked: at most `most`
 * bytes come out, and no layer makes more than RATIO_MOST times what went in (behind the first
 * 64 KiB).
 * Formats: gzip (RFC 1952), deflate (RFC 1950, also bare 1951), br (RFC 7932), zstd (RFC 8878, with
 * the window of RFC 9659), up to CONTENT_LAYERS of them ("gzip, br"); x-gzip is gzip. Members of
 * gzip and frames of zstd may follow each other; any other byte behind the end is refused. A body
 * without a byte is whole in every coding: that is how many servers answer with nothing.
 * Owns: the libraries' states.   Threads: one owner.
 * Fails: ST_MALFORMED, ST_TRUNCATED (not before `end`), ST_LIMIT, ST_UNSUPPORTED, ST_NOMEM: out has
 * what was good, and every later call says the same. */
#pragma once
#include "base/buf.h"
#include "base/st.h"

#define CONTENT_LAYERS 2u
#define RATIO_MOST     200u

struct content;
/* `coding`: the field's value, "" or "identity": bytes pass. NULL with *ret_why. */
struct content *content_new(struct slice coding, uint64_t most, enum st *ret_why);
/* Whatever can be unpacked of what has come is added to `out` at once. */
MUST_USE enum st content_feed(struct content *c, struct slice in, bool end, struct buf *out);
void content_free(struct content *c); /* NULL is allowed */
