/* SPDX-License-Identifier: Apache-2.0 */
/* hits.h - hits wait until nothing can overlap them any more; of those that overlap the best is
 * told. Owns: nothing.   Threads: one owner.   Fails: never; when too many wait the first is told.
 */
#pragma once
#include "detect/engine/engine.h"

struct waiting {
    struct hit hit;
    unsigned score; /* among overlapping hits the best stays; see hits.c */
    bool generic, worded, prefixed;
};
#define WAITING 96u
struct hits {
    struct waiting list[2 * WAITING]; /* those that wait: `count` from `first` on */
    size_t first, count;
    uint64_t reach; /* none of them ends behind it */
    hit_fn *on_hit;
    void *ctx;
};
void hits_reset(struct hits *h); /* another text begins */
void hits_add(struct hits *h, const struct waiting *w);
/* Nothing that begins before `at` will be added any more. */
void hits_tell(struct hits *h, uint64_t at);
static inline void hits_flush(struct hits *h, uint64_t at)
{
    if (h->count) hits_tell(h, at);
}
