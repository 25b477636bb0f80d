/* SPDX-License-Identifier: Apache-2.0 */
/* redact.c - the parent's side: files, names, the worker, its answer. */
#include "scan/redact.h"
#include "base/cursor.h"
#include "base/fd.h"
#include "base/host.h"
#include "port/openssl/digest.h"
#include "scan/fetch_file.h"
#include "scan/record.h"
#include "scan/redact_job.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND 1000000000ull

struct run {
    const struct redact_options *options;
    struct redact_result *ret;
    struct result *findings;
    struct arena *arena;
    int in, out;
    char temp[4200]; /* the name of `out` until it is done; "" = it has none */
    bool ended, bad; /* the end record came; a record was none */
};

static bool fail(struct run *r, const char *what)
{
    r->ret->end = REDACT_TROUBLE;
    r->ret->why = arena_printf(r->arena, "%s: %s", what, strerror(errno));
    return false;
}

static bool refuse(struct run *r, const char *what, const char *why)
{
    r->ret->end = REDACT_TROUBLE;
    r->ret->why = arena_printf(r->arena, "%s %s", what, why);
    return false;
}

/* ---- files ---- */

static bool is_dash(const char *path)
{
    return path && strcmp(path, "-") == 0;
}

static bool open_in(struct run *r)
{
    const struct redact_options *o = r->options;
    struct stat sb;
    if (is_dash(o->in)) {
        r->in = memfd_create("merlon-stdin", MFD_CLOEXEC);
        if (r->in < 0 || !fd_copy(STDIN_FILENO, r->in)) return fail(r, "standard input");
    } else {
        r->in = open(o->in, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    }
    if (r->in < 0 || fstat(r->in, &sb)) return fail(r, o->in);
    if (!S_ISREG(sb.st_mode)) return refuse(r, o->in, "is no plain file");
    r->ret->bytes_in = (uint64_t)sb.st_size;
    return true;
}

/* OUT must be another file than IN, and must not be there unless it may be replaced. */
static bool check_out(struct run *r)
{
    const struct redact_options *o = r->options;
    struct stat in, out;
    if (stat(o->out, &out)) return true;
    if (fstat(r->in, &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
        return refuse(r, o->out, "is the input itself; write to another file");
    if (!S_ISREG(out.st_mode)) return refuse(r, o->out, "is no plain file");
    if (!o->force) return refuse(r, o->out, "is there already (--force replaces it)");
    return true;
}

/* A file without a name in OUT's folder, or one with a name of its own. */
static bool open_out(struct run *r)
{
    const char *path = r->options->out, *slash = path ? strrchr(path, '/') : NULL;
    char dir[4096];
    if (!path) return true;
    if (is_dash(path)) {
        r->out = memfd_create("merlon-redact", MFD_CLOEXEC);
        return r->out >= 0 || fail(r, "no place for the copy");
    }
    if (!check_out(r)) return false;
    size_t n = slash ? (size_t)(slash - path) + (slash == path) : 1;
    if (n >= sizeof dir || strlen(path) > 4000) return refuse(r, path, "is too long a name");
    memcpy(dir, slash ? path : ".", n);
    dir[n] = 0;
    (void)snprintf(r->temp, sizeof r->temp, "%s.%ld.tmp", path, (long)getpid());
    r->out = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
    if (r->out >= 0) {
        r->temp[0] = 0;
        return true;
    }
    r->out = open(r->temp, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (r->out < 0) r->temp[0] = 0;
    return r->out >= 0 || fail(r, path);
}

static bool name_temp(struct run *r)
{
    char self[64];
    if (r->temp[0]) return true;
    (void)snprintf(self, sizeof self, "/proc/self/fd/%d", r->out);
    (void)snprintf(r->temp, sizeof r->temp, "%s.%ld.tmp", r->options->out, (long)getpid());
    if (linkat(AT_FDCWD, self, AT_FDCWD, r->temp, AT_SYMLINK_FOLLOW) == 0) return true;
    r->temp[0] = 0;
    return false;
}

static bool publish(struct run *r)
{
    const struct redact_options *o = r->options;
    struct digest d;
    uint8_t raw[SHA256_BYTES];
    digest_start(&d);
    if (fetch_hash_fd(r->out, &d, NULL, &r->ret->bytes_out)) {
        digest_finish(&d, raw);
        digest_hex(raw, r->ret->sha256);
    }
    if (is_dash(o->out)) {
        bool ok = lseek(r->out, 0, SEEK_SET) == 0 && fd_copy(r->out, STDOUT_FILENO);
        return ok || fail(r, "standard output");
    }
    if (fdatasync(r->out) || !name_temp(r)) return fail(r, o->out);
    unsigned flags = o->force ? 0 : RENAME_NOREPLACE;
    int bad = renameat2(AT_FDCWD, r->temp, AT_FDCWD, o->out, flags);
    if (bad && errno == EINVAL && !o->force) { /* a file system that cannot do it at once */
        bad = link(r->temp, o->out);
        if (!bad) (void)unlink(r->temp);
    }
    if (bad) return fail(r, o->out);
    r->temp[0] = 0;
    return true;
}

/* ---- the answer ---- */

static struct slice take_text(struct run *r, struct cursor *c)
{
    return arena_copy(r->arena, cur_bytes(c, cur_u16le(c)));
}

static bool take_count(struct run *r, struct cursor *c)
{
    struct redact_result *ret = r->ret;
    struct redact_count *p = ARENA_ARRAY(r->arena, struct redact_count, ret->count + 1);
    if (!p || ret->count >= REDACT_RULES_MAX) return false;
    if (ret->count) memcpy(p, ret->counts, ret->count * sizeof *p);
    p[ret->count].values = cur_u64le(c);
    p[ret->count].rule = take_text(r, c);
    ret->counts = p;
    ret->count++;
    return cur_ok(c);
}

static bool take_end(struct run *r, struct cursor *c)
{
    struct redact_result *ret = r->ret;
    uint8_t end = cur_u8(c);
    uint16_t format = cur_u16le(c);
    ret->records = cur_u64le(c);
    ret->values = cur_u64le(c);
    ret->keys_left = cur_u64le(c);
    ret->bytes_out = cur_u64le(c);
    ret->encoding = take_text(r, c);
    ret->why = take_text(r, c);
    if (!cur_ok(c) || end > REDACT_TROUBLE || format >= FMT_COUNT) return false;
    ret->end = (enum redact_end)end;
    ret->format = slice_str(format ? format_name((enum format)format) : "");
    return r->ended = true;
}

static bool take_finding(struct run *r, struct slice record)
{
    struct finding f;
    if (!record_read_finding(record, r->arena, &f)) return false;
    f.path = slice_str(r->options->in);
    finding_fingerprint(&f, 0);
    return result_add_finding(r->findings, &f) != NULL;
}

static void on_record(void *ctx, struct slice record)
{
    struct run *r = ctx;
    struct cursor c = cur_of(record);
    bool ok = false;
    if (record_kind(record) == 'F') {
        ok = take_finding(r, record);
    } else {
        uint8_t kind = cur_u8(&c);
        if (kind == 'C') ok = take_count(r, &c);
        if (kind == 'E') ok = take_end(r, &c);
    }
    if (!ok) r->bad = true;
}

/* ---- the worker ---- */

static uint64_t time_allowed(const struct redact_options *o, uint64_t size)
{
    uint64_t base = o->timeout_ns ? o->timeout_ns : 600 * SECOND;
    return base + size / (10u << 20) * SECOND;
}

static bool ask_worker(struct run *r, struct box *box, struct slice request, uint64_t allowed)
{
    char how[64] = "no answer in time";
    if (box_begin_out(box, 0, r->in, r->out, request) != ST_OK) return fail(r, "no worker");
    enum box_end end = box_take(box, 0, 3 * allowed + 5 * SECOND, on_record, r, how);
    if (end == BOX_PENDING) box_abandon(box, 0);
    if (end == BOX_DONE && r->ended && !r->bad) return true;
    return refuse(
        r, "the worker did not finish:", end == BOX_DONE ? "its answer was not understood" : how);
}

static bool work(struct run *r)
{
    const struct redact_options *o = r->options;
    const char *slash = strrchr(o->in, '/');
    uint64_t allowed = time_allowed(o, r->ret->bytes_in);
    struct redact_request q = {.mode = o->mode,
                               .write = o->out != NULL,
                               .timeout_ns = allowed,
                               .name = slice_str(slash ? slash + 1 : o->in),
                               .key = o->key,
                               .only = o->only,
                               .except = o->except};
    struct box_options b = {.workers = 1,
                            .memory = 512u << 20,
                            .spool = 1ull << 40,
                            .spool_dir = o->spool_dir,
                            .sandbox = true};
    struct box *box = NULL;
    struct buf request;
#ifdef MERLON_SANITIZED
    b.sandbox = false;
    b.memory = 0;
#endif
    if (box_start(&b, redact_job, &box) != ST_OK) return fail(r, "no worker");
    buf_init(&request, BOX_RECORD_MAX);
    redact_encode(&request, &q);
    bool ok = buf_ok(&request) ? ask_worker(r, box, buf_slice(&request), allowed)
                               : refuse(r, "the key or the patterns", "are too long");
    buf_done(&request);
    box_stop(box);
    return ok;
}

static void sort_counts(struct redact_result *ret)
{
    for (size_t i = 1; i < ret->count; i++)
        for (size_t k = i; k && ret->counts[k].values > ret->counts[k - 1].values; k--) {
            struct redact_count c = ret->counts[k];
            ret->counts[k] = ret->counts[k - 1];
            ret->counts[k - 1] = c;
        }
}

void redact_run(const struct redact_options *o, struct redact_result *ret, struct result *findings)
{
    struct run r = {
        .options = o, .ret = ret, .findings = findings, .arena = o->arena, .in = -1, .out = -1};
    *ret = (struct redact_result){0};
    if (open_in(&r) && open_out(&r) && work(&r) && ret->end == REDACT_DONE && o->out)
        (void)publish(&r);
    sort_counts(ret);
    if (r.temp[0]) (void)unlink(r.temp);
    if (r.in >= 0) close(r.in);
    if (r.out >= 0) close(r.out);
}
