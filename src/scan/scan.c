/* SPDX-License-Identifier: Apache-2.0 */
/* scan.c - the main thread walks; thread i feeds worker i and hashes what it reads.
 *
 *    walk -> queue -> thread i:  cache? -> box_begin -> hash in chunks, taking records in between
 *                                -> collect -> result
 */
#include "scan/scan.h"
#include "base/host.h"
#include "base/map.h"
#include "box/box.h"
#include "finding/rules.h"
#include "policy/policy.h"
#include "port/openssl/digest.h"
#include "scan/cache.h"
#include "scan/collect.h"
#include "scan/inspect.h"
#include "scan/past.h"
#include "scan/queue.h"
#include "scan/targets.h"
#include "sign/hash.h"
#include "sign/named.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define CHUNK       (512u << 10)
#define SECOND      1000000000ull
#define RECORDS_MAX (8u << 20)
#define CACHE_FROM  (256u << 10) /* smaller files are scanned faster than they are looked up */
#define JOBS_MAX    64u

struct scan {
    const struct scan_options *options;
    struct box *box;
    struct cache *cache;
    struct past *past;
    struct queue queue;
    struct collector collector;
    struct slice advisories; /* the image that workers judge by; p NULL: the compiled-in one */
    uint8_t salt[160];
    size_t salt_n;
};

struct lane { /* one thread and its worker */
    struct scan *scan;
    unsigned i;
    pthread_t thread;
    struct buf records, request;
    struct arena scratch;
    uint8_t *chunk;
};

/* ---- one file ---- */

static void on_record(void *ctx, struct slice record)
{
    struct lane *l = ctx;
    buf_u32le(&l->records, (uint32_t)record.n);
    buf_add(&l->records, record);
}

/* Weights-sized files that turn out to be nothing of ours need no digest. */
static bool worth_hashing(struct lane *l, enum box_end end)
{
    struct subject_record s;
    if (end != BOX_DONE) return true;
    arena_reset(&l->scratch);
    if (!collected_subject(buf_slice(&l->records), &l->scratch, &s)) return true;
    return s.kind != SUBJECT_OTHER && s.kind != SUBJECT_CODE;
}

struct hashing {              /* of one file */
    struct digest own, other; /* other: what its name is made of, where that is no SHA-256 */
    const struct named *named;
    bool two;
};

static void hashing_start(struct hashing *h, const struct named *named, uint64_t size)
{
    h->named = named;
    h->two = named && named->kind != DIGEST_SHA256;
    digest_start(&h->own);
    if (h->two) named_start(named, size, &h->other);
}

/* False: the file is not what its name says. */
static bool hashing_finish(struct hashing *h, char hex[65])
{
    uint8_t raw[SHA256_BYTES], other[DIGEST_MAX];
    digest_finish(&h->own, raw);
    digest_hex(raw, hex);
    if (!h->two) return true; /* compared later, as with one from the cache */
    digest_finish(&h->other, other);
    return named_holds(h->named, other);
}

/* Hash the file while the worker reads it; *end says how far the worker got. False: not all of it
 * could be read. */
static bool hash_file(struct lane *l, const struct item *it, enum box_end *end, char how[64],
                      struct collected *c)
{
    struct hashing h;
    uint64_t size = (uint64_t)it->stat.st_size, at = 0;
    bool wanted = true;
    hashing_start(&h, c->named, size);
    while (wanted && at < size) {
        ssize_t n = pread(it->fd, l->chunk, CHUNK, (off_t)at);
        if (n <= 0) break;
        struct slice bytes = slice_of(l->chunk, (size_t)n);
        digest_add(&h.own, bytes);
        if (h.two) digest_add(&h.other, bytes);
        at += (uint64_t)n;
        if (*end == BOX_PENDING && at < size)
            *end = box_take(l->scan->box, l->i, 0, on_record, l, how);
        wanted = size <= (4u << 20) || c->named || l->scan->options->digests ||
                 l->scan->options->records_only || worth_hashing(l, *end);
    }
    if (at < size) return !wanted;
    c->misnamed = !hashing_finish(&h, c->sha256);
    return true;
}

