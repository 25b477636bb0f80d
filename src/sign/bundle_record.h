/* SPDX-License-Identifier: Apache-2.0 */
/* bundle_record.h - a decoded bundle on its way out of the sandbox.
 * Why: bundles are JSON from strangers and are decoded by a worker that may do nothing (box/box.h);
 * the parent, which holds the keys, gets only these records: numbers and runs of bytes. It reads
 * them as carefully as any hostile file. Whoever took the worker over can at most hand out another
 * bundle, and that one's signature will not hold.
 *
 *     answer = 'b' bundle | 'w' sentence        bytes = length:u32 byte...
 *
 * Owns: nothing; what is read lies in the input and the arena.   Threads: one owner.
 * Fails: ST_MALFORMED, ST_NOMEM. */
#pragma once
#include "sign/bundle.h"

/* What the worker answers about these bytes. */
void bundle_record_answer(struct slice json, struct arena *arena, struct buf *out);
/* ST_MALFORMED with a sentence also when that is what the worker found. */
MUST_USE enum st bundle_record_read(struct slice answer, struct arena *arena, struct bundle *ret,
                                    struct slice *ret_why);
