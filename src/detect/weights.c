/* SPDX-License-Identifier: Apache-2.0 */
/* weights.c - do numbers look like a trained model's, and are they numbers at all?
 *
 * Much that looks odd is normal: buffers count batches, masks are minus infinity, biases, norms and
 * adapters begin as zeros or ones, and arrays of data have NaN for what is missing. So only trained
 * matrices are judged by their values; programs are looked for in every tensor. */
#include "detect/blob.h"
#include "detect/judge.h"
#include "detect/weights_scan.h"

#define WINDOW      ((uint64_t)1 << 20)
#define HITS        8u
#define CONSTANT_OF ((uint64_t)4096) /* elements that make a constant odd */
#define ABSURD      1e8

/* Ends of the names that frameworks give to trained parameters. */
static bool is_trained(struct slice name)
{
    static const char *const ends[] = {"weight", "bias", "kernel", "gamma", "beta"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (slice_ends(name, slice_str(ends[i]))) return true;
    return false;
}

/* Parts that are switched off, or held at one value, before and without training. */
static bool may_be_constant(struct slice name)
{
    static const char *const parts[] = {
        "lora",    "adapter", "norm",     "ln_", "bn",      "mask",     "scale", "zero",
        "control", "gate",    "position", "ada", "exp_avg", "proj_out", "final", "embed"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (slice_has_nocase(name, slice_str(parts[i]))) return true;
    return false;
}

static void emit(struct judge *j, const struct reading *r, const char *rule, uint64_t offset,
                 const char *message, struct slice evidence)
{
    struct finding f = judge_finding(j, r, rule, offset);
    if (!evidence.p) j->nomem = true;
    f.message = slice_str(message);
    f.evidence = evidence;
    judge_emit(j, &f);
}

static void judge_values(struct judge *j, const struct reading *r, const struct event *ev,
                         const struct weights_scan *s)
{
    const struct tensor *t = ev->tensor;
    bool matrix = t->rank >= 2 && s->elements >= CONSTANT_OF;
    if (s->odd)
        emit(j, r, "model.weights-nan", ev->offset,
             "A trained tensor holds values that are not finite numbers",
             arena_printf(j->arena, "%.*s: element %llu is %s", SLICE_ARG(t->name),
                          (unsigned long long)s->odd_at, s->odd_nan ? "NaN" : "infinite"));
    else if (weights_scan_top(s) > ABSURD)
        emit(j, r, "model.weights-norm", ev->offset,
             "A trained tensor holds values far beyond those of trained weights",
             arena_printf(j->arena, "%.*s: largest magnitude %.3g", SLICE_ARG(t->name),
                          weights_scan_top(s)));
    else if (matrix && !s->differs && !may_be_constant(t->name))
        emit(j, r, "model.weights-constant", ev->offset,
             "A trained matrix holds one value only, so its layer has no effect",
             arena_printf(j->arena, "%.*s: %llu equal elements", SLICE_ARG(t->name),
                          (unsigned long long)s->elements));
}

static void judge_programs(struct judge *j, const struct reading *r, const struct event *ev,
                           uint64_t from, uint64_t to)
{
    const struct tensor *t = ev->tensor;
    struct blob_hit hits[HITS];
    size_t n = blob_find_executables(t->bytes, from, to, hits, HITS);
    for (size_t i = 0; i < n; i++)
        emit(j, r, "model.embedded-executable", ev->offset + hits[i].offset,
             "A program is hidden among the weights",
             arena_printf(j->arena, "%.*s: %s", SLICE_ARG(t->name), hits[i].detail));
}

void judge_tensor(struct judge *j, const struct reading *r, const struct event *ev)
{
    const struct tensor *t = ev->tensor;
    struct weights_scan s;
    if (!r->content || !t->bytes.n) return;
    bool values = is_trained(t->name) && weights_scan_init(&s, t->dtype);
    for (uint64_t at = 0; at < t->bytes.n; at += WINDOW) {
        uint64_t to = at + WINDOW < t->bytes.n ? at + WINDOW : t->bytes.n;
        judge_programs(j, r, ev, at, to);
        if (values) weights_scan_add(&s, slice_sub(t->bytes, (size_t)at, (size_t)(to - at)));
        /* one window behind: a header may begin before the one that is searched */
        if (at) layer_release(r->layer, ev->offset + at - WINDOW, WINDOW);
    }
    layer_release(r->layer, ev->offset, t->bytes.n);
    if (values) judge_values(j, r, ev, &s);
}
