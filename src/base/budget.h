/* SPDX-License-Identifier: Apache-2.0 */
/* budget.h - what one subject may cost.
 * Why: one purse for bytes, members and steps ends bombs, cycles and quadratic input, however the
 * formats are nested.
 * Owns: nothing.   Threads: one owner.   Fails: sticky; after the first refusal `spent` names the
 * purse. */
#pragma once
#include "base/slice.h"

struct budget {
    uint64_t bytes;   /* unpacked bytes that may still be made */
    uint64_t members; /* container members that may still be opened */
    uint64_t work;    /* parser steps that may still be done */
    uint64_t ratio;   /* unpacked / packed, the most allowed once over ratio_floor bytes */
    uint64_t ratio_floor;
    unsigned depth;    /* containers within containers */
    uint64_t deadline; /* monotonic nanoseconds, 0 = none; looked at every 4096 steps */
    const char *spent; /* NULL, or what ran out: "bytes", "members", "work", "time", "depth" */
};

void budget_defaults(struct budget *b);
/* False when it does not fit any more: stop, and report what was not looked at. */
bool budget_work(struct budget *b, uint64_t steps);
bool budget_bytes(struct budget *b, uint64_t n);
bool budget_member(struct budget *b);
/* True while `unpacked` bytes out of `packed` stay below the allowed ratio. */
bool budget_ratio(const struct budget *b, uint64_t packed, uint64_t unpacked);
