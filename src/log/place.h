/* SPDX-License-Identifier: Apache-2.0 */
/* place.h - a log's folder and its key.
 * Owns: nothing.   Threads: one owner.
 * Fails: ST_IO, ST_MALFORMED (no such key), ST_UNSUPPORTED (others could read the key), each with a
 * sentence. */
#pragma once
#include "base/st.h"
#include "log/notekey.h"

/* The folder is there; makes the key if it has none, or takes the one in the file `given` (may be
 * NULL). *ret_made: it was made. */
MUST_USE enum st place_key(const char *folder, const char *given, struct note_key *ret,
                           bool *ret_made, struct buf *ret_why);
/* Whose checkpoints are expected, as key.pub says. */
MUST_USE enum st place_public(const char *folder, struct note_public *ret, struct buf *ret_why);
