/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/inspect.h"
#include "base/cursor.h"
#include "base/host.h"
#include "detect/data/look.h"
#include "detect/judge.h"
#include "detect/package/advisories.h"
#include "finding/rules.h"
#include "read/readers.h"
#include "read/unpack.h"
#include "scan/card.h"
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define ARENA_CAP   (192u << 20)
#define ARENA_CHUNK (64u << 10)
#define KIT_CAP     (ADVISORIES_UNPACKED_MAX + (1u << 20))
#define SMALL       (32u << 10)

/* ---- request ---- */

void inspect_encode(struct buf *out, const struct inspect_request *q)
{
    struct slice name = slice_sub(q->name, 0, 4096);
    buf_byte(out, (uint8_t)(q->content | q->reveal << 1));
    buf_u64le(out, q->max_unpacked);
    buf_u64le(out, q->timeout_ns);
    buf_u16le(out, (uint16_t)name.n);
    buf_add(out, name);
}

static bool decode(struct slice raw, struct inspect_request *ret)
{
    struct cursor c = cur_of(raw);
    unsigned flags = cur_u8(&c);
    ret->content = flags & 1;
    ret->reveal = flags & 2;
    ret->max_unpacked = cur_u64le(&c);
    ret->timeout_ns = cur_u64le(&c);
    ret->name = cur_bytes(&c, cur_u16le(&c));
    return cur_ok(&c);
}

/* ---- one subject ---- */

/* What a worker makes once and keeps from file to file. */
struct kit {
    struct look *look;
    struct advisories packages; /* blocks that one file asked for serve the next */
    struct arena arena;         /* theirs */
};

struct inspection {
    const struct inspect_request *request;
    struct kit *kit;
    struct arena *arena;
    inspect_record_fn *on_record;
    void *ctx;
};

static void send_finding(void *ctx, const struct finding *f)
{
    struct inspection *in = ctx;
    struct buf b;
    buf_init(&b, BOX_RECORD_MAX);
    record_finding(&b, f);
    if (buf_ok(&b)) in->on_record(in->ctx, buf_slice(&b));
    buf_done(&b);
}

static void send_requirement(void *ctx, const struct requirement *q)
{
    struct inspection *in = ctx;
    struct buf b;
    buf_init(&b, BOX_RECORD_MAX);
    record_requirement(&b, q);
    if (buf_ok(&b)) in->on_record(in->ctx, buf_slice(&b));
    buf_done(&b);
}

static void send_claim(void *ctx, const struct file_claim *claim)
{
    struct inspection *in = ctx;
    struct buf b;
    buf_init(&b, BOX_RECORD_MAX);
    record_claim(&b, claim);
    if (buf_ok(&b)) in->on_record(in->ctx, buf_slice(&b));
    buf_done(&b);
}

static enum subject_kind kind_of(const struct judge *j, struct slice name)
{
    enum format f = j->format;
    const struct suffix_rule *suffix = suffix_find(name);
    if (f == FMT_JSON && j->rows > 1) return SUBJECT_DATASET; /* a list of records */
    enum format_family family = format_family(f);
    if (suffix && (family == FAM_NONE || family == FAM_OTHER || f == FMT_TEXT || f == FMT_JSON))
        family = suffix->family ? suffix->family : family;
    switch (family) {
    case FAM_MODEL: return SUBJECT_MODEL;
    case FAM_DATASET: return SUBJECT_DATASET;
    case FAM_CONTAINER:
        return suffix && suffix->family == FAM_MODEL ? SUBJECT_MODEL : SUBJECT_ARCHIVE;
    case FAM_CONFIG: return SUBJECT_CONFIG;
    case FAM_SETTINGS: return SUBJECT_SETTINGS;
    case FAM_DEPENDENCIES: return SUBJECT_DEPENDENCIES;
    case FAM_CODE: return SUBJECT_CODE;
    case FAM_NOTEBOOK: return SUBJECT_NOTEBOOK;
    case FAM_NONE:
    case FAM_OTHER: break;
    }
    return SUBJECT_OTHER;
}

static struct slice depth_of(const struct inspection *in, unsigned flags)
{
    if (flags & SUBJECT_NOT_COVERED) return S("none");
    return in->request->content ? S("content") : S("structure");
}

static void send_subject(const struct inspection *in, const struct judge *j)
{
    struct subject_record s = {
        .format = j->format,
        .kind = kind_of(j, in->request->name),
        .unread = j->unread,
        .flags = j->not_inspected ? SUBJECT_NOT_INSPECTED : 0,
        .variant = slice_str(j->variant),
    };
    struct buf b, detail;
    buf_init(&b, BOX_RECORD_MAX);
    buf_init(&detail, 36000);
    bool unread_kind =
        s.kind == SUBJECT_CODE || s.kind == SUBJECT_NOTEBOOK || s.kind == SUBJECT_DATASET;
    if (unread_kind && !reader_of(j->format)) s.flags |= SUBJECT_NOT_COVERED;
    card_json(&detail, j, depth_of(in, s.flags));
    if (buf_ok(&detail)) s.detail = buf_slice(&detail);
    record_subject(&b, &s);
    if (buf_ok(&b)) in->on_record(in->ctx, buf_slice(&b));
    buf_done(&detail);
    buf_done(&b);
}

