/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.c - one job per row, a few at a time; libcurl's callbacks drive them. */
#include "scan/fetch.h"
#include "base/host.h"
#include "port/curl/http.h"
#include "port/seccomp/filter.h"
#include "scan/fetch_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define HOPS_MAX  10u
#define SECOND    1000000000ull
#define TRIES_MAX 1000u /* also when each of them brought something */
#define PAUSE_MAX (30 * SECOND)
#define URL_MAX   4096u

struct fetch;

struct job {
    struct fetch *fetch;
    const struct fetch_row *row;
    struct fetch_result *result;
    struct fetch_file file;
    struct digest want, sha; /* of the bytes in the part; `want` is not used for SHA-256 */
    char url[URL_MAX];       /* of this hop */
    uint64_t have, total, wake_ns;
    uint64_t best; /* the most that any try had */
    unsigned hops, tries, tries_in_all, retry_after;
    bool running, busy; /* busy: this slot holds a row */
    bool spliced;       /* the part is made of more than one answer */
    bool again;         /* it was fetched anew because of that */
    bool replace;
    const char *stop; /* why a callback ended the transfer */
    enum fetch_outcome stop_outcome;
};

struct fetch {
    const struct fetch_options *options;
    const struct fetch_list *list;
    struct fetch_result *results;
    struct http *http;
    int dir;
    struct fetch_progress progress;
    size_t next;
};

const char *fetch_outcome_name(enum fetch_outcome o)
{
    static const char *const names[FETCH_OUTCOMES] = {"waiting",    "fetched",  "present",
                                                      "unverified", "mismatch", "unhashed",
                                                      "refused",    "failed",   "io-error"};
    return o < FETCH_OUTCOMES ? names[o] : "";
}

/* ---- the end of a row ---- */

__attribute__((format(printf, 3, 4))) static void finish(struct job *j, enum fetch_outcome outcome,
                                                         const char *fmt, ...)
{
    struct fetch *f = j->fetch;
    const struct fetch_options *o = f->options;
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    fetch_file_close(&j->file);
    j->result->outcome = outcome;
    j->result->why = arena_copy(o->arena, slice_str(text));
    j->busy = j->running = false;
    f->progress.done++;
    if (o->on_row) o->on_row(o->ctx, (size_t)(j->result - f->results), j->result);
    if (o->on_progress) o->on_progress(o->ctx, &f->progress);
}

static void finish_io(struct job *j, const char *what)
{
    if (errno == ELOOP || errno == ENOTDIR)
        finish(j, FETCH_REFUSED, "%s: there is a link or a file where a folder should be", what);
    else if (errno == EWOULDBLOCK)
        finish(j, FETCH_IO, "another run is fetching this file");
    else
        finish(j, FETCH_IO, "%s: %s", what, strerror(errno));
}

/* ---- hashing ---- */

static void start_hashing(struct job *j)
{
    digest_start(&j->sha);
    digest_start_as(&j->want, j->row->kind);
}

/* Does the list give a digest of another kind than the SHA-256 that every file gets? */
static bool wants_other(const struct job *j)
{
    return j->row->hash.n && j->row->kind != DIGEST_SHA256;
}

/* Ends hashing; is it what the list says? Rows without a hash are always right. */
static bool is_right(struct job *j, char ret_seen[2 * DIGEST_MAX + 1])
{
    uint8_t sha[SHA256_BYTES], raw[DIGEST_MAX];
    bool other = wants_other(j);
    digest_finish(&j->sha, sha);
    digest_hex(sha, j->result->sha256);
    if (other)
        digest_finish(&j->want, raw);
    else
        memcpy(raw, sha, sizeof sha);
    for (size_t i = 0; i < digest_size(other ? j->row->kind : DIGEST_SHA256); i++)
        (void)snprintf(ret_seen + 2 * i, 3, "%02x", raw[i]);
    return !j->row->hash.n || slice_eq(slice_str(ret_seen), j->row->hash);
}

/* ---- requests ---- */

static void request(struct job *j);

static bool start_over(struct job *j)
{
    j->have = 0;
    j->spliced = false;
    start_hashing(j);
    return fetch_part_empty(&j->file);
}

