/* SPDX-License-Identifier: Apache-2.0 */
/* digests.c - one MAC for all that a run added, not one for each file: for a file of 4 KiB a MAC
 * costs as much as its digest. Rows are not parsed: the bytes of an identity are the key. */
#include "scan/digests.h"
#include "base/cursor.h"
#include "base/fd.h"
#include "port/openssl/digest.h"
#include "port/sodium/hmac.h"
#include "scan/known.h"
#include "scan/secret.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define FILE_NAME "digests.cache"
#define MAGIC     "merlon-digests-2\n"
#define FILE_MAX  (64u << 20) /* beyond that it starts anew */
#define ID_BYTES  sizeof(struct identity)

/* In bytes that could be hashed meanwhile: what a small file costs beside its bytes, what one byte
 * of the cache costs that has to be read, and what is not worth opening it. */
#define FILE_COST  (8u << 10)
#define CACHE_COST 4u
#define LEAST      (256u << 10)

struct digests {
    char *path;
    int dir; /* -1: not opened */
    uid_t user;
    bool opened, whole;
    size_t good; /* bytes of the file that are believed */
    uint8_t secret[SECRET_BYTES];
    struct known known;
    struct buf loaded, added[HASH_KINDS];
    struct hash_memory memory;
};

/* ---- what earlier runs left ---- */

static void mac_of(const struct digests *d, enum hash_kind k, struct slice rows,
                   uint8_t ret[HMAC_BYTES])
{
    struct {
        char magic[sizeof MAGIC - 1];
        uint8_t kind, sha256[SHA256_BYTES];
    } text = {.magic = MAGIC, .kind = (uint8_t)k};
    struct digest h;
    digest_start(&h);
    digest_add(&h, rows);
    digest_finish(&h, text.sha256);
    hmac_sha256(slice_of(d->secret, sizeof d->secret),
                slice_of((const uint8_t *)&text, sizeof text), ret);
}

static bool take_rows(struct digests *d, enum hash_kind k, struct slice rows)
{
    struct cursor c = cur_of(rows);
    while (cur_left(&c)) {
        struct slice id = cur_bytes(&c, ID_BYTES), digest = cur_bytes(&c, hash_size(k));
        if (!known_lend(&d->known, id, k, digest)) return false;
    }
    return true;
}

/* Nothing of a segment is looked at before its MAC holds. */
static bool take_segment(struct digests *d, struct cursor *c)
{
    uint8_t mac[HMAC_BYTES];
    uint32_t k = cur_u32le(c), count = cur_u32le(c);
    struct slice stored = cur_bytes(c, HMAC_BYTES);
    if (!cur_ok(c) || k >= HASH_KINDS) return false;
    struct slice rows = cur_bytes(c, count * (uint64_t)(ID_BYTES + hash_size(k)));
    if (!cur_ok(c)) return false;
    mac_of(d, k, rows, mac);
    return digest_equal(mac, stored.p) && known_expect(&d->known, k, count) &&
           take_rows(d, k, rows);
}

static void take_file(struct digests *d)
{
    struct cursor c = cur_of(buf_slice(&d->loaded));
    d->whole = false;
    if (!slice_eq(cur_bytes(&c, sizeof MAGIC - 1), S(MAGIC))) return;
    do d->good = cur_pos(&c);
    while (cur_left(&c) && take_segment(d, &c));
    d->whole = d->good == d->loaded.n;
}

static void load(struct digests *d)
{
    int fd = openat(d->dir, FILE_NAME, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && fd_read(fd, FILE_MAX, &d->loaded)) take_file(d);
    if (fd >= 0) close(fd);
}

/* ---- what this one adds ---- */

static void add_segment(const struct digests *d, enum hash_kind k, struct buf *out)
{
    struct slice rows = buf_slice(&d->added[k]);
    uint8_t mac[HMAC_BYTES];
    if (!rows.n || !buf_ok(&d->added[k])) return;
    mac_of(d, k, rows, mac);
    buf_u32le(out, k);
    buf_u32le(out, (uint32_t)(rows.n / (ID_BYTES + hash_size(k))));
    buf_add(out, slice_of(mac, sizeof mac));
    buf_add(out, rows);
}