/* Our own trouble is also a reason not to call the subject clean. */
static void say_trouble(struct judge *j, struct slice name, const char *what)
{
    bool data = kind_of(j, name) == SUBJECT_DATASET;
    struct finding f =
        finding_of(rule_find(data ? S("data.not-inspected") : S("model.not-inspected")));
    f.message = S("The inspection could not be finished, so nothing can be said about this file");
    f.evidence = slice_str(what);
    j->not_inspected = true;
    j->emit(j->emit_ctx, &f);
}

static void inspect(struct inspection *in, struct slice bytes, const int *file, struct spool *spool)
{
    const struct inspect_request *q = in->request;
    struct judge judge;
    struct budget budget;
    struct arena reading; /* its own: layers take it back, while findings must stay */
    arena_init(&reading, ARENA_CAP, ARENA_CHUNK);
    budget_defaults(&budget);
    if (q->max_unpacked) budget.bytes = q->max_unpacked;
    if (q->timeout_ns) budget.deadline = host_now_ns() + q->timeout_ns;
    judge_init(&judge, in->arena, send_finding, in);
    judge.reveal = q->reveal;
    judge.look = in->kit->look;
    judge.packages = in->kit->packages.blocks ? &in->kit->packages : NULL;
    in->kit->packages.nomem = false; /* of a file before */
    judge.on_requirement = send_requirement;
    judge.on_claim = send_claim;
    struct reading r = {.arena = &reading,
                        .budget = &budget,
                        .spool = spool,
                        .emit = judge_event,
                        .emit_ctx = &judge,
                        .content = q->content,
                        .file = file};
    enum st st =
        judge.nomem || !judge.look ? ST_NOMEM : reading_run(&r, q->name, bytes, file != NULL);
    judge_finish(&judge);
    if (st != ST_OK)
        say_trouble(&judge, q->name, st_text(st));
    else if (judge.nomem)
        say_trouble(&judge, q->name, "out of memory");
    send_subject(in, &judge);
    arena_done(&reading);
}

/* `image`: of advisories; p NULL: the one that is compiled in. False: memory is out. */
static bool kit_make(struct kit *k, struct engine *engine, struct slice image)
{
    arena_init(&k->arena, KIT_CAP, ARENA_CHUNK);
    if (!advisories_open(&k->packages, image, &k->arena))
        k->packages = (struct advisories){.arena = NULL};
    k->look = look_new(engine);
    return k->look != NULL;
}

void inspect_bytes(const struct inspect_request *q, struct slice bytes,
                   inspect_record_fn *on_record, void *ctx)
{
    struct arena arena;
    struct kit kit;
    arena_init(&arena, ARENA_CAP, ARENA_CHUNK);
    struct engine *engine = engine_new();
    /* without a look, inspect() says that memory is out */
    (void)kit_make(&kit, engine, (struct slice){NULL, 0});
    struct inspection in = {q, &kit, &arena, on_record, ctx};
    inspect(&in, bytes, NULL, NULL);
    look_free(kit.look);
    engine_free(engine);
    arena_done(&kit.arena);
    arena_done(&arena);
}

/* ---- in the worker ---- */

static void reply(void *ctx, struct slice record)
{
    (void)box_reply(ctx, record);
}

/* To map a small file, to touch it and to unmap it costs more than to read it. */
static void inspect_small(struct inspection *in, int fd, size_t n, struct spool *spool)
{
    uint8_t *p = ARENA_ROOM(in->arena, uint8_t, n);
    ssize_t got = p ? pread(fd, p, n, 0) : -1;
    if (got >= 0) inspect(in, slice_of(p, (size_t)got), NULL, spool);
}

static void inspect_mapped(struct inspection *in, int fd, int spool_fd)
{
    struct stat sb;
    struct spool spool;
    spool_init(&spool, spool_fd);
    if (fstat(fd, &sb) || sb.st_size < 0) return;
    size_t n = (size_t)sb.st_size;
    if (n <= SMALL) {
        inspect_small(in, fd, n, spool_fd >= 0 ? &spool : NULL);
        return;
    }
    void *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) return; /* no subject record: the parent reports it */
    inspect(in, slice_of(p, n), &fd, spool_fd >= 0 ? &spool : NULL);
    munmap(p, n);
}

/* Made at the first job, kept for all. NULL: memory is out. */
static struct kit *kit_of(struct box_job *job)
{
    void **slot = box_slot(job);
    const struct slice *image = box_shared(job);
    struct kit *kit = *slot;
    if (kit) return kit;
    kit = calloc(1, sizeof *kit);
    struct engine *engine = kit ? engine_new() : NULL;
    if (kit && kit_make(kit, engine, *image)) {
        look_set_aside(kit->look, box_aside(job));
        return *slot = kit;
    }
    engine_free(engine);
    free(kit);
    return NULL;
}

void inspect_job(struct box_job *job, int fd, int spool_fd, struct slice raw)
{
    struct inspect_request q;
    struct arena arena;
    if (!decode(raw, &q)) return;
    arena_init(&arena, ARENA_CAP, ARENA_CHUNK);
    struct kit none = {.look = NULL}, *kit = kit_of(job);
    struct inspection in = {&q, kit ? kit : &none, &arena, reply, job};
    inspect_mapped(&in, fd, spool_fd);
    arena_done(&arena);
}