static void pause_job(struct job *j)
{
    uint64_t pause = SECOND / 2;
    for (unsigned i = 1; i < j->tries && pause < PAUSE_MAX; i++) pause *= 2;
    if (j->retry_after) pause = j->retry_after * SECOND;
    if (pause > PAUSE_MAX) pause = PAUSE_MAX;
    j->wake_ns = host_now_ns() + pause;
}

/* Another try, from where it was cut off; tries that bring nothing are counted. */
static void retry(struct job *j, const char *why)
{
    j->tries = j->have > j->best ? 1 : j->tries + 1;
    if (j->have > j->best) j->best = j->have;
    if (j->tries > j->fetch->options->retries || ++j->tries_in_all > TRIES_MAX) {
        finish(j, FETCH_FAILED, "%s", why);
        return;
    }
    if (j->have) j->spliced = true;
    (void)snprintf(j->url, sizeof j->url, "%.*s", (int)j->row->url.n, (const char *)j->row->url.p);
    j->hops = 0;
    pause_job(j);
}

static bool stop(struct job *j, enum fetch_outcome outcome, const char *why)
{
    j->stop = why;
    j->stop_outcome = outcome;
    return false;
}

static void keep_validator(struct job *j, const struct http_head *h)
{
    bool strong = h->etag.n && !slice_starts(h->etag, S("W/"));
    struct slice v = strong ? h->etag : h->modified;
    char *to = j->file.validator;
    if (v.n >= sizeof j->file.validator || slice_find_byte(v, '\n') != SIZE_MAX) v.n = 0;
    memcpy(to, v.n ? v.p : (const uint8_t *)"", v.n);
    to[v.n] = 0;
    (void)fetch_part_note(&j->file, j->row->url, j->row->hash);
}

static bool on_head(void *ctx, const struct http_head *h)
{
    struct job *j = ctx;
    j->retry_after = h->retry_after < 3600 ? (unsigned)h->retry_after : 3600;
    if (h->status != 200 && h->status != 206) return true;
    if (h->status == 206 && h->range_from != j->have)
        return stop(j, FETCH_WAITING, "the server sent another part than was asked for");
    if (h->status == 200 && j->have && !start_over(j)) return stop(j, FETCH_IO, strerror(errno));
    j->total = h->length == HTTP_NO_LENGTH ? 0 : j->have + h->length;
    if (j->total > j->fetch->options->max_size)
        return stop(j, FETCH_REFUSED, "it is larger than --max-size allows");
    if (h->status == 200) keep_validator(j, h);
    j->total |= 1ull << 63; /* a body is wanted */
    return true;
}

