/* SPDX-License-Identifier: Apache-2.0 */
/* make_pickle.h - an assembler for pickle streams, and what reading and judging them gives.
 *     P("\x80\2", GLOBAL("os", "system"), T("id"), "\x85R.")
 * Why: tests say streams in opcodes, not in bytes of files. */
#pragma once
#include "detect/judge.h"
#include "finding/rules.h"
#include "read/model/pickle.h"
#include "told.h"

#define GLOBAL(module, name) "c" module "\n" name "\n"
#define T(text)              "V" text "\n"

struct judged {
    struct buf text; /* a line per finding: severity rule evidence */
    enum severity worst;
    size_t count;
};

static inline void judged_finding(void *ctx, const struct finding *f)
{
    struct judged *d = ctx;
    d->count++;
    if (f->severity > d->worst) d->worst = f->severity;
    buf_printf(&d->text, "%s %s %.*s\n", severity_name(f->severity), f->rule->id,
               SLICE_ARG(f->evidence));
}

static inline void judge_bytes(struct judged *d, const char *name, struct slice bytes)
{
    struct arena arena, own;
    struct budget budget;
    struct judge j;
    *d = (struct judged){0};
    buf_init(&d->text, 1u << 20);
    budget_defaults(&budget);
    arena_init(&arena, 128u << 20, 64u << 10);
    arena_init(&own, 16u << 20, 64u << 10);
    judge_init(&j, &own, judged_finding, d);
    struct reading r = {
        .arena = &arena, .budget = &budget, .emit = judge_event, .emit_ctx = &j, .content = true};
    assert_int_equal(reading_run(&r, slice_str(name), bytes, false), ST_OK);
    judge_finish(&j);
    assert_false(j.nomem);
    arena_done(&arena);
    arena_done(&own);
}

static inline void judged_done(struct judged *d)
{
    buf_done(&d->text);
}

#define assert_verdict(bytes, severity, part)                            \
    do {                                                                 \
        struct judged d_;                                                \
        judge_bytes(&d_, "m.pkl", bytes);                                \
        bool fits_ = d_.worst == (severity) && d_.count > 0 &&           \
                     slice_has(buf_slice(&d_.text), slice_str(part));    \
        if (!fits_) print_error("%s: %s\n", #bytes, buf_text(&d_.text)); \
        assert_true(fits_);                                              \
        judged_done(&d_);                                                \
    } while (0)

#define assert_clean(bytes)                                                \
    do {                                                                   \
        struct judged d_;                                                  \
        judge_bytes(&d_, "m.pkl", bytes);                                  \
        if (d_.count) print_error("%s: %s\n", #bytes, buf_text(&d_.text)); \
        assert_int_equal(d_.count, 0);                                     \
        judged_done(&d_);                                                  \
    } while (0)
