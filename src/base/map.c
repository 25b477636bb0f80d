/* SPDX-License-Identifier: Apache-2.0 */
/* map.c - open addressing with linear probing, at most half full. The hash multiplies 8 bytes at a
 * time with a 128-bit product folded (the mixing step known from wyhash, public domain idea). */
#include "base/map.h"

struct map_slot {
    struct slice key;
    uint64_t hash;
    union map_value value;
};

static uint64_t mix(uint64_t a, uint64_t b)
{
    __uint128_t r = (__uint128_t)a * b;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

uint64_t hash_bytes(struct slice s, uint64_t seed)
{
    uint64_t h = seed ^ 0x9e3779b97f4a7c15ull;
    size_t at = 0;
    for (; at + 8 <= s.n; at += 8) {
        uint64_t w;
        memcpy(&w, s.p + at, 8);
        h = mix(h ^ w, 0xbf58476d1ce4e5b9ull);
    }
    uint64_t tail = 0;
    if (at < s.n) memcpy(&tail, s.p + at, s.n - at);
    h = mix(h ^ tail, 0x94d049bb133111ebull ^ s.n);
    return mix(h, 0xd6e8feb86659fd93ull) | 1; /* 0 marks an empty slot */
}

void map_init(struct map *m, struct arena *arena, uint64_t seed)
{
    *m = (struct map){.arena = arena, .seed = seed};
}

static struct map_slot *locate(const struct map *m, struct slice key, uint64_t hash)
{
    size_t i = (size_t)hash & (m->room - 1);
    while (m->slots[i].hash && !(m->slots[i].hash == hash && slice_eq(m->slots[i].key, key)))
        i = (i + 1) & (m->room - 1);
    return &m->slots[i];
}

static bool grow(struct map *m, size_t room)
{
    struct map bigger = *m;
    bigger.room = room;
    bigger.slots = ARENA_ARRAY(m->arena, struct map_slot, bigger.room);
    if (!bigger.slots) return false;
    for (size_t i = 0; i < m->room; i++)
        if (m->slots[i].hash) *locate(&bigger, m->slots[i].key, m->slots[i].hash) = m->slots[i];
    *m = bigger;
    return true;
}

bool map_reserve(struct map *m, size_t count)
{
    size_t room = 16;
    if (count > SIZE_MAX / 4) return false;
    while (room < count * 2 + 2) room *= 2;
    return room <= m->room || grow(m, room);
}

bool map_put(struct map *m, struct slice key, union map_value v, bool *ret_existed)
{
    if ((m->used + 1) * 2 > m->room && !grow(m, m->room ? m->room * 2 : 16)) return false;
    uint64_t hash = hash_bytes(key, m->seed);
    struct map_slot *slot = locate(m, key, hash);
    if (ret_existed) *ret_existed = slot->hash != 0;
    m->used += slot->hash == 0;
    *slot = (struct map_slot){key, hash, v};
    return true;
}

bool map_get(const struct map *m, struct slice key, union map_value *ret)
{
    if (!m->room) return false;
    const struct map_slot *slot = locate(m, key, hash_bytes(key, m->seed));
    if (slot->hash) *ret = slot->value;
    return slot->hash != 0;
}
