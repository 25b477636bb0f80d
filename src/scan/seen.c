/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/seen.h"
#include "base/host.h"
#include "base/map.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

#define RACY 2 /* seconds; clocks of file systems are coarse */

struct seen {
    pthread_mutex_t lock;
    struct arena arena;
    struct map digests; /* identity -> 32 bytes */
    struct hash_memory memory;
};

struct identity {
    uint64_t device, inode, size, mtime, mtime_ns, ctime, ctime_ns;
};

static struct identity identity_of(const struct stat *sb)
{
    return (struct identity){.device = (uint64_t)sb->st_dev,
                             .inode = (uint64_t)sb->st_ino,
                             .size = (uint64_t)sb->st_size,
                             .mtime = (uint64_t)sb->st_mtim.tv_sec,
                             .mtime_ns = (uint64_t)sb->st_mtim.tv_nsec,
                             .ctime = (uint64_t)sb->st_ctim.tv_sec,
                             .ctime_ns = (uint64_t)sb->st_ctim.tv_nsec};
}

static bool is_racy(const struct stat *sb)
{
    int64_t now = host_wall_s();
    return sb->st_mtim.tv_sec + RACY > now || sb->st_ctim.tv_sec + RACY > now;
}

static bool get(void *ctx, const struct stat *sb, enum hash_kind k, uint8_t ret[HASH_MAX])
{
    struct seen *s = ctx;
    struct identity id = identity_of(sb);
    union map_value v;
    if (k != HASH_SHA256) return false;
    pthread_mutex_lock(&s->lock);
    bool found = map_get(&s->digests, slice_of((const uint8_t *)&id, sizeof id), &v);
    if (found) memcpy(ret, v.ptr, hash_size(k));
    pthread_mutex_unlock(&s->lock);
    return found;
}

static void put(void *ctx, const struct stat *sb, enum hash_kind k, const uint8_t raw[HASH_MAX])
{
    struct seen *s = ctx;
    struct identity id = identity_of(sb);
    if (k != HASH_SHA256 || is_racy(sb)) return;
    pthread_mutex_lock(&s->lock);
    struct slice key = arena_copy(&s->arena, slice_of((const uint8_t *)&id, sizeof id));
    struct slice digest = arena_copy(&s->arena, slice_of(raw, hash_size(k)));
    if (key.p && digest.p) /* without memory it is hashed again */
        (void)!map_put(&s->digests, key, (union map_value){.ptr = digest.p}, NULL);
    pthread_mutex_unlock(&s->lock);
}

struct seen *seen_new(void)
{
    struct seen *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    pthread_mutex_init(&s->lock, NULL);
    arena_init(&s->arena, (size_t)4 << 30, 1u << 16);
    map_init(&s->digests, &s->arena, 0);
    s->memory = (struct hash_memory){s, get, put};
    return s;
}

void seen_free(struct seen *s)
{
    if (!s) return;
    arena_done(&s->arena);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

const struct hash_memory *seen_memory(const struct seen *s)
{
    return s ? &s->memory : NULL;
}
