/* SPDX-License-Identifier: Apache-2.0 */
/* child.h - one question to a short-lived process.
 * Why: a library that parses hostile files by path (git objects) cannot live in a worker; it gets a
 * process that may read, but neither start programs nor open sockets, and whose whole answer is
 * bytes that the parent reads with the cursor.
 * Threads: call it before there are any.   Fails: ST_IO when the child died or said too much. */
#pragma once
#include "base/buf.h"
#include "base/st.h"

/* Runs in the child; what it puts into answer is what the parent gets. */
typedef void child_fn(const void *question, struct buf *answer);

MUST_USE enum st child_ask(child_fn *fn, const void *question, uint64_t seconds,
                           struct buf *ret_answer);
