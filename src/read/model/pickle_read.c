/* SPDX-License-Identifier: Apache-2.0 */
/* pickle_read.c - a file of pickle streams: one, several, and what follows them. */
#include "read/model/joblib.h"
#include "read/model/pickle_machine.h"
#include "read/readers.h"

/* What the file is, once its first stream has shown it. */
static void tell_first(struct reading *r, const struct pickle_summary *sum, const struct joblib *j)
{
    static const char digits[] = "0123456789";
    tell_format(r, j->seen ? FMT_JOBLIB : FMT_PICKLE, sum->framework);
    tell_card(r, CARD_PROTOCOL, slice_of(&digits[sum->protocol], 1));
    if (sum->framework)
        tell_card(r, CARD_FRAMEWORK, slice_str(sum->framework));
    else if (j->seen)
        tell_card(r, CARD_FRAMEWORK, S("joblib"));
}

#define SEARCHED (64u << 10) /* bytes behind the last stream, and places in them that are tried */
#define TRIED    64u

/* May a stream begin here: at a header, or behind filler? */
static bool begins(struct slice s, size_t i)
{
    if (s.p[i] == 0x80) return i + 1 < s.n && s.p[i + 1] >= 2 && s.p[i + 1] <= 5;
    bool filled = !i || s.p[i - 1] <= ' ';
    return filled && (s.p[i] == 'c' || s.p[i] == '(');
}

/* Where a stream begins that a loader finds which seeks, or skips the filler; s.n: nowhere. */
static size_t hidden_stream(struct slice s)
{
    unsigned tried = 0;
    for (size_t i = 0; i < s.n && i < SEARCHED && tried < TRIED; i++) {
        if (!begins(s, i)) continue;
        if (pickle_plausible(slice_sub(s, i, s.n - i))) return i;
        tried++;
    }
    return s.n;
}

/* Bytes behind the last STOP that are no stream; they may still be something. */
static enum st trailing(struct reading *r, const struct cursor *c)
{
    enum format as[SNIFF_MAX];
    struct slice rest = cur_rest(c);
    uint64_t at = cur_pos(c);
    if (rest.n <= 2 && !slice_trim(rest).n) return ST_OK;
    tell_anomaly(r, ANOMALY_PICKLE_TRAILING, at, "%zu bytes behind the STOP at %llu", rest.n,
                 (unsigned long long)at - 1);
    if (r->content) tell_blob(r, rest, at);
    size_t n = sniff(rest, S(""), as);
    enum format_family family = n ? format_family(as[0]) : FAM_NONE;
    if (family != FAM_MODEL && family != FAM_CONTAINER) {
        size_t skipped = hidden_stream(rest);
        if (skipped == rest.n) return ST_OK;
        rest = slice_sub(rest, skipped, rest.n - skipped);
        at += skipped;
    }
    return reading_push(r, &(struct member){.name = S("(behind the pickle)"),
                                            .packed = rest,
                                            .offset = at,
                                            .unpacked = UINT64_MAX});
}

static bool another(const struct cursor *c)
{
    return cur_left(c) && pickle_plausible(cur_rest(c));
}

/* How the stream ended is told; only our own trouble is left. */
static enum st told(enum st st)
{
    return st == ST_NOMEM || st == ST_IO || st == ST_BUG ? st : ST_OK;
}

enum st pickle_read(struct reading *r)
{
    struct cursor c = cur_of(r->layer->bytes);
    struct session session = {0};
    struct joblib joblib = {0};
    struct pickle_options opt = {.ctx = &joblib, .on_built = joblib_built};
    bool first = true, more = true;
    while (more) {
        struct pickle_summary sum;
        const struct extension *before = session.extensions;
        const struct pending *stack = r->stack;
        struct arena_mark mark = arena_mark(r->arena);
        enum st st = pickle_run_in(&session, r, &c, &opt, &sum);
        if (first) tell_first(r, &sum, &joblib);
        if (st != ST_OK) return told(st);
        if (before == session.extensions && stack == r->stack) arena_rewind(r->arena, mark);
        first = false;
        more = another(&c);
    }
    return cur_left(&c) ? trailing(r, &c) : ST_OK;
}