static bool write_all(int fd, struct slice bytes, uint64_t at)
{
    while (bytes.n) {
        ssize_t n = pwrite(fd, bytes.p, bytes.n, (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        at += (uint64_t)n;
        bytes = slice_sub(bytes, (size_t)n, bytes.n);
    }
    return true;
}

static bool on_body(void *ctx, struct slice bytes)
{
    struct job *j = ctx;
    struct fetch *f = j->fetch;
    if (!(j->total >> 63)) return true; /* the text of an error or a redirect */
    if (j->have + bytes.n > f->options->max_size)
        return stop(j, FETCH_REFUSED, "it is larger than --max-size allows");
    if (!write_all(j->file.fd, bytes, j->have)) return stop(j, FETCH_IO, strerror(errno));
    digest_add(&j->sha, bytes);
    if (wants_other(j)) digest_add(&j->want, bytes);
    j->have += bytes.n;
    j->result->received += bytes.n;
    f->progress.received += bytes.n;
    if (f->options->on_progress) f->options->on_progress(f->options->ctx, &f->progress);
    return true;
}

/* All bytes are there. */
static void check(struct job *j)
{
    char seen[2 * DIGEST_MAX + 1];
    j->result->bytes = j->have;
    if (is_right(j, seen)) {
        if (!fetch_part_publish(&j->file, j->replace))
            finish_io(j, "it could not get its name");
        else if (j->row->hash.n)
            finish(j, FETCH_NEW, "%s", "");
        else
            finish(j, FETCH_UNVERIFIED, "the list names no hash");
        return;
    }
    if (j->spliced && !j->again) { /* the old part may have been wrong: once more, in one piece */
        j->again = true;
        j->tries = 0;
        if (start_over(j))
            request(j);
        else
            finish_io(j, "its part could not be emptied");
        return;
    }
    fetch_part_remove(&j->file);
    finish(j, FETCH_MISMATCH, "the list says %.*s, the server sent %s", SLICE_ARG(j->row->hash),
           seen);
}

static bool is_redirect(unsigned status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static void hop(struct job *j, const char *to)
{
    bool was_tls = strncmp(j->url, "https:", 6) == 0, is_tls = strncmp(to, "https:", 6) == 0;
    if (++j->hops > HOPS_MAX)
        finish(j, FETCH_FAILED, "more than %u redirects", HOPS_MAX);
    else if (strlen(to) >= sizeof j->url)
        finish(j, FETCH_FAILED, "a redirect to an endless URL");
    else if (was_tls && !is_tls && !j->row->hash.n)
        finish(j, FETCH_REFUSED, "a redirect from https to http, and no hash to check by");
    else {
        (void)snprintf(j->url, sizeof j->url, "%s", to);
        request(j);
    }
}

static void by_status(struct job *j, const struct http_end *e)
{
    unsigned s = e->status;
    char why[64];
    (void)snprintf(why, sizeof why, "the server answered %u", s);
    if (s == 200 || s == 206)
        check(j);
    else if (is_redirect(s) && e->location)
        hop(j, e->location);
    else if (s == 416 && j->have) {
        /* nothing behind what is there: whole already, or of another version */
        j->spliced = true;
        check(j);
    } else if (s >= 500 || s == 408 || s == 425 || s == 429)
        retry(j, why);
    else
        finish(j, FETCH_FAILED, "%s", why);
}

static void on_end(void *ctx, const struct http_end *e)
{
    struct job *j = ctx;
    j->running = false;
    switch (e->failure) {
    case HTTP_FINE: by_status(j, e); break;
    case HTTP_NETWORK: retry(j, e->why); break;
    case HTTP_TLS: finish(j, FETCH_FAILED, "%s", e->why); break;
    case HTTP_BAD_URL: finish(j, FETCH_REFUSED, "no http or https URL"); break;
    case HTTP_PRIVATE:
        finish(j, FETCH_REFUSED, "%s leads into a private network (--allow-private allows it)",
               j->hops ? "a redirect" : "it");
        break;
    case HTTP_STOPPED:
        if (j->stop_outcome == FETCH_WAITING && start_over(j))
            retry(j, j->stop);
        else
            finish(j, j->stop_outcome ? j->stop_outcome : FETCH_IO, "%s", j->stop);
        break;
    }
}

/* "https://host:443" of both; who is named by the list may be asked wherever it lives. */
static bool same_origin(const char *url, struct slice listed)
{
    struct slice a = slice_str(url), b = listed;
    size_t from = slice_find(b, S("://"));
    size_t n = from == SIZE_MAX ? 0 : from + 3;
    while (n < b.n && b.p[n] != '/' && b.p[n] != '?' && b.p[n] != '#') n++;
    bool ends = a.n == n || (a.n > n && (a.p[n] == '/' || a.p[n] == '?' || a.p[n] == '#'));
    return n && ends && slice_eq_nocase(slice_sub(a, 0, n), slice_sub(b, 0, n));
}

static void request(struct job *j)
{
    const struct fetch_options *o = j->fetch->options;
    const struct http_sink sink = {on_head, on_body, on_end, j};
    /* bytes of unknown version are only continued when a hash will tell */
    bool resume = j->have && (j->file.validator[0] || j->row->hash.n);
    if (j->have && !resume && !start_over(j)) {
        finish_io(j, "its part could not be emptied");
        return;
    }
    struct http_request q = {.url = j->url,
                             .from = j->have,
                             .if_range = j->file.validator[0] ? j->file.validator : NULL,
                             .allow_private = o->allow_private || same_origin(j->url, j->row->url),
                             .silence_s = o->silence_s};
    j->total = 0;
    j->stop = NULL;
    j->wake_ns = 0;
    j->running = http_start(j->fetch->http, &q, &sink);
    if (!j->running) finish(j, FETCH_IO, "out of memory");
}

/* ---- the begin of a row ---- */

/* True when the row is settled by what lies there. */
static bool by_what_is_there(struct job *j)
{
    int fd = -1;
    char seen[2 * DIGEST_MAX + 1];
    enum fetch_there there = fetch_file_there(&j->file, &fd);
    if (there == THERE_NOTHING) return false;
    if (there == THERE_OTHER) {
        finish(j, FETCH_REFUSED, "something that is no plain file has this name already");
        return true;
    }
    start_hashing(j);
    bool ok = fetch_hash_fd(fd, &j->sha, wants_other(j) ? &j->want : NULL, &j->result->bytes);
    close(fd);
    if (!ok) {
        finish_io(j, "the file that is there could not be read");
        return true;
    }
    bool right = is_right(j, seen);
    j->replace = j->fetch->options->force;
    if (right)
        finish(j, FETCH_PRESENT, "%s", "");
    else if (!j->replace)
        finish(j, FETCH_MISMATCH,
               "a file of this name is there and has %s, the list says %.*s (--force replaces it)",
               seen, SLICE_ARG(j->row->hash));
    return right || !j->replace;
}

static bool take_up_part(struct job *j)
{
    if (!fetch_part_open(&j->file, j->row->url, j->row->hash)) return false;
    start_hashing(j);
    if (!fetch_hash_fd(j->file.fd, &j->sha, wants_other(j) ? &j->want : NULL, &j->have))
        return false;
    j->spliced = j->have > 0;
    return true;
}

static void begin(struct job *j)
{
    const struct fetch_row *row = j->row;
    const struct fetch_options *o = j->fetch->options;
    if (row->wrong) {
        finish(j, FETCH_REFUSED, "%s", row->wrong);
    } else if (!row->hash.n && !o->allow_unhashed) {
        finish(j, FETCH_UNHASHED,
               "the list names no hash (--allow-unhashed fetches it all the same)");
    } else if (row->url.n >= URL_MAX || slice_find_byte(row->url, 0) != SIZE_MAX) {
        finish(j, FETCH_REFUSED, "its URL is too long");
    } else if (!fetch_file_open(&j->file, j->fetch->dir, row->name, o->arena)) {
        finish_io(j, "its folder cannot be used");
    } else if (!by_what_is_there(j)) {
        memcpy(j->url, row->url.p, row->url.n);
        j->url[row->url.n] = 0;
        if (take_up_part(j))
            request(j);
        else
            finish_io(j, "its part cannot be used");
    }
}

static void fill(struct fetch *f, struct job *jobs, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        while (!jobs[i].busy && f->next < f->list->count) {
            jobs[i] = (struct job){.fetch = f,
                                   .row = &f->list->rows[f->next],
                                   .result = &f->results[f->next],
                                   .file = {.folder = -1, .fd = -1},
                                   .busy = true};
            f->next++;
            begin(&jobs[i]);
        }
}

/* Wake who has waited long enough; true while anything is going on. */
static bool step(struct fetch *f, struct job *jobs, unsigned n)
{
    uint64_t now = host_now_ns();
    bool busy = false;
    for (unsigned i = 0; i < n; i++) {
        if (jobs[i].busy && !jobs[i].running && jobs[i].wake_ns && jobs[i].wake_ns <= now)
            request(&jobs[i]);
        busy |= jobs[i].busy;
    }
    if (busy) http_run(f->http, http_running(f->http) ? 200 : 20);
    return busy;
}

static int make_dir(const char *path, struct arena *a)
{
    char *copy = arena_cstr(a, slice_str(path));
    if (!copy) return -1;
    for (char *p = strchr(copy + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = 0;
        (void)mkdir(copy, 0777);
        *p = '/';
    }
    (void)mkdir(copy, 0777);
    return open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC);
}

enum st fetch_run(const struct fetch_options *o, const struct fetch_list *list,
                  struct fetch_result *results)
{
    struct fetch f = {
        .options = o, .list = list, .results = results, .progress.total = list->count};
    struct job *jobs = calloc(o->jobs, sizeof *jobs);
    enum st st = ST_OK;
    f.http = http_new();
    f.dir = f.http ? make_dir(o->dir, o->arena) : -1;
    if (!f.http)
        st = ST_UNSUPPORTED;
    else if (f.dir < 0)
        st = ST_IO;
    else if (!jobs)
        st = ST_NOMEM;
#ifndef MERLON_SANITIZED
    if (st == ST_OK) (void)filter_downloader();
#endif
    while (st == ST_OK) {
        fill(&f, jobs, o->jobs);
        if (!step(&f, jobs, o->jobs) && f.next == list->count) break;
    }
    http_free(f.http);
    if (f.dir >= 0) close(f.dir);
    free(jobs);
    return st;
}
