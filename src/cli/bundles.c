/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/bundles.h"
#include "box/box.h"
#include "sign/bundle_record.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define ANSWER_MAX ((size_t)BUNDLE_MAX + (1u << 20))
#define PIECE      (BOX_RECORD_MAX - 64u)
#define PATIENCE   (120ull * 1000000000ull)

/* ---- in the worker ---- */

static void send_answer(struct box_job *job, struct slice answer)
{
    for (size_t at = 0; at < answer.n; at += PIECE)
        if (!box_reply(job, slice_sub(answer, at, PIECE))) return;
}

static void decode_job(struct box_job *job, int fd, int spool_fd, struct slice request)
{
    struct stat sb;
    struct arena arena;
    struct buf answer;
    (void)spool_fd, (void)request;
    if (fstat(fd, &sb) || sb.st_size <= 0 || sb.st_size > BUNDLE_MAX) return;
    size_t n = (size_t)sb.st_size;
    void *p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) return;
    arena_init(&arena, (size_t)BUNDLE_MAX * 3, 1u << 16);
    buf_init(&answer, ANSWER_MAX);
    bundle_record_answer(slice_of(p, n), &arena, &answer);
    if (buf_ok(&answer)) send_answer(job, buf_slice(&answer));
    buf_done(&answer);
    arena_done(&arena);
    munmap(p, n);
}

/* ---- in the parent ---- */

bool bundles_start(struct bundles *b, struct cli *c)
{
    struct box_options o = {
        .workers = 1, .single = true, .memory = (size_t)BUNDLE_MAX * 6, .sandbox = true};
#ifdef MERLON_SANITIZED
    o.sandbox = false;
    o.memory = 0;
#endif
    *b = (struct bundles){.cli = c};
    arena_init(&b->arena, (size_t)BUNDLE_MAX * 16, 1u << 16);
    if (box_start(&o, decode_job, &b->box) == ST_OK) return true;
    b->box = NULL;
    return cli_fail(c, "the sandboxed reader could not be started: %s", strerror(errno)), false;
}

void bundles_done(struct bundles *b)
{
    box_stop(b->box);
    arena_done(&b->arena);
}

static void on_record(void *ctx, struct slice record)
{
    buf_add(ctx, record);
}

static enum bundles_end bad(struct slice why, struct slice *ret_why)
{
    *ret_why = why;
    return BUNDLES_BAD;
}

static enum bundles_end read_answer(struct bundles *b, struct slice answer, struct bundle *ret,
                                    struct slice *ret_why)
{
    struct slice kept = arena_copy(&b->arena, answer);
    enum st st = kept.p ? bundle_record_read(kept, &b->arena, ret, ret_why) : ST_NOMEM;
    if (st == ST_OK) return BUNDLES_OK;
    if (st == ST_MALFORMED) return BUNDLES_BAD;
    cli_fail(b->cli, "out of memory");
    return BUNDLES_TROUBLE;
}

static enum bundles_end ask(struct bundles *b, int fd, struct bundle *ret, struct slice *ret_why)
{
    struct buf answer;
    char how[64] = "";
    buf_init(&answer, ANSWER_MAX);
    enum box_end end = BOX_DIED;
    if (box_begin(b->box, 0, fd, S("")) == ST_OK)
        end = box_take(b->box, 0, PATIENCE, on_record, &answer, how);
    enum bundles_end ret_end;
    if (end == BOX_DONE && buf_ok(&answer) && answer.n)
        ret_end = read_answer(b, buf_slice(&answer), ret, ret_why);
    else
        ret_end = bad(arena_printf(&b->arena, "the bundle could not be read in the sandbox%s%s",
                                   *how ? ": " : "", how),
                      ret_why);
    buf_done(&answer);
    return ret_end;
}

enum bundles_end bundles_load(struct bundles *b, struct slice file, struct bundle *ret,
                              struct slice *ret_why)
{
    struct stat sb;
    int fd = open(cli_cstr(b->cli, file), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &sb)) {
        cli_fail(b->cli, "%.*s: %s", SLICE_ARG(file), strerror(errno));
        if (fd >= 0) close(fd);
        return BUNDLES_TROUBLE;
    }
    enum bundles_end end;
    if (!S_ISREG(sb.st_mode))
        end = bad(S("the bundle is no file"), ret_why);
    else if (!sb.st_size)
        end = bad(S("the bundle is empty"), ret_why);
    else if (sb.st_size > BUNDLE_MAX)
        end = bad(S("the bundle is larger than 256 MiB"), ret_why);
    else
        end = ask(b, fd, ret, ret_why);
    close(fd);
    return end;
}

struct slice bundle_place(struct cli *c, struct slice model)
{
    while (model.n > 1 && model.p[model.n - 1] == '/') model.n--;
    size_t slash = slice_rfind_byte(model, '/');
    struct slice last = slash == SIZE_MAX ? model : slice_sub(model, slash + 1, model.n);
    if (!last.n || slice_eq(last, S(".")) || slice_eq(last, S("..")))
        return cli_join(c, model, S("model.sig"));
    struct slice s = arena_printf(&c->arena, "%.*s.merlon.sig", SLICE_ARG(model));
    return s.p ? s : S("");
}
