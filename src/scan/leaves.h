/* SPDX-License-Identifier: Apache-2.0 */
/* leaves.h - the records of a data file as leaves of a Merkle tree (sign/records.h).
 * A leaf's bytes are those of the record as the file has them, without the end of its line and, in
 * a JSON list, without the comma behind it. Of a file of columns they are the row's, in a form that
 * does not depend on its writer (read/data/rows.h). Cutting a file into records is the worker's
 * word; the file's own digest is the parent's.
 * Owns: the hashes, until leaves_done(); columns lie in the caller's arena.   Threads: one. Fails:
 * with a sentence. */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "log/merkle.h"
#include "read/format.h"
#include "sign/records.h"

struct leaves {
    struct merkle_hash *hashes; /* in the order of the records */
    uint64_t count;
    struct merkle_hash file; /* SHA-256 of all bytes */
    uint64_t bytes;
    enum format format;
    struct records_column *columns; /* of a table */
    size_t column_count;
};

struct leaves_options {
    uint64_t timeout_ns;
    const char *spool_dir;
    struct arena *arena; /* for the sentence and the columns */
};

/* ST_MALFORMED: it has no records that can be told apart, or could not be read as a whole. */
MUST_USE enum st leaves_read(const char *path, const struct leaves_options *o, struct leaves *ret,
                             struct slice *ret_why);
void leaves_done(struct leaves *l);
