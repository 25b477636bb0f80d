/* SPDX-License-Identifier: Apache-2.0 */
/* near.h - which known word was meant by a misspelt one.
 * Owns: nothing; words are borrowed.   Threads: a value.   Fails: best stays NULL. */
#pragma once
#include "base/slice.h"

struct near {
    struct slice word;
    const char *best;
    unsigned distance;
};

struct near near_to(struct slice word);
/* True when this candidate is the nearest so far and near enough to be meant. NULL is fine. */
bool near_try(struct near *n, const char *candidate);
