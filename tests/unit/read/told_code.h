/* SPDX-License-Identifier: Apache-2.0 */
/* told_code.h - settings and commands that a reading told, as lines of text:
 *     3:8 a.b[1]="text"     a string; =plain; {} and [] for what holds others; ~ for nothing
 *     3:8 $ word|word       a command; < in front: it reads what the one before it wrote
 * Owns: the text, until told_code_done(). */
#pragma once
#include "../test.h"
#include "base/buf.h"
#include "read/code/code.h"
#include "read/reading.h"

struct told_code {
    struct buf text;
    size_t unread;
};

static inline void told_path(struct buf *b, const struct code_settings *s, uint32_t i)
{
    uint32_t chain[128];
    size_t n = 0;
    for (; i != UINT32_MAX && n < 128; i = s->list[i].parent) chain[n++] = i;
    while (n) {
        const struct code_setting *x = &s->list[chain[--n]];
        bool list = x->parent != UINT32_MAX && s->list[x->parent].kind == SET_LIST;
        if (list)
            buf_printf(b, "[%u]", x->index);
        else if (x->key.n || !n)
            buf_printf(b, ".%.*s", SLICE_ARG(x->key));
    }
}

static inline void told_setting(struct buf *b, const struct code_settings *s, uint32_t i)
{
    static const char *const marks[] = {"{}", "[]", "=\"", "=", "~"};
    const struct code_setting *x = &s->list[i];
    buf_printf(b, "%u:%u ", x->line, x->column);
    told_path(b, s, i);
    buf_str(b, marks[x->kind]);
    if (x->kind == SET_STRING || x->kind == SET_PLAIN) buf_add(b, x->value);
    buf_str(b, x->kind == SET_STRING ? "\"\n" : "\n");
    assert_true(x->end > i && x->end <= s->count);
    assert_true(x->parent == UINT32_MAX || (x->parent < i && s->list[x->parent].end >= x->end));
}

static inline void told_code_event(void *ctx, const struct reading *r, const struct event *ev)
{
    struct told_code *t = ctx;
    (void)r;
    if (ev->kind == EV_UNREAD) t->unread++;
    if (ev->kind == EV_SETTINGS)
        for (uint32_t i = 0; i < ev->settings->count; i++) told_setting(&t->text, ev->settings, i);
    if (ev->kind != EV_COMMAND) return;
    const struct command *c = ev->command;
    buf_printf(&t->text, "%u:%u %s", c->line, c->column, c->piped ? "<$ " : "$ ");
    for (size_t i = 0; i < c->count; i++) {
        if (i) buf_byte(&t->text, '|');
        buf_add(&t->text, c->words[i]);
    }
    buf_byte(&t->text, '\n');
}

/* Read with room for `cap` bytes. */
static inline enum st told_code_read(struct told_code *t, const char *name, struct slice text,
                                     size_t cap)
{
    struct arena arena;
    struct budget budget;
    arena_init(&arena, cap, cap < ((size_t)1 << 20) ? 0 : 65536);
    budget_defaults(&budget);
    buf_init(&t->text, (size_t)16 << 20);
    t->unread = 0;
    struct reading r = {.arena = &arena, .budget = &budget, .emit = told_code_event, .emit_ctx = t};
    enum st st = reading_run(&r, slice_str(name), text, false);
    arena_done(&arena);
    return st;
}

static inline void told_code_done(struct told_code *t)
{
    buf_done(&t->text);
}

static inline void told_code_is(const char *name, const char *text, const char *want)
{
    struct told_code t;
    assert_int_equal(told_code_read(&t, name, slice_str(text), (size_t)32 << 20), ST_OK);
    if (strcmp(buf_text(&t.text), want) != 0) print_message("got:\n%s", buf_text(&t.text));
    assert_string_equal(buf_text(&t.text), want);
    assert_int_equal(t.unread, 0);
    told_code_done(&t);
}
