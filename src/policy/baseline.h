/* SPDX-License-Identifier: Apache-2.0 */
/* baseline.h - what an earlier report knew already: merlon JSON or SARIF.
 * Why: a team starts with the findings that it has, and fails only on new ones.
 * Owns: nothing; fingerprints live in the arena.   Threads: one owner.   Fails: false and why. */
#pragma once
#include "base/map.h"
#include "finding/result.h"

struct known_finding {
    struct slice fingerprint, path;
    bool met;
};

struct baseline {
    struct arena *arena;
    struct known_finding *findings;
    size_t count, room;
    struct map by_fingerprint; /* number: index + 1 */
};

bool baseline_read(struct slice json, struct arena *a, struct baseline *ret, const char **ret_why);
/* Marks what the baseline knows; sets r->baseline, r->known and r->fixed. Findings of the baseline
 * in files that `was_scanned` says no to are neither known nor fixed. NULL: all were. */
void baseline_apply(struct baseline *b, struct result *r,
                    bool (*was_scanned)(const void *ctx, struct slice path), const void *ctx);