/* What was judged must be what lies there now. A report that this very run writes is no news. */
static bool changed(const struct item *it)
{
    struct stat now, out;
    const struct stat *was = &it->stat;
    if (fstat(it->fd, &now)) return true;
    if (now.st_size == was->st_size && now.st_mtim.tv_sec == was->st_mtim.tv_sec &&
        now.st_mtim.tv_nsec == was->st_mtim.tv_nsec)
        return false;
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
        if (!fstat(fd, &out) && out.st_dev == now.st_dev && out.st_ino == now.st_ino) return false;
    return true;
}

static uint64_t time_allowed(const struct scan_options *o, uint64_t size)
{
    uint64_t base = o->file_timeout_ns ? o->file_timeout_ns : 120 * SECOND;
    return base + size / (50u << 20) * SECOND;
}

static void wait_for_worker(struct lane *l, uint64_t until, enum box_end *end, char how[64])
{
    uint64_t now = host_now_ns();
    if (*end == BOX_PENDING)
        *end = box_take(l->scan->box, l->i, now < until ? until - now : 0, on_record, l, how);
    if (*end != BOX_PENDING) return;
    box_abandon(l->scan->box, l->i);
    (void)snprintf(how, 64, "no answer in time");
}

static void inspect_file(struct lane *l, const struct item *it, struct collected *c, char how[64])
{
    const struct scan_options *o = l->scan->options;
    uint64_t allowed = time_allowed(o, c->bytes), until = host_now_ns() + 2 * allowed + 5 * SECOND;
    size_t slash = slice_rfind_byte(c->path, '/');
    struct inspect_request q = {.name = slash == SIZE_MAX ? c->path
                                                          : slice_sub(c->path, slash + 1, SIZE_MAX),
                                .content = o->hash && !o->records_only,
                                .reveal = o->reveal,
                                .max_unpacked = o->max_unpacked,
                                .timeout_ns = allowed};
    enum box_end end = BOX_PENDING;
    buf_reset(&l->request);
    inspect_encode(&l->request, &q);
    if (box_begin(l->scan->box, l->i, it->fd, buf_slice(&l->request)) != ST_OK) {
        c->trouble = "no worker could be started";
        return;
    }
    bool read = !o->hash || hash_file(l, it, &end, how, c);
    wait_for_worker(l, until, &end, how);
    c->changed = changed(it);
    if (c->changed) c->sha256[0] = 0; /* of bytes that are there no more */
    if (end != BOX_DONE)
        c->trouble = how;
    else if (c->changed)
        c->trouble = "it was changed while it was read";
    else if (!read)
        c->trouble = "its digest could not be made";
    else if (!buf_ok(&l->records))
        c->trouble = "more findings than can be kept";
}

/* The cached form of a file is its digest and its records. */
static bool from_cache(struct lane *l, const uint8_t key[32], struct collected *c)
{
    struct slice payload;
    switch (cache_get(l->scan->cache, key, &payload)) {
    case CACHE_HIT: break;
    case CACHE_MISS: return false;
    case CACHE_TAMPERED:
        collect_own(
            &l->scan->collector, "meta.cache-tampered", c->path,
            "The cache entry of this file was changed by somebody; the file was scanned anew",
            S(""));
        return false;
    }
    if (payload.n < 64) return false;
    memcpy(c->sha256, payload.p, 64);
    c->records = slice_sub(payload, 64, payload.n);
    return true;
}

static void to_cache(struct lane *l, const uint8_t key[32], const struct collected *c)
{
    struct buf b;
    if (c->trouble || !c->sha256[0]) return;
    buf_init(&b, RECORDS_MAX + 64);
    buf_add(&b, slice_of(c->sha256, 64));
    buf_add(&b, c->records);
    if (buf_ok(&b)) cache_put(l->scan->cache, key, buf_slice(&b));
    buf_done(&b);
}

struct own_name { /* what a store calls the file */
    struct named named;
    char path[4096];
};

/* From the root on: the target may lie inside the store. An earlier version has no such name. */
static const struct named *name_of(const struct item *it, struct own_name *n)
{
    char link[40];
    if (it->inner || it->context || !named_may_be(slice_str(it->path))) return NULL;
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", it->fd);
    ssize_t length = readlink(link, n->path, sizeof n->path);
    if (length <= 0) return NULL;
    struct slice path = slice_of((const uint8_t *)n->path, (size_t)length);
    return named_by_digest(path, &n->named) ? &n->named : NULL;
}

