/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/facets.h"
#include "read/data/rows.h"
#include "scan/facets_job.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND 1000000000ull

struct answer {
    struct facets_list *list;
    bool came;
};

enum st facets_start(const char *spool_dir, struct box **ret)
{
    struct box_options b = {.workers = 1,
                            .memory = 512u << 20,
                            .spool = 64ull << 30,
                            .spool_dir = spool_dir,
                            .sandbox = true};
#ifdef MERLON_SANITIZED
    b.sandbox = false;
    b.memory = 0;
#endif
    return box_start(&b, facets_job, ret);
}

static void on_answer(void *ctx, struct slice record)
{
    struct answer *a = ctx;
    struct cursor c = cur_of(record);
    unsigned format = cur_u16le(&c), flags = cur_u8(&c);
    uint64_t records = cur_u64le(&c);
    struct slice why = cur_rest(&c);
    if (!cur_ok(&c) || format >= FMT_COUNT) return;
    a->list->format = (enum format)format;
    a->list->flags = flags;
    a->list->records = records;
    snprintf(a->list->why, sizeof a->list->why, "%.*s", SLICE_ARG(slice_sub(why, 0, 200)));
    a->came = true;
}

static void put_request(struct buf *b, struct slice name, const struct facets_options *o)
{
    buf_add(b, slice_sub(name, 0, 4096));
    if (!o->pick) return;
    buf_byte(b, 0);
    for (size_t i = 0; i < o->pick_count; i++) buf_u32le(b, o->pick[i]);
}

static bool ask(struct box *box, int fd, struct slice request, uint64_t timeout_ns,
                struct facets_list *l)
{
    struct answer a = {.list = l};
    struct stat sb;
    char how[64];
    if (fstat(fd, &sb) || box_begin_out(box, 0, fd, l->fd, request) != ST_OK) return false;
    uint64_t allowed = timeout_ns ? timeout_ns : 120 * SECOND;
    allowed += (uint64_t)sb.st_size / (20u << 20) * SECOND;
    enum box_end end = box_take(box, 0, allowed, on_answer, &a, how);
    if (end == BOX_PENDING) box_abandon(box, 0);
    return end == BOX_DONE && a.came;
}

static int spool(const char *dir)
{
    int fd = dir ? open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;
    return fd >= 0 ? fd : memfd_create("merlon-facets", MFD_CLOEXEC);
}

bool facets_read(struct box *box, int fd, struct slice name, const struct facets_options *o,
                 struct facets_list *ret)
{
    struct stat sb;
    struct buf request;
    *ret = (struct facets_list){.fd = spool(o->spool_dir)};
    buf_init(&request, BOX_RECORD_MAX);
    put_request(&request, name, o);
    bool ok = ret->fd >= 0 && buf_ok(&request) &&
              ask(box, fd, buf_slice(&request), o->timeout_ns, ret) && !fstat(ret->fd, &sb);
    buf_done(&request);
    if (!ok) return false;
    if (sb.st_size <= 0) return true;
    void *p = mmap(NULL, (size_t)sb.st_size, PROT_READ, MAP_SHARED, ret->fd, 0);
    if (p == MAP_FAILED) return false;
    ret->bytes = slice_of(p, (size_t)sb.st_size);
    return true;
}

static bool next_column(struct cursor *c, struct facet *ret)
{
    while (facet_next(c, ret) && ret->kind != FACET_RECORD)
        if (ret->kind == FACET_COLUMN) return true;
    return false;
}

struct records_column *facets_columns(const struct facets_list *l, struct arena *a,
                                      size_t *ret_count)
{
    struct cursor c = cur_of(l->bytes);
    struct facet f;
    size_t n = 0;
    *ret_count = 0;
    while (l->flags & FACETS_TABLE && n < ROWS_COLUMNS_MAX && next_column(&c, &f)) n++;
    struct records_column *list = ARENA_ARRAY(a, struct records_column, n + 1);
    c = cur_of(l->bytes);
    for (size_t i = 0; list && i < n && next_column(&c, &f); i++) {
        list[i].name = arena_copy(a, f.name);
        list[i].type = arena_copy(a, f.shown);
        if (!list[i].name.p || !list[i].type.p) return NULL;
        ++*ret_count;
    }
    return list;
}

void facets_done(struct facets_list *l)
{
    if (l->bytes.n) munmap((void *)(uintptr_t)l->bytes.p, l->bytes.n);
    if (l->fd >= 0) close(l->fd);
    *l = (struct facets_list){.fd = -1};
}
