/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/cache.h"
#include "base/arena.h"
#include "base/cursor.h"
#include "base/fd.h"
#include "base/host.h"
#include "base/map.h"
#include "port/openssl/digest.h"
#include "port/sodium/hmac.h"
#include "scan/secret.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define MAGIC    "merlon-cache-2\n"
#define FILE_MAX (64u << 20) /* beyond that it starts anew */
#define HEAD     68u         /* length, key, mac */

struct cache {
    int dir;
    const char *name; /* of its file; a constant */
    pthread_mutex_t lock;
    uint8_t secret[SECRET_BYTES];
    struct buf loaded, added;
    struct arena arena;
    struct map index; /* key -> offset of the payload's length field in loaded */
};

static bool index_entries(struct cache *c)
{
    struct cursor cur = cur_of(buf_slice(&c->loaded));
    cur_skip(&cur, sizeof MAGIC - 1);
    while (cur_left(&cur)) {
        uint64_t at = cur_pos(&cur);
        uint32_t n = cur_u32le(&cur);
        struct slice key = cur_bytes(&cur, 32);
        cur_skip(&cur, 32ull + n);
        if (!cur_ok(&cur)) return true; /* a cut tail: what came before is fine */
        if (!map_put(&c->index, key, (union map_value){.num = at}, NULL)) return false;
    }
    return true;
}

static void load(struct cache *c)
{
    int fd = openat(c->dir, c->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return;
    bool ok = fd_read(fd, FILE_MAX, &c->loaded) && slice_starts(buf_slice(&c->loaded), S(MAGIC)) &&
              index_entries(c);
    close(fd);
    if (ok) return;
    buf_reset(&c->loaded);
    map_init(&c->index, &c->arena, 0);
}

struct cache *cache_open(const char *dir, const char *name)
{
    struct cache *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->dir = secret_open(dir, c->secret);
    c->name = name;
    if (c->dir < 0) {
        free(c);
        return NULL;
    }
    pthread_mutex_init(&c->lock, NULL);
    buf_init(&c->loaded, FILE_MAX);
    buf_init(&c->added, FILE_MAX);
    arena_init(&c->arena, FILE_MAX, 1u << 16);
    map_init(&c->index, &c->arena, 0);
    load(c);
    return c;
}

/* New entries go to the end; when the file has grown too big they start a new one. */
static void save(struct cache *c)
{
    int fd = openat(c->dir, c->name, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    struct stat sb;
    if (fd < 0) return;
    if (flock(fd, LOCK_EX) == 0 && fstat(fd, &sb) == 0) {
        bool anew = c->loaded.n == 0 || (uint64_t)sb.st_size + c->added.n > FILE_MAX;
        if (anew && ftruncate(fd, 0) == 0) (void)!write(fd, MAGIC, sizeof MAGIC - 1);
        (void)!write(fd, c->added.p, c->added.n); /* one write: a crash leaves a cut tail at most */
    }
    close(fd);
}

void cache_close(struct cache *c)
{
    if (!c) return;
    if (c->added.n && buf_ok(&c->added)) save(c);
    buf_done(&c->loaded);
    buf_done(&c->added);
    arena_done(&c->arena);
    pthread_mutex_destroy(&c->lock);
    close(c->dir);
    free(c);
}

bool cache_key(const struct stat *sb, struct slice salt, uint8_t ret_key[32])
{
    struct digest d;
    int64_t now = host_wall_s();
    if (now - (int64_t)sb->st_mtime < 2 || now - (int64_t)sb->st_ctime < 2) return false;
    const uint64_t id[] = {(uint64_t)sb->st_dev,          (uint64_t)sb->st_ino,
                           (uint64_t)sb->st_size,         (uint64_t)sb->st_mtim.tv_sec,
                           (uint64_t)sb->st_mtim.tv_nsec, (uint64_t)sb->st_ctim.tv_sec,
                           (uint64_t)sb->st_ctim.tv_nsec};
    digest_start(&d);
    digest_add(&d, slice_of(id, sizeof id));
    digest_add(&d, salt);
    digest_finish(&d, ret_key);
    return true;
}

/* The mac covers key and payload, so an entry cannot be moved to another file. */
static bool mac_of(const struct cache *c, struct slice key, struct slice payload, uint8_t ret[32])
{
    struct buf both;
    buf_init(&both, FILE_MAX);
    buf_add(&both, key);
    buf_add(&both, payload);
    bool ok = buf_ok(&both);
    if (ok) hmac_sha256(slice_of(c->secret, sizeof c->secret), buf_slice(&both), ret);
    buf_done(&both);
    return ok;
}

enum cache_answer cache_get(struct cache *c, const uint8_t key[32], struct slice *ret_payload)
{
    union map_value at;
    uint8_t mac[32];
    pthread_mutex_lock(&c->lock);
    bool known = map_get(&c->index, slice_of(key, 32), &at);
    pthread_mutex_unlock(&c->lock);
    if (!known) return CACHE_MISS;
    struct cursor cur = cur_of(buf_slice(&c->loaded));
    cur_seek(&cur, at.num);
    uint32_t n = cur_u32le(&cur);
    cur_skip(&cur, 32);
    struct slice stored = cur_bytes(&cur, 32);
    struct slice payload = cur_bytes(&cur, n);
    if (!cur_ok(&cur) || !mac_of(c, slice_of(key, 32), payload, mac)) return CACHE_MISS;
    if (!digest_equal(mac, stored.p)) return CACHE_TAMPERED;
    *ret_payload = payload;
    return CACHE_HIT;
}

void cache_put(struct cache *c, const uint8_t key[32], struct slice payload)
{
    uint8_t mac[32];
    if (payload.n > FILE_MAX / 64 || !mac_of(c, slice_of(key, 32), payload, mac)) return;
    pthread_mutex_lock(&c->lock);
    if (c->added.n + HEAD + payload.n < FILE_MAX / 2) {
        buf_u32le(&c->added, (uint32_t)payload.n);
        buf_add(&c->added, slice_of(key, 32));
        buf_add(&c->added, slice_of(mac, 32));
        buf_add(&c->added, payload);
    }
    pthread_mutex_unlock(&c->lock);
}
