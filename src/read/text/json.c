/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - JSON Lines and JSON documents as tables of records. */
#include "read/text/bits.h"
#include "read/text/faults.h"
#include "read/text/json_scan.h"
#include "read/text/json_text.h"
#include "read/text/text.h"

#define HEAD ((size_t)64 << 10) /* decides between lines and documents */

struct json_reader {
    struct source source;
    struct blocks blocks;
    struct json_walk walk;
    struct faults faults;
    uint64_t records;
    bool lines;
};

/* ---- places ---- */

static void place(void *ctx, const struct blocks_at *where, struct block_place *ret, size_t *from,
                  size_t *to)
{
    struct json_reader *j = ctx;
    struct json_walk *w = &j->walk;
    json_walk_to(w, where->record, where->at, where->limit);
    ret->field = json_walk_path(w);
    if (!w->valued || where->at + 1 < w->token) return;
    *from = w->token;
    *to = w->token_end;
}

static const struct blocks_shape shape = {.kind = BLOCK_RECORDS,
                                          .place = place,
                                          .escape = json_escape,
                                          .resolve = json_resolve,
                                          .render = bits_unescape};

/* ---- records ---- */

static bool on_record(void *ctx, size_t from, size_t to)
{
    struct json_reader *j = ctx;
    j->records++;
    return blocks_record(&j->blocks, from, to);
}

static bool on_fault(void *ctx, size_t at, const char *why)
{
    struct json_reader *j = ctx;
    /* one object that is not quite JSON is some program's configuration, unless its end is missing
     */
    bool cut = at == j->source.text.n;
    if (!cut && !j->lines && !j->records && j->source.r->format == FMT_JSON) return true;
    faults_tell(&j->faults, at, 0, "%s", why);
    return true;
}

static bool on_passed(void *ctx, size_t upto, size_t record, size_t escaped)
{
    struct json_reader *j = ctx;
    j->blocks.escaped = escaped;
    return blocks_passed(&j->blocks, upto, record);
}

/* ---- lines or documents ---- */

struct count {
    size_t whole, other, first; /* first: where the first fault is */
};

static bool count_record(void *ctx, size_t from, size_t to)
{
    (void)from;
    (void)to;
    ((struct count *)ctx)->whole++;
    return true;
}

static bool count_fault(void *ctx, size_t at, const char *why)
{
    struct count *c = ctx;
    (void)why;
    if (!c->other++) c->first = at;
    return true;
}

/* The first lines, when there are several, are a value each: the name does not matter then. */
static enum st is_lines(struct source *s, bool by_name, bool *ret)
{
    struct source head = *s;
    struct count count = {0};
    struct json_sink sink = {count_record, count_fault, NULL, &count};
    head.text = slice_sub(s->text, 0, HEAD);
    size_t end = slice_rfind_byte(head.text, '\n');
    if (s->text.n > HEAD) head.text = slice_sub(head.text, 0, end == SIZE_MAX ? 0 : end);
    enum st st = json_scan(&head, true, &sink, NULL);
    *ret = by_name ? count.whole >= count.other : count.whole > 1 && count.whole > count.other;
    if (st != ST_OK || *ret || !by_name) return st;
    /* broken lines, or a document of several lines under the wrong name? */
    count = (struct count){0};
    st = json_scan(&head, false, &sink, NULL);
    *ret = count.other && count.first < head.text.n;
    return st;
}

/* ---- reading ---- */

static void tell_end(struct json_reader *j, bool rows)
{
    struct block_table_end end = {.records = j->records, .malformed = j->faults.count};
    tell(j->source.r, &(struct event){.kind = EV_TABLE_END, .table_end = &end});
    if (!rows) return;
    source_tell(&j->source);
    tell_card_number(j->source.r, CARD_ROWS, j->records);
}

static enum st read_records(struct json_reader *j)
{
    struct reading *r = j->source.r;
    struct json_sink sink = {on_record, on_fault, on_passed, j};
    bool list = false;
    struct block_table table = {.name = r->layer->name};
    enum st st = json_walk_init(&j->walk, &j->source);
    if (st != ST_OK) return st;
    blocks_init(&j->blocks, &j->source, &shape, j);
    faults_init(&j->faults, &j->source);
    tell(r, &(struct event){.kind = EV_TABLE, .table = &table});
    st = json_scan(&j->source, j->lines, &sink, &list);
    enum st done = blocks_done(&j->blocks);
    if (st == ST_OK) st = done;
    faults_done(&j->faults);
    tell_end(j, j->lines || list || j->records > 1);
    return st;
}

static enum st read_any(struct reading *r, bool by_name)
{
    struct json_reader *j = ARENA_NEW(r->arena, struct json_reader);
    if (!j) return ST_NOMEM;
    enum st st = source_open(&j->source, r, SOURCE_JSON);
    if (st == ST_OK) st = is_lines(&j->source, by_name, &j->lines);
    return st == ST_OK ? read_records(j) : st;
}

enum st jsonl_read(struct reading *r)
{
    tell_format(r, FMT_JSONL, NULL);
    return read_any(r, true);
}

enum st json_read(struct reading *r)
{
    return read_any(r, false);
}
