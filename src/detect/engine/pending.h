/* SPDX-License-Identifier: Apache-2.0 */
/* pending.h - what is not decided at the end of a text that goes on; see hold.h.
 * Owns: nothing. */
#pragma once
#include <stdint.h>

/* Of a stream whose rest has not come: what more text could still change. */
struct pending {
    uint64_t end;     /* of what has come */
    uint64_t open;    /* a byte from here on may belong to a hit that is not decided */
    uint64_t redo;    /* what became known from here on has to be looked at again */
    uint64_t trigger; /* where the candidate in hand became known */
};
