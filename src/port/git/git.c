/* SPDX-License-Identifier: Apache-2.0 */
#include "port/git/git.h"
#include "base/cursor.h"
#include "base/buf.h"
#include "port/git/abi.h"
#include "port/git/ask.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

#define ANSWER_MAX (256u << 20)

bool git_available(void)
{
    struct git_api api;
    return git_api_load(&api);
}

/* Runs the child and collects what it says. */
static bool run(struct ask *ask, struct buf *out)
{
    int pipes[2], status;
    uint8_t chunk[65536];
    ssize_t n;
    if (pipe2(pipes, O_CLOEXEC)) return false;
    pid_t child = fork();
    if (child == 0) {
        ask->fd = pipes[1];
        close(pipes[0]);
        ask_run(ask);
    }
    close(pipes[1]);
    while (child > 0 &&
           ((n = read(pipes[0], chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR)))
        if (n > 0) buf_add(out, slice_of(chunk, (size_t)n));
    close(pipes[0]);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    return child > 0 && buf_ok(out);
}

static unsigned unlike(struct slice a, struct slice b)
{
    unsigned n = (unsigned)(a.n > b.n ? a.n - b.n : b.n - a.n);
    for (size_t i = 0; i < a.n && i < b.n; i++) n += a.p[i] != b.p[i];
    return n;
}

/* A branch whose name, or whose name without the remote's, is nearly what was asked for. */
static void guess(struct slice asked, struct slice name, struct slice *best, unsigned *distance)
{
    size_t slash = slice_rfind_byte(name, '/');
    unsigned d = unlike(asked, name);
    unsigned e = slash == SIZE_MAX ? d : unlike(asked, slice_sub(name, slash + 1, name.n));
    if (e < d) d = e;
    if (slice_has(name, asked) && d > 1) d = 1;
    if (d >= *distance) return;
    *distance = d;
    *best = name;
}

static bool keep(struct arena *a, struct git_answer *ret, struct slice path, size_t *room)
{
    if (ret->count == *room) {
        size_t bigger = *room ? *room * 2 : 64;
        struct slice *p = ARENA_ARRAY(a, struct slice, bigger);
        if (!p) return false;
        if (ret->count) memcpy(p, ret->paths, ret->count * sizeof *p);
        ret->paths = p;
        *room = bigger;
    }
    ret->paths[ret->count] = arena_copy(a, path);
    return ret->paths[ret->count++].p != NULL;
}

static void read_answer(struct slice bytes, struct slice asked, struct arena *a,
                        struct git_answer *ret)
{
    struct cursor c = cur_of(bytes);
    struct slice near = S("");
    unsigned distance = 4;
    size_t room = 0;
    for (;;) {
        uint8_t kind = cur_u8(&c);
        struct slice text = cur_bytes(&c, cur_u32le(&c));
        if (!cur_ok(&c)) break;
        if (kind == 'D') return;
        if (kind == 'P' && !keep(a, ret, text, &room)) break;
        if (kind == 'L') ret->left_out++;
        if (kind == 'N') guess(asked, text, &near, &distance);
        if (kind != 'E') continue;
        if (!slice_eq(text, S("?")))
            ret->error = arena_copy(a, text);
        else if (near.n)
            ret->error = arena_printf(a, "no revision '%.*s'; did you mean %.*s?", SLICE_ARG(asked),
                                      SLICE_ARG(near));
        else
            ret->error = arena_printf(a, "no revision '%.*s' (a shallow clone? fetch it first)",
                                      SLICE_ARG(asked));
        return;
    }
    ret->error = S("the repository could not be read to its end");
}

static void ask(struct ask *q, struct slice asked, struct arena *a, struct git_answer *ret)
{
    struct buf b;
    *ret = (struct git_answer){0};
    buf_init(&b, ANSWER_MAX);
    if (run(q, &b))
        read_answer(buf_slice(&b), asked, a, ret);
    else
        ret->error = S("no process could be started to read the repository");
    buf_done(&b);
}

void git_changed(const char *root, const char *revision, struct arena *a, struct git_answer *ret)
{
    struct ask q = {.root = root, .revision = revision};
    ask(&q, slice_str(revision), a, ret);
}

void git_staged(const char *root, const char *index, const char *to, struct arena *a,
                struct git_answer *ret)
{
    struct ask q = {.root = root, .index = index, .to = to};
    ask(&q, S(""), a, ret);
}
