/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/digests.h"
#include "scan/cache.h"
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define WORTH (64u << 10)

struct digests {
    char *dir;
    struct cache *cache;
    bool tried; /* to open it */
    pthread_mutex_t lock;
    struct hash_memory memory;
};

/* Could only this user, or root, have written it? */
static bool is_own(const struct stat *sb)
{
    return (sb->st_uid == geteuid() || sb->st_uid == 0) && !(sb->st_mode & (S_IWGRP | S_IWOTH));
}

static bool key_of(const struct stat *sb, enum hash_kind k, uint8_t ret[32])
{
    char salt[64];
    int n = snprintf(salt, sizeof salt, "digest 1 %s", hash_name(k));
    return sb->st_size >= WORTH && is_own(sb) && cache_key(sb, slice_of(salt, (size_t)n), ret);
}

static struct cache *cache_of(struct digests *d)
{
    pthread_mutex_lock(&d->lock);
    if (!d->tried) d->cache = cache_open(d->dir, "digests.cache");
    d->tried = true;
    struct cache *c = d->cache;
    pthread_mutex_unlock(&d->lock);
    return c;
}

/* A changed entry is no entry: the file is hashed. */
static bool get(void *ctx, const struct stat *sb, enum hash_kind k, uint8_t ret[HASH_MAX])
{
    struct digests *d = ctx;
    struct slice payload;
    uint8_t key[32];
    struct cache *c = key_of(sb, k, key) ? cache_of(d) : NULL;
    if (!c || cache_get(c, key, &payload) != CACHE_HIT || payload.n != hash_size(k)) return false;
    memcpy(ret, payload.p, payload.n);
    return true;
}

static void put(void *ctx, const struct stat *sb, enum hash_kind k, const uint8_t raw[HASH_MAX])
{
    uint8_t key[32];
    struct cache *c = key_of(sb, k, key) ? cache_of(ctx) : NULL;
    if (c) cache_put(c, key, slice_of(raw, hash_size(k)));
}

struct digests *digests_open(const char *dir)
{
    struct digests *d = dir ? calloc(1, sizeof *d) : NULL;
    if (!d) return NULL;
    d->dir = strdup(dir);
    if (!d->dir) {
        free(d);
        return NULL;
    }
    pthread_mutex_init(&d->lock, NULL);
    d->memory = (struct hash_memory){d, get, put};
    return d;
}

const struct hash_memory *digests_memory(const struct digests *d)
{
    return d ? &d->memory : NULL;
}

void digests_done(struct digests *d)
{
    if (!d) return;
    cache_close(d->cache);
    pthread_mutex_destroy(&d->lock);
    free(d->dir);
    free(d);
}
