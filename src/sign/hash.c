/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/hash.h"
#include "base/fd.h"
#include "base/st.h"
#include "codec/blake3.h"
#include "port/openssl/digest.h"
#include "port/sodium/blake2b.h"
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECE       (512u << 10) /* bytes per read: stays in the second-level cache */
#define THREADS_MAX 64u

/* ---- one digest ---- */

union hasher {
    struct digest sha256;
    struct blake2b blake2b;
    struct blake3 blake3;
};

static const struct {
    const char *name;
    size_t size;
} kinds[] = {[HASH_SHA256] = {"sha256", 32},
             [HASH_BLAKE2B] = {"blake2b", 64},
             [HASH_BLAKE3] = {"blake3", 32}};

size_t hash_size(enum hash_kind k)
{
    return kinds[k].size;
}

const char *hash_name(enum hash_kind k)
{
    return kinds[k].name;
}

/* The reference writes "blake2b" and reads "blake2". */
bool hash_of_name(struct slice name, enum hash_kind *ret)
{
    if (slice_eq(name, S("blake2"))) name = S("blake2b");
    for (enum hash_kind k = 0; k < COUNT_OF(kinds); k++) {
        if (!slice_eq(name, slice_str(kinds[k].name))) continue;
        *ret = k;
        return true;
    }
    return false;
}

static void start(union hasher *h, enum hash_kind k)
{
    if (k == HASH_BLAKE3)
        blake3_start(&h->blake3);
    else if (k == HASH_BLAKE2B)
        blake2b_start(&h->blake2b);
    else
        digest_start(&h->sha256);
}

static void add(union hasher *h, enum hash_kind k, struct slice bytes)
{
    if (k == HASH_BLAKE3)
        blake3_add(&h->blake3, bytes);
    else if (k == HASH_BLAKE2B)
        blake2b_add(&h->blake2b, bytes);
    else
        digest_add(&h->sha256, bytes);
}

static void finish(union hasher *h, enum hash_kind k, uint8_t ret[HASH_MAX])
{
    if (k == HASH_BLAKE3)
        blake3_finish(&h->blake3, ret);
    else if (k == HASH_BLAKE2B)
        blake2b_finish(&h->blake2b, ret);
    else
        digest_finish(&h->sha256, ret);
}

/* ---- one file ---- */

struct lane {
    struct run *run;
    pthread_t thread;
    bool started;
    uint8_t *piece;
};

struct run {
    const struct hash_options *options;
    struct hash_job *jobs;
    size_t count;
    atomic_size_t next;
};

static bool recall(const struct hash_memory *m, const struct identity *id, enum hash_kind k,
                   struct hash_job *j)
{
    j->remembered = m && m->get(m->ctx, id, k, j->digest);
    if (j->remembered) j->bytes = id->size;
    return j->remembered;
}