/* Behind what others have added since, unless it has to start anew: a broken end is cut off. */
static void append(struct digests *d, int fd, struct slice segments)
{
    struct stat sb;
    if (flock(fd, LOCK_EX) || fstat(fd, &sb)) return;
    size_t keep = d->whole ? (size_t)sb.st_size : d->good;
    if (keep + segments.n > FILE_MAX || (size_t)sb.st_size < keep) keep = 0;
    if (keep < (size_t)sb.st_size && ftruncate(fd, (off_t)keep)) return;
    if (!keep) (void)!write(fd, MAGIC, sizeof MAGIC - 1);
    (void)!write(fd, segments.p, segments.n); /* one write: a crash leaves a broken end at most */
}

static void save(struct digests *d)
{
    struct buf out;
    buf_init(&out, FILE_MAX);
    for (enum hash_kind k = 0; k < HASH_KINDS; k++) add_segment(d, k, &out);
    int fd =
        out.n && buf_ok(&out)
            ? openat(d->dir, FILE_NAME, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600)
            : -1;
    if (fd >= 0) append(d, fd, buf_slice(&out));
    if (fd >= 0) close(fd);
    buf_done(&out);
}

/* ---- the memory ---- */

static bool worth(void *ctx, uint64_t files, uint64_t bytes)
{
    struct digests *d = ctx;
    struct stat sb = {0};
    char *file = NULL;
    if (d->opened) return d->dir >= 0;
    bytes += files * FILE_COST;
    if (asprintf(&file, "%s/" FILE_NAME, d->path) < 0) return false;
    bool is_worth =
        bytes >= LEAST && (stat(file, &sb) || (uint64_t)sb.st_size * CACHE_COST < bytes);
    free(file);
    if (!is_worth) return false;
    d->opened = true;
    d->dir = secret_open(d->path, d->secret);
    if (d->dir >= 0) load(d);
    return d->dir >= 0;
}

/* Could only this user, or root, have written it? */
static bool is_own(const struct digests *d, const struct identity *id)
{
    return (id->owner == d->user || id->owner == 0) && !(id->mode & (S_IWGRP | S_IWOTH));
}

static bool get(void *ctx, const struct identity *id, enum hash_kind k, uint8_t ret[HASH_MAX])
{
    struct digests *d = ctx;
    return is_own(d, id) && known_get(&d->known, id, k, ret);
}

static void put(void *ctx, const struct identity *id, enum hash_kind k, const uint8_t raw[HASH_MAX])
{
    struct digests *d = ctx;
    if (!is_own(d, id) || !known_put(&d->known, id, k, raw)) return;
    pthread_mutex_lock(&d->known.lock);
    buf_add(&d->added[k], slice_of((const uint8_t *)id, ID_BYTES));
    buf_add(&d->added[k], slice_of(raw, hash_size(k)));
    pthread_mutex_unlock(&d->known.lock);
}

struct digests *digests_open(const char *dir)
{
    struct digests *d = dir ? calloc(1, sizeof *d) : NULL;
    if (!d) return NULL;
    d->path = strdup(dir);
    if (!d->path) {
        free(d);
        return NULL;
    }
    d->dir = -1;
    d->user = geteuid();
    d->whole = true;
    known_init(&d->known);
    buf_init(&d->loaded, FILE_MAX);
    for (enum hash_kind k = 0; k < HASH_KINDS; k++) buf_init(&d->added[k], FILE_MAX / 2);
    d->memory = (struct hash_memory){.ctx = d, .worth = worth, .get = get, .put = put};
    return d;
}

const struct hash_memory *digests_memory(const struct digests *d)
{
    return d ? &d->memory : NULL;
}

void digests_done(struct digests *d)
{
    if (!d) return;
    if (d->dir >= 0) {
        save(d);
        close(d->dir);
    }
    known_done(&d->known);
    buf_done(&d->loaded);
    for (enum hash_kind k = 0; k < HASH_KINDS; k++) buf_done(&d->added[k]);
    free(d->path);
    free(d);
}
