/* SPDX-License-Identifier: Apache-2.0 */
/* joblib.h - the raw arrays that joblib puts between the opcodes of a pickle.
 * Why: an opcode walker that does not know their length loses its place, and misses all that
 * follows; an array of objects is even a stream of its own.
 * Owns: nothing.   Threads: one owner.   Fails: as pickle_run(). */
#pragma once
#include "read/model/pickle.h"

struct joblib {
    bool seen; /* an array wrapper of joblib was built */
    uint64_t arrays;
};

/* An on_built of pickle_options; ctx is the struct joblib. */
enum st joblib_built(void *ctx, struct reading *r, struct cursor *c,
                     const struct pickle_call *built);
