/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/past.h"
#include "port/git/history.h"
#include "scan/targets.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BLOB_MAX (256ull << 20)

struct past {
    const struct scan_options *options;
    struct git_history *history;
    uint64_t blobs;
};

enum st past_open(const struct scan_options *o, struct past **ret)
{
    *ret = NULL;
    if (!o->history_root) return ST_OK;
    struct past *p = calloc(1, sizeof *p);
    if (!p) return ST_NOMEM;
    p->options = o;
    p->history = git_history_open(o->history_root, o->history_below, BLOB_MAX);
    if (!p->history) {
        free(p);
        return ST_IO;
    }
    *ret = p;
    return ST_OK;
}

/* A folder that is left out leaves out what once lay in it. */
static bool left_out(const struct scan_options *o, struct slice path)
{
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] == '/' && target_excluded(o, slice_sub(path, 0, i), true)) return true;
    return target_excluded(o, path, false);
}

static struct slice commit_text(const struct git_blob *b, char room[64])
{
    bool dated = strcmp(b->day, "1970-01-01") != 0;
    int n = snprintf(room, 64, "%s %s%s%s", dated ? "commit" : "tag", b->commit, dated ? " " : "",
                     dated ? b->day : "");
    return slice_of(room, n > 0 && n < 64 ? (size_t)n : 0);
}

static void tell_unread_blob(struct collector *c, const struct git_blob *b)
{
    char where[64], text[160];
    struct slice commit = commit_text(b, where);
    int n = snprintf(text, sizeof text, "%.*s, %llu bytes", SLICE_ARG(commit),
                     (unsigned long long)b->size);
    collect_own(c, "file.not-inspected", b->path,
                "An earlier version of this file is too large or lies too deep and was not "
                "inspected",
                slice_of(text, n > 0 && (size_t)n < sizeof text ? (size_t)n : 0));
}

/* False when nobody takes items any more. */
static bool give(struct past *p, struct queue *q, struct collector *c, const struct git_blob *b)
{
    char where[64];
    struct item it = {.fd = b->fd};
    struct slice commit = commit_text(b, where);
    if (left_out(p->options, b->path) || fstat(b->fd, &it.stat)) {
        close(b->fd);
        return true;
    }
    it.path = strndup((const char *)b->path.p, b->path.n);
    it.inner = strndup((const char *)commit.p, commit.n);
    p->blobs++;
    collect_known(c, b->size);
    if (it.path && it.inner && queue_put(q, &it)) return true;
    free(it.path);
    free(it.inner);
    close(b->fd);
    return false;
}

static void note(struct past *p, struct result *r, uint64_t missing)
{
    if (r->note_count + 2 > sizeof r->notes / sizeof *r->notes) return;
    r->notes[r->note_count++] =
        arena_printf(r->arena, "history: %llu earlier versions of files were looked at",
                     (unsigned long long)p->blobs);
    if (!missing) return;
    r->notes[r->note_count++] = arena_printf(
        r->arena,
        "history: %llu objects are not in this repository (a shallow or partial clone), so they "
        "were not looked at",
        (unsigned long long)missing);
}

enum st past_walk(struct past *p, struct queue *q, struct collector *c, struct slice *ret_error)
{
    struct git_blob b;
    if (!p) return ST_OK;
    while (git_history_next(p->history, &b)) {
        if (b.fd < 0)
            tell_unread_blob(c, &b);
        else if (!give(p, q, c, &b))
            return ST_OK;
    }
    struct git_history_end end = git_history_ended(p->history);
    pthread_mutex_lock(&c->lock);
    note(p, c->result, end.missing);
    struct slice why = arena_copy(c->result->arena, slice_str(end.error));
    pthread_mutex_unlock(&c->lock);
    if (end.whole) return ST_OK;
    if (!p->blobs) {
        *ret_error = why;
        return ST_IO;
    }
    collect_own(c, "model.not-inspected", S(".git"),
                "The history could not be looked at to its end", why);
    return ST_OK;
}

void past_close(struct past *p)
{
    if (!p) return;
    git_history_close(p->history);
    free(p);
}
