/* SPDX-License-Identifier: Apache-2.0 */
/* template_fixture.h - texts in, findings out: a judge without files, readers or workers. */
#pragma once
#include "../test.h"
#include "base/buf.h"
#include "detect/data/look.h"
#include "detect/judge.h"
#include "finding/rules.h"
#include <glob.h>
#include <stdio.h>

#define FOUND_MAX 64

struct found {
    size_t count;
    bool nomem;
    const char *rule[FOUND_MAX];
    enum severity severity[FOUND_MAX];
    char evidence[FOUND_MAX][300];
};

static inline void found_add(void *ctx, const struct finding *f)
{
    struct found *found = ctx;
    if (found->count == FOUND_MAX) return;
    assert_true(f->message.n > 0);
    found->rule[found->count] = f->rule->id;
    found->severity[found->count] = f->severity;
    snprintf(found->evidence[found->count++], 300, "%.*s", SLICE_ARG(f->evidence));
}

static inline bool found_has(const struct found *found, const char *rule, enum severity least)
{
    for (size_t i = 0; i < found->count; i++)
        if (strcmp(found->rule[i], rule) == 0 && found->severity[i] >= least) return true;
    return false;
}

static inline void judge_role(enum text_role role, struct slice name, struct slice text, size_t cap,
                              size_t chunk, struct found *ret)
{
    struct arena arena;
    struct judge judge;
    struct layer layer = {.name = S("chat_template.txt"), .bytes = text};
    struct budget budget;
    budget_defaults(&budget);
    *ret = (struct found){0};
    arena_init(&arena, cap, chunk);
    judge_init(&judge, &arena, found_add, ret);
    struct engine *engine = engine_new();
    judge.look = look_new(engine);
    assert_non_null(judge.look);
    struct reading r = {.arena = &arena,
                        .budget = &budget,
                        .emit = judge_event,
                        .emit_ctx = &judge,
                        .layer = &layer,
                        .format = FMT_JINJA};
    if (!judge.nomem) tell_text(&r, role, name, text, 0, 1);
    judge_finish(&judge);
    ret->nomem = judge.nomem;
    look_free(judge.look);
    engine_free(engine);
    arena_done(&arena);
}

static inline void judge_capped(struct slice text, size_t cap, size_t chunk, struct found *ret)
{
    judge_role(TEXT_TEMPLATE, S("template"), text, cap, chunk, ret);
}

static inline void judge_one(struct slice text, struct found *ret)
{
    judge_capped(text, 64 << 20, 1 << 16, ret);
    assert_false(ret->nomem);
}

/* All files of a folder below tests/golden. */
struct golden_dir {
    glob_t files;
    size_t at;
    char name[200];
    struct buf text;
};

static inline struct golden_dir golden_open(const char *folder)
{
    struct golden_dir g = {0};
    char pattern[400];
    const char *root = getenv("GOLDEN");
    snprintf(pattern, sizeof pattern, "%s/%s/*", root ? root : "tests/golden", folder);
    if (glob(pattern, 0, NULL, &g.files)) fail_msg("nothing in %s", pattern);
    buf_init(&g.text, 16 << 20);
    return g;
}

static inline bool golden_next(struct golden_dir *g, struct slice *ret)
{
    char chunk[4096];
    buf_reset(&g->text);
    if (g->at == g->files.gl_pathc) {
        globfree(&g->files);
        buf_done(&g->text);
        return false;
    }
    const char *path = g->files.gl_pathv[g->at++];
    snprintf(g->name, sizeof g->name, "%s", strrchr(path, '/') + 1);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        buf_add(&g->text, slice_of(chunk, n));
    fclose(f);
    *ret = buf_slice(&g->text);
    return true;
}
