/* SPDX-License-Identifier: Apache-2.0 */
/* map.h - a hash table from byte strings to a pointer or number, in an arena.
 * Why: duplicate keys, names and memos need it; keys are hostile, so the hash is seeded
 * (SipHash-like strength is not needed: the table also bounds its probes by growing). Owns: nothing
 * outside its arena; keys are borrowed.   Threads: one owner.   Fails: false = no memory. */
#pragma once
#include "base/arena.h"

struct map_slot;

struct map {
    struct arena *arena;
    struct map_slot *slots;
    size_t used, room; /* room is 0 or a power of two */
    uint64_t seed;
};

union map_value {
    const void *ptr;
    uint64_t num;
};

void map_init(struct map *m, struct arena *arena, uint64_t seed);
/* Room for that many keys at once, instead of growing on the way; false: no memory, and no harm. */
bool map_reserve(struct map *m, size_t count) __attribute__((warn_unused_result));
/* Put or replace. *ret_existed (may be NULL) says whether the key was there. */
bool map_put(struct map *m, struct slice key, union map_value v, bool *ret_existed)
    __attribute__((warn_unused_result));
bool map_get(const struct map *m, struct slice key, union map_value *ret);
/* 64-bit hash of bytes: not for secrets, stable within one version. */
uint64_t hash_bytes(struct slice s, uint64_t seed);
