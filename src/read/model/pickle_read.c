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
    if (family != FAM_MODEL && family != FAM_CONTAINER) return ST_OK;
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
