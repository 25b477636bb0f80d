/* SPDX-License-Identifier: Apache-2.0 */
/* since.c - the child's answer: 'e' text, or 'r' text and then 'p' text for each path; a text is a
 * length (u32) and its bytes. */
#include "scan/since.h"
#include "base/cursor.h"
#include "box/child.h"
#include "port/git/changed.h"

#define ANSWER_MAX (64u << 20)
#define SECONDS    120u

static void put(struct buf *out, char kind, struct slice text)
{
    buf_byte(out, (uint8_t)kind);
    buf_u32le(out, (uint32_t)text.n);
    buf_add(out, text);
}

static void put_root(void *ctx, struct slice root)
{
    put(ctx, 'r', root);
}

static void put_path(void *ctx, struct slice path)
{
    put(ctx, 'p', path);
}

static void list_changes(const void *question, struct buf *answer)
{
    struct buf error;
    buf_init(&error, 4096);
    if (!changed_list(question, put_root, put_path, answer, &error)) {
        buf_reset(answer);
        put(answer, 'e', buf_slice(&error));
    }
    buf_done(&error);
}

static bool next(struct cursor *c, int *ret_kind, struct slice *ret_text)
{
    *ret_kind = cur_u8(c);
    *ret_text = cur_bytes(c, cur_u32le(c));
    return cur_ok(c);
}

static size_t count_texts(struct slice answer)
{
    struct cursor c = cur_of(answer);
    struct slice text;
    size_t n = 0;
    for (int kind; cur_left(&c) && next(&c, &kind, &text);) n++;
    return n;
}

static enum st decode(struct slice answer, struct arena *a, struct since *ret,
                      struct slice *ret_error)
{
    struct cursor c = cur_of(answer);
    struct slice text, *paths = ARENA_ARRAY(a, struct slice, count_texts(answer) + 1);
    int kind = 0;
    if (!paths) return ST_NOMEM;
    *ret = (struct since){.paths = paths};
    while (cur_left(&c) && next(&c, &kind, &text)) {
        struct slice copy = arena_copy(a, text);
        if (!copy.p) return ST_NOMEM;
        if (kind == 'e')
            *ret_error = copy;
        else if (kind == 'r')
            ret->root = copy;
        else if (kind == 'p')
            paths[ret->count++] = copy;
    }
    if (ret_error->n) return ST_IO;
    if (cur_ok(&c) && ret->root.n) return ST_OK;
    *ret_error = S("git: the answer of the helper process was not understood");
    return ST_IO;
}

enum st since_list(const char *dir, struct slice ref, bool staged, struct arena *a,
                   struct since *ret, struct slice *ret_error)
{
    struct buf answer;
    char *name = arena_cstr(a, ref);
    *ret_error = S("");
    if (!name) {
        *ret_error = S("not a name of a commit");
        return ST_IO;
    }
    struct changed_query q = {.dir = dir, .ref = staged ? NULL : name};
    buf_init(&answer, ANSWER_MAX);
    enum st st = child_ask(list_changes, &q, SECONDS, &answer);
    if (st == ST_OK)
        st = decode(buf_slice(&answer), a, ret, ret_error);
    else
        *ret_error = S("git: the helper process that reads the repository did not finish");
    buf_done(&answer);
    return st;
}