static void say_misnamed(struct lane *l, const struct collected *c)
{
    char evidence[200];
    (void)snprintf(evidence, sizeof evidence, "in %s, SHA-256 %s", c->named->store, c->sha256);
    collect_own(&l->scan->collector, "model.digest-mismatch", c->path,
                "The file's name is the digest of what was fetched, and its content has another: "
                "somebody or something changed it since",
                slice_str(evidence));
}

static void remember(const struct scan_options *o, const struct item *it, const struct collected *c)
{
    uint8_t raw[HASH_MAX];
    struct slice hex = slice_str(c->sha256);
    struct identity id = identity_of(&it->stat);
    if (!o->digests || it->inner || !digest_of_hex(hex, raw)) return;
    o->digests->put(o->digests->ctx, &id, HASH_SHA256, raw);
}

static void do_file(struct lane *l, const struct item *it)
{
    struct scan *s = l->scan;
    struct own_name name;
    uint8_t key[32];
    char how[64] = "";
    struct collected c = {.path = slice_str(it->path),
                          .inner = slice_str(it->inner),
                          .bytes = (uint64_t)it->stat.st_size,
                          .context = it->context,
                          .named = s->options->hash ? name_of(it, &name) : NULL};
    bool cacheable = s->cache && !it->inner && s->options->hash && c.bytes >= CACHE_FROM &&
                     cache_key(&it->stat, slice_of(s->salt, s->salt_n), key);
    if (c.named && c.named->kind != DIGEST_SHA256) cacheable = false; /* the entry has one digest */
    buf_reset(&l->records);
    if (!cacheable || !from_cache(l, key, &c)) {
        inspect_file(l, it, &c, how);
        c.records = buf_slice(&l->records);
        if (cacheable) to_cache(l, key, &c);
    }
    remember(s->options, it, &c);
    if (c.named && c.named->kind == DIGEST_SHA256 && c.sha256[0])
        c.misnamed = !slice_eq(c.named->hex[0], slice_str(c.sha256));
    collect_file(&s->collector, &c);
    if (c.named && c.misnamed && c.sha256[0]) say_misnamed(l, &c);
}

static void do_item(void *ctx, const struct item *it)
{
    do_file(ctx, it);
    close(it->fd);
    free(it->path);
    free(it->inner);
}

static void *lane_main(void *ctx)
{
    struct lane *l = ctx;
    struct item it;
    while (queue_take(&l->scan->queue, &it)) do_item(l, &it);
    return NULL;
}

/* ---- the run ---- */

static bool lane_init(struct lane *l, struct scan *s, unsigned i)
{
    *l = (struct lane){.scan = s, .i = i};
    buf_init(&l->records, RECORDS_MAX);
    buf_init(&l->request, BOX_RECORD_MAX);
    arena_init(&l->scratch, 1u << 20, 64u << 10);
    l->chunk = s->options->hash ? malloc(CHUNK) : NULL;
    return l->chunk || !s->options->hash;
}

static void lane_done(struct lane *l)
{
    buf_done(&l->records);
    buf_done(&l->request);
    arena_done(&l->scratch);
    free(l->chunk);
}

static bool lane_start(struct lane *l, struct scan *s, unsigned i)
{
    if (lane_init(l, s, i) && pthread_create(&l->thread, NULL, lane_main, l) == 0) return true;
    lane_done(l);
    return false;
}

static void lane_finish(struct lane *l)
{
    pthread_join(l->thread, NULL);
    lane_done(l);
}

static unsigned lane_count(const struct scan_options *o)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned n = o->jobs ? o->jobs : cpus > 0 ? (unsigned)cpus : 1;
    return n > JOBS_MAX ? JOBS_MAX : n;
}

/* What the cache depends on beside the file: the rules and this very program. */
static void make_salt(struct scan *s)
{
    struct stat me = {0};
    (void)stat("/proc/self/exe", &me);
    const struct rulebook *rules = s->options->rules;
    int n = snprintf((char *)s->salt, sizeof s->salt, "%s %s %lld %lld %llu %d", rules_version,
                     rules ? rules->name : "", (long long)me.st_size,
                     (long long)me.st_mtim.tv_nsec ^ (long long)me.st_mtim.tv_sec,
                     (unsigned long long)s->options->max_unpacked, s->options->reveal);
    s->salt_n = n > 0 && (size_t)n < sizeof s->salt ? (size_t)n : 0;
}