static int read_all(struct lane *l, struct hash_job *j, int fd, uint64_t end)
{
    enum hash_kind k = l->run->options->kind;
    union hasher h;
    start(&h, k);
    for (uint64_t at = j->from; at < end;) {
        size_t most = end - at < PIECE ? (size_t)(end - at) : PIECE;
        ssize_t n = pread(fd, l->piece, most, (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        if (n == 0) return HASH_CHANGED;
        add(&h, k, slice_of(l->piece, (size_t)n));
        at += (uint64_t)n;
        j->bytes += (uint64_t)n;
    }
    finish(&h, k, j->digest);
    return 0;
}

static bool stat_file(int fd, struct identity *ret, int *ret_error)
{
    struct stat sb;
    bool ok = fstat(fd, &sb) == 0;
    *ret_error = ok ? HASH_NO_FILE : errno;
    if (!ok || !S_ISREG(sb.st_mode)) return false;
    *ret = identity_of(&sb);
    return true;
}

static int hash_open(struct lane *l, struct hash_job *j, int fd)
{
    const struct hash_options *o = l->run->options;
    const struct hash_memory *memory = j->to == HASH_WHOLE ? o->memory : NULL;
    struct identity before, after;
    int error = 0;
    if (!stat_file(fd, &before, &error)) return error;
    uint64_t end = j->to == HASH_WHOLE ? before.size : j->to;
    if (end > before.size) return HASH_TOO_FEW;
    if (recall(memory, &before, o->kind, j)) return 0;
    error = read_all(l, j, fd, end);
    if (error || !stat_file(fd, &after, &error)) return error;
    if (memcmp(&before, &after, sizeof before) != 0) return HASH_CHANGED;
    if (memory) memory->put(memory->ctx, &after, o->kind, j->digest);
    return 0;
}

static void hash_one(struct lane *l, struct hash_job *j)
{
    int fd = fd_open_below(l->run->options->folder, j->path, j->link);
    j->bytes = 0;
    j->error = fd < 0 ? errno : hash_open(l, j, fd);
    if (fd >= 0) close(fd);
}

/* ---- all of them ---- */

static void *work(void *ctx)
{
    struct lane *l = ctx;
    size_t i;
    while ((i = atomic_fetch_add(&l->run->next, 1)) < l->run->count)
        if (!l->run->jobs[i].remembered) hash_one(l, &l->run->jobs[i]);
    return NULL;
}

/* Those whose identity is known already; how many are left. */
static size_t recall_all(const struct hash_options *o, struct hash_job *jobs, size_t count)
{
    size_t left = count;
    for (size_t i = 0; i < count; i++) {
        struct hash_job *j = &jobs[i];
        j->error = 0;
        j->remembered = false;
        if (j->id && j->to == HASH_WHOLE) left -= recall(o->memory, j->id, o->kind, j);
    }
    return left;
}

static bool is_worth(const struct hash_options *o, const struct hash_job *jobs, size_t count)
{
    const struct hash_memory *m = o->memory;
    uint64_t bytes = 0;
    if (!m || !m->worth) return m;
    for (size_t i = 0; i < count; i++) bytes += jobs[i].id ? jobs[i].id->size : 0;
    return m->worth(m->ctx, count, bytes);
}

static unsigned lanes_for(const struct hash_options *o, size_t count)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    size_t n = o->threads ? o->threads : cpus > 0 ? (size_t)cpus : 1;
    if (n > THREADS_MAX) n = THREADS_MAX;
    return (unsigned)(n > count ? count : n);
}

static bool lane_start(struct lane *l, struct run *r, bool threaded)
{
    *l = (struct lane){.run = r, .piece = malloc(PIECE)};
    if (!l->piece) return false;
    l->started = threaded && pthread_create(&l->thread, NULL, work, l) == 0;
    return true;
}

enum st hash_files(const struct hash_options *options, struct hash_job *jobs, size_t count)
{
    struct hash_options o = *options;
    struct run r = {.options = &o, .jobs = jobs, .count = count};
    struct lane lanes[THREADS_MAX];
    if (!is_worth(&o, jobs, count)) o.memory = NULL;
    size_t left = recall_all(&o, jobs, count);
    unsigned want = lanes_for(&o, left), have = 0;
    if (!left) return ST_OK;
    while (have + 1 < want && lane_start(&lanes[have], &r, true)) have++;
    /* the caller's own thread is the last lane, so that a single file costs no thread */
    bool ok = lane_start(&lanes[have], &r, false);
    if (ok) (void)work(&lanes[have]);
    for (unsigned i = 0; i < have; i++) {
        if (lanes[i].started) pthread_join(lanes[i].thread, NULL);
        free(lanes[i].piece);
    }
    if (ok) free(lanes[have].piece);
    return ok || have ? ST_OK : ST_NOMEM;
}

const char *hash_error_text(int error)
{
    switch (error) {
    case HASH_CHANGED: return "it was written to while it was read";
    case HASH_NO_FILE: return "it is no file";
    case HASH_TOO_FEW: return "it is shorter than what was signed";
    default: return strerror(error);
    }
}
