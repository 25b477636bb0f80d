/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/known.h"
#include "base/host.h"

void known_init(struct known *k)
{
    pthread_mutex_init(&k->lock, NULL);
    arena_init(&k->arena, (size_t)4 << 30, 1u << 16);
    for (enum hash_kind i = 0; i < HASH_KINDS; i++) map_init(&k->of[i], &k->arena, 0);
}

void known_done(struct known *k)
{
    arena_done(&k->arena);
    pthread_mutex_destroy(&k->lock);
}

static struct slice bytes_of(const struct identity *id)
{
    return slice_of((const uint8_t *)id, sizeof *id);
}

bool known_get(struct known *k, const struct identity *id, enum hash_kind kind,
               uint8_t ret[HASH_MAX])
{
    union map_value v;
    pthread_mutex_lock(&k->lock);
    bool found = map_get(&k->of[kind], bytes_of(id), &v);
    if (found) memcpy(ret, v.ptr, hash_size(kind));
    pthread_mutex_unlock(&k->lock);
    return found;
}

bool known_put(struct known *k, const struct identity *id, enum hash_kind kind,
               const uint8_t raw[HASH_MAX])
{
    if (!identity_is_settled(id, host_wall_s())) return false;
    pthread_mutex_lock(&k->lock);
    struct slice key = arena_copy(&k->arena, bytes_of(id));
    struct slice digest = arena_copy(&k->arena, slice_of(raw, hash_size(kind)));
    bool ok =
        key.p && digest.p && map_put(&k->of[kind], key, (union map_value){.ptr = digest.p}, NULL);
    pthread_mutex_unlock(&k->lock);
    return ok;
}

bool known_expect(struct known *k, enum hash_kind kind, size_t count)
{
    return map_reserve(&k->of[kind], k->of[kind].used + count);
}

bool known_lend(struct known *k, struct slice id, enum hash_kind kind, struct slice digest)
{
    return map_put(&k->of[kind], id, (union map_value){.ptr = digest.p}, NULL);
}
