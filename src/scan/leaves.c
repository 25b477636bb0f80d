/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/leaves.h"
#include "port/openssl/digest.h"
#include "scan/facets.h"
#include "scan/facets_job.h"
#include "scan/fetch_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static enum st refuse(const struct leaves_options *o, const char *path, const char *what,
                      enum st st, struct slice *ret_why)
{
    *ret_why = arena_printf(o->arena, "%s: %s", path, what);
    return ret_why->p ? st : ST_NOMEM;
}

static enum st take(struct arena *a, const struct facets_list *list, struct leaves *ret)
{
    struct cursor c = cur_of(list->bytes);
    struct facet f;
    if (list->records > list->bytes.n / FACET_DIGEST) return ST_MALFORMED;
    ret->hashes = malloc((size_t)(list->records + 1) * sizeof *ret->hashes);
    ret->columns = facets_columns(list, a, &ret->column_count);
    if (!ret->hashes || !ret->columns) return ST_NOMEM;
    while (facet_next(&c, &f)) {
        if (f.kind != FACET_RECORD) continue;
        if (ret->count == list->records) return ST_MALFORMED;
        memcpy(ret->hashes[ret->count++].bytes, f.digest, MERKLE_BYTES);
    }
    return cur_ok(&c) && ret->count == list->records ? ST_OK : ST_MALFORMED;
}

static bool hash_file(int fd, struct leaves *ret)
{
    struct digest d;
    digest_start(&d);
    if (!fetch_hash_fd(fd, &d, NULL, &ret->bytes)) return false;
    digest_finish(&d, ret->file.bytes);
    return true;
}

/* Why these are not all records that there are; NULL: they are. */
static const char *trouble(const struct facets_list *list, const struct leaves *l)
{
    if (list->flags & FACETS_PARTLY)
        return list->why[0] ? list->why
                            : "something in it is odd or could not be read (merlon scan says what)";
    if (list->flags & (FACETS_COLUMNS | FACETS_SHOWN))
        return "its records cannot be told apart as bytes; CSV, JSON, JSON lines, Parquet and "
               "Arrow "
               "have leaves";
    if (l->count) return NULL;
    return l->format == FMT_JSON ? "it is one JSON document, and no list of records"
                                 : "it holds no records";
}

static enum st read_leaves(const char *path, int fd, const struct leaves_options *o,
                           struct leaves *ret, struct slice *ret_why)
{
    const char *slash = strrchr(path, '/');
    struct facets_list list = {.fd = -1};
    struct facets_options how = {.timeout_ns = o->timeout_ns, .spool_dir = o->spool_dir};
    struct box *box = NULL;
    if (facets_start(o->spool_dir, &box) != ST_OK)
        return refuse(o, path, "no worker could be started", ST_IO, ret_why);
    bool ok = facets_read(box, fd, slice_str(slash ? slash + 1 : path), &how, &list);
    enum st st = ok ? take(o->arena, &list, ret) : ST_MALFORMED;
    ret->format = list.format;
    const char *why = !ok || st == ST_MALFORMED ? "the worker did not finish"
                      : st != ST_OK             ? "out of memory"
                                                : trouble(&list, ret);
    if (why) st = refuse(o, path, why, st == ST_OK ? ST_MALFORMED : st, ret_why);
    facets_done(&list);
    box_stop(box);
    return st;
}

/* The file must be the same before and after: records and digest are read one after the other. */
static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

enum st leaves_read(const char *path, const struct leaves_options *o, struct leaves *ret,
                    struct slice *ret_why)
{
    struct stat before, after;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *ret = (struct leaves){0};
    if (fd < 0 || fstat(fd, &before)) {
        int error = errno;
        if (fd >= 0) close(fd);
        return refuse(o, path, strerror(error), ST_IO, ret_why);
    }
    enum st st = S_ISREG(before.st_mode)
                     ? read_leaves(path, fd, o, ret, ret_why)
                     : refuse(o, path, "is no plain file; records are those of one file",
                              ST_MALFORMED, ret_why);
    if (st == ST_OK && !hash_file(fd, ret))
        st = refuse(o, path, "could not be read", ST_IO, ret_why);
    if (st == ST_OK && (fstat(fd, &after) || !is_same(&before, &after)))
        st = refuse(o, path, "it was changed while it was read", ST_IO, ret_why);
    close(fd);
    if (st != ST_OK) leaves_done(ret);
    return st;
}

void leaves_done(struct leaves *l)
{
    free(l->hashes);
    *l = (struct leaves){0};
}