static enum st open_box(struct scan *s, unsigned lanes, bool alone)
{
    struct box_options b = {.workers = lanes,
                            .single = alone,
                            .memory = 512u << 20,
                            .spool = 64ull << 30,
                            .shared = &s->advisories,
                            .spool_dir = s->options->cache_dir,
                            .sandbox = true};
#ifdef MERLON_SANITIZED
    b.sandbox = false;
    b.memory = 0;
#endif
    return box_start(&b, inspect_job, &s->box);
}

/* After the work, when the workers have long said what holds them. */
static void note_sandbox(struct scan *s)
{
#ifndef MERLON_SANITIZED
    struct box_state state = box_state(s->box);
    struct result *r = s->collector.result;
    if (!state.seccomp)
        r->notes[r->note_count++] =
            S("sandbox: the kernel refused seccomp; files were parsed with fewer walls");
    else if (!state.landlock)
        r->notes[r->note_count++] =
            S("sandbox: this kernel has no landlock; seccomp alone guards the parser");
#else
    (void)s;
#endif
}

/* A single file: a thread would only wait for it. */
static enum st run_alone(struct scan *s, struct slice *ret_error)
{
    struct lane lane;
    enum st st = lane_init(&lane, s, 0) ? ST_OK : ST_NOMEM;
    s->queue.direct = do_item;
    s->queue.ctx = &lane;
    collect_walked(&s->collector);
    if (st == ST_OK) st = targets_walk(s->options, &s->queue, &s->collector, ret_error);
    lane_done(&lane);
    return st;
}

typedef enum st walk_fn(struct scan *s, struct slice *ret_error);

static enum st walk_all(struct scan *s, struct slice *ret_error)
{
    enum st st = targets_walk(s->options, &s->queue, &s->collector, ret_error);
    if (st == ST_OK) st = past_walk(s->past, &s->queue, &s->collector, ret_error);
    collect_walked(&s->collector);
    return st;
}

static enum st walk_context(struct scan *s, struct slice *ret_error)
{
    (void)ret_error;
    return targets_context(s->options, &s->queue, &s->collector);
}

static enum st run_lanes(struct scan *s, unsigned n, walk_fn *walk_files, struct slice *ret_error)
{
    struct lane *lanes = calloc(n, sizeof *lanes);
    unsigned started = 0;
    if (!lanes) return ST_NOMEM;
    queue_init(&s->queue);
    while (started < n && lane_start(&lanes[started], s, started)) started++;
    enum st st = started ? walk_files(s, ret_error) : ST_NOMEM;
    queue_close(&s->queue);
    for (unsigned i = 0; i < started; i++) lane_finish(&lanes[i]);
    queue_done(&s->queue);
    free(lanes);
    return st;
}

enum st scan_run(const struct scan_options *o, struct result *result, struct slice *ret_error)
{
    struct scan s = {.options = o};
    uint64_t started = host_now_ns();
    bool alone = targets_are_one_file(o) && !o->history_root && !o->context;
    unsigned lanes = alone ? 1 : lane_count(o);
    host_rfc3339(host_wall_s(), result->started);
    result->structure_only = !o->hash;
    collector_init(&s.collector, o, result);
    if (o->rules) s.advisories = o->rules->advisories;
    if (o->rules) result->rules = o->rules->version;
    make_salt(&s);
    enum st st = open_box(&s, lanes, alone);
    if (st != ST_OK) *ret_error = S("the sandboxed workers could not be started");
    if (st == ST_OK) st = past_open(o, &s.past);
    if (st == ST_OK && o->cache && o->cache_dir && o->hash)
        s.cache = cache_open(o->cache_dir, "scan.cache");
    if (st == ST_OK)
        st = alone ? run_alone(&s, ret_error) : run_lanes(&s, lanes, walk_all, ret_error);
    if (st == ST_OK && o->context && relate_needs_context(&s.collector.relate))
        st = run_lanes(&s, lanes, walk_context, ret_error);
    if (st == ST_OK) note_sandbox(&s);
    box_stop(s.box);
    cache_close(s.cache);
    past_close(s.past);
    if (st == ST_OK) collect_related(&s.collector, !o->only_set && !targets_are_one_file(o));
    if (st == ST_OK && s.collector.nomem) st = ST_NOMEM;
    collector_done(&s.collector);
    result_finish(result);
    collect_fingerprints(result);
    result->seconds = host_seconds_since(started);
    return st;
}
