/* SPDX-License-Identifier: Apache-2.0 */
/* prove.h - that one record is in the log, for somebody who has nothing but a public key.
 *
 *     c2sp.org/tlog-proof@v1
 *     extra Base64 of the record's line
 *     index 17
 *     Base64 of a hash, from the leaf up
 *     ...
 *                                           (an empty line)
 *     the checkpoint, as it is in the log
 *
 * Source: C2SP tlog-proof. Owns: nothing.   Threads: one owner.
 * Fails: ST_MALFORMED (the log is damaged; the proof does not hold), ST_UNSUPPORTED (there is no
 * such record, or nobody signed it yet), ST_IO, each with a sentence; ST_NOMEM. */
#pragma once
#include "log/head.h"

MUST_USE enum st prove_record(const char *path, const struct log_io *io,
                              const struct note_public *key, uint64_t n, struct buf *out,
                              struct buf *ret_why);

struct proven {
    uint64_t index;
    struct slice line; /* in the arena */
    struct head head;
};
MUST_USE enum st prove_check(struct slice proof, const struct note_public *key, struct arena *arena,
                             struct proven *ret, struct slice *ret_why);
