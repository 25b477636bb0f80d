/* SPDX-License-Identifier: Apache-2.0 */
/* redact_find.c - the ordinary reading and judging of a file, listening for spans. */
#include "base/cursor.h"
#include "base/host.h"
#include "detect/data/look.h"
#include "finding/rules.h"
#include "scan/record.h"
#include "scan/redact_part.h"
#include <stdio.h>

#define ARENA_CAP   (192u << 20)
#define ARENA_CHUNK (64u << 10)

/* ---- request ---- */

static void put_slice(struct buf *out, struct slice s)
{
    buf_u16le(out, (uint16_t)s.n);
    buf_add(out, slice_sub(s, 0, UINT16_MAX));
}

static struct slice take_slice(struct cursor *c)
{
    return cur_bytes(c, cur_u16le(c));
}

void redact_encode(struct buf *out, const struct redact_request *q)
{
    buf_byte(out, (uint8_t)q->mode);
    buf_byte(out, q->write);
    buf_u64le(out, q->timeout_ns);
    put_slice(out, slice_sub(q->name, 0, 4096));
    put_slice(out, q->key);
    put_slice(out, q->only);
    put_slice(out, q->except);
}

bool redact_decode(struct slice raw, struct redact_request *ret)
{
    struct cursor c = cur_of(raw);
    uint8_t mode = cur_u8(&c);
    *ret = (struct redact_request){.mode = (enum redact_mode)mode, .write = cur_u8(&c) == 1};
    ret->timeout_ns = cur_u64le(&c);
    ret->name = take_slice(&c);
    ret->key = take_slice(&c);
    ret->only = take_slice(&c);
    ret->except = take_slice(&c);
    return cur_ok(&c) && mode <= REDACT_DROP;
}

/* ---- rules ---- */

bool redact_names(struct slice patterns, struct slice rule)
{
    struct slice one;
    while (slice_split(&patterns, ',', &one)) {
        one = slice_trim(one);
        bool below = slice_starts(rule, one) && rule.n > one.n && rule.p[one.n] == '.';
        if (one.n && (below || slice_glob(one, rule))) return true;
    }
    return false;
}

/* ---- listening ---- */

struct listening {
    const struct redact_request *request;
    struct redact_spans *spans;
    redact_record_fn *on_record;
    void *ctx;
};

static void on_span(void *ctx, const struct reading *r, const struct span *s)
{
    const struct listening *l = ctx;
    const struct redact_request *q = l->request;
    if (r->layer->depth) return;
    if (q->only.n && !redact_names(q->only, s->rule)) return;
    if (redact_names(q->except, s->rule)) return;
    redact_spans_add(l->spans, s);
}

/* Whether all was looked at is of interest here; what is found is what the copy is for. */
static void on_finding(void *ctx, const struct finding *f)
{
    const struct listening *l = ctx;
    struct slice id = slice_str(f->rule->id);
    struct buf b;
    if (!l->on_record || !(slice_ends(id, S(".malformed")) || slice_ends(id, S(".not-inspected"))))
        return;
    buf_init(&b, BOX_RECORD_MAX);
    record_finding(&b, f);
    if (buf_ok(&b)) l->on_record(l->ctx, buf_slice(&b));
    buf_done(&b);
}

/* Formats whose values lie in the file as text. */
static enum redact_end can_change(enum format f)
{
    switch (f) {
    case FMT_CSV:
    case FMT_JSON:
    case FMT_JSONL:
    case FMT_NOTEBOOK:
    case FMT_TEXT:
    case FMT_MARKDOWN:
    case FMT_PYTHON:
    case FMT_SCRIPT:
    case FMT_JINJA:
    case FMT_HTML:
    case FMT_XML:
    case FMT_SVG: return REDACT_DONE;
    case FMT_UNKNOWN: return REDACT_UNKNOWN;
    default: return REDACT_BINARY;
    }
}

static void conclude(const struct judge *j, enum st st, const struct redact_spans *spans,
                     struct redact_found *ret)
{
    struct slice e = slice_sub(j->card[CARD_ENCODING], 0, sizeof ret->encoding - 1);
    ret->format = j->format;
    ret->records = j->numbers[CARD_ROWS];
    if (e.n) memcpy(ret->encoding, e.p, e.n);
    ret->end = can_change(j->format);
    if (ret->end != REDACT_DONE) return;
    if (st != ST_OK || j->nomem || spans->bad) {
        ret->end = REDACT_TROUBLE;
        ret->why = st != ST_OK ? st_text(st) : "out of memory";
    } else if (j->not_inspected) {
        ret->end = REDACT_UNREAD;
    }
}

void redact_find(const struct redact_request *q, struct slice bytes, struct redact_spans *spans,
                 redact_record_fn *on_record, void *ctx, struct redact_found *ret)
{
    struct listening l = {q, spans, on_record, ctx};
    struct arena judging, reading;
    struct budget budget;
    struct judge judge;
    *ret = (struct redact_found){.why = ""};
    arena_init(&judging, ARENA_CAP, ARENA_CHUNK);
    arena_init(&reading, ARENA_CAP, ARENA_CHUNK);
    budget_defaults(&budget);
    if (q->timeout_ns) budget.deadline = host_now_ns() + q->timeout_ns;
    judge_init(&judge, &judging, on_finding, &l);
    struct engine *engine = engine_new();
    judge.look = look_new(engine);
    judge.nomem |= !judge.look;
    judge.on_span = on_span;
    judge.span_ctx = &l;
    struct reading r = {.arena = &reading,
                        .budget = &budget,
                        .emit = judge_event,
                        .emit_ctx = &judge,
                        .content = true};
    enum st st = judge.nomem ? ST_NOMEM : reading_run(&r, q->name, bytes, true);
    judge_finish(&judge);
    conclude(&judge, st, spans, ret);
    look_free(judge.look);
    engine_free(engine);
    arena_done(&reading);
    arena_done(&judging);
}
