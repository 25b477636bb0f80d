/* SPDX-License-Identifier: Apache-2.0 */
/* arrow.c - the frame and the order of work.
 *
 *    stream   message, message, ..., end mark
 *    message  0xffffffff | i32 n | n bytes of flatbuffer | body      (n == 0: the end)
 *    file     "ARROW1\0\0" | stream | footer | i32 its length | "ARROW1"
 *
 * Readers of a file go by its footer, readers of a stream by the messages. Both are looked at here:
 * every message in order, and then whether the footer names the same batches. */
#include "read/data/arrow.h"
#include "read/data/arrow_part.h"

#define CONTINUES 0xffffffffu
#define TAIL      10u /* length and "ARROW1" */
#define META_MOST ((uint64_t)256 << 20)
#define SEEN_MAX  ((size_t)1 << 17)
#define V5        4

enum { SCHEMA = 1, DICTIONARY = 2, BATCH = 3 };

/* ---- messages ---- */

/* The length of the flatbuffer at the cursor; 0: the end mark. */
static uint64_t meta_length(struct cursor *c)
{
    uint64_t n = cur_u32le(c);
    return n == CONTINUES ? cur_u32le(c) : n;
}

static bool open_message(struct flat *f, struct arrow_message *m, int64_t *ret_version)
{
    struct flat_table root = flat_root(f);
    *ret_version = flat_int(f, root, 0, 2, 0);
    m->type = flat_int(f, root, 1, 1, 0);
    m->header = flat_table(f, root, 2);
    return !f->bad && m->header.at;
}

bool arrow_stream_begins(struct slice bytes, bool legacy)
{
    struct cursor c = cur_of(bytes);
    struct arrow_message m = {0};
    int64_t version;
    bool marked = slice_starts(bytes, S("\xff\xff\xff\xff"));
    uint64_t n = meta_length(&c);
    if (marked == legacy || n < 16 || n > META_MOST) return false;
    struct flat f = {.bytes = slice_sub(cur_rest(&c), 0, (size_t)n)};
    if (!open_message(&f, &m, &version)) return false;
    return m.type == SCHEMA && version >= 0 && version <= V5;
}

/* ST_TRUNCATED: the message is longer than what is left. */
static enum st next_message(struct arrow *a, struct cursor *c, struct arrow_message *m, bool *end)
{
    int64_t version;
    *m = (struct arrow_message){.at = cur_pos(c)};
    uint64_t n = meta_length(c);
    *end = cur_ok(c) && n == 0;
    if (*end) return ST_OK;
    m->flat.bytes = cur_bytes(c, n);
    if (!cur_ok(c)) return ST_TRUNCATED;
    if (!budget_work(a->r->budget, 16)) return ST_LIMIT;
    if (!open_message(&m->flat, m, &version)) return ST_MALFORMED;
    a->old_unions = version < V5;
    int64_t body = flat_int(&m->flat, flat_root(&m->flat), 3, 8, 0);
    if (m->flat.bad || body < 0) return ST_MALFORMED;
    m->body_at = cur_pos(c);
    m->body = cur_bytes(c, (uint64_t)body);
    m->end = cur_pos(c);
    return cur_ok(c) ? ST_OK : ST_TRUNCATED;
}

/* ---- dictionaries ---- */

static enum st make_notes(struct arrow *a, struct arrow_dictionary *d, uint64_t more, uint64_t most)
{
    if (more > most) return ST_MALFORMED; /* more values than the body has bits */
    uint64_t need = d->count + more;
    if (need > d->room) {
        size_t room = (size_t)(need + need / 2);
        int64_t *rows = ARENA_ARRAY(a->r->arena, int64_t, room);
        uint64_t *times = ARENA_ARRAY(a->r->arena, uint64_t, room);
        if (!rows || !times) return ST_NOMEM;
        if (d->count) memcpy(rows, d->first_rows, (size_t)d->count * sizeof *rows);
        if (d->count) memcpy(times, d->times, (size_t)d->count * sizeof *times);
        d->first_rows = rows;
        d->times = times;
        d->room = room;
    }
    for (uint64_t i = d->count; i < need; i++) d->first_rows[i] = -1;
    for (uint64_t i = d->count; i < need; i++) d->times[i] = 0;
    d->count = need;
    return ST_OK;
}

/* What a dictionary holds is told when its rows are known, from its messages once more. */
static enum st tell_dictionary(struct arrow *a, struct arrow_dictionary *d)
{
    uint64_t base = 0;
    enum st st = ST_OK;
    for (size_t i = 0; i < d->batch_count && st == ST_OK; i++) {
        struct cursor c = cur_of(a->r->layer->bytes);
        struct arrow_message m;
        bool end;
        cur_seek(&c, d->batches[i]);
        st = next_message(a, &c, &m, &end);
        if (st != ST_OK) break;
        struct flat_table batch = flat_table(&m.flat, m.header, 1);
        st = arrow_batch(a, &m, batch, &d->tree, d, base);
        base += (uint64_t)flat_int(&m.flat, batch, 0, 8, 0);
    }
    d->count = d->batch_count = 0;
    return st;
}

static enum st read_dictionary(struct arrow *a, struct arrow_message *m)
{
    struct flat *f = &m->flat;
    struct arrow_dictionary *d = arrow_dictionary(a, flat_int(f, m->header, 0, 8, 0));
    struct flat_table batch = flat_table(f, m->header, 1);
    bool delta = flat_int(f, m->header, 2, 1, 0) != 0;
    int64_t n = flat_int(f, batch, 0, 8, 0);
    if (f->bad || !d || n < 0) {
        a->malformed++;
        arrow_complain(a, m->at, "a dictionary that the schema does not name");
        return ST_OK;
    }
    if (a->by_row && !delta) d->count = 0;
    if (a->by_row) return arrow_batch(a, m, batch, &d->tree, d, d->count);
    enum st st = !delta || d->batch_count == ARROW_BATCHES ? tell_dictionary(a, d) : ST_OK;
    if (st == ST_OK) st = make_notes(a, d, (uint64_t)n, a->r->layer->bytes.n * 8);
    if (st == ST_OK) d->batches[d->batch_count++] = m->at;
    return st;
}

static enum st tell_dictionaries(struct arrow *a)
{
    enum st st = ST_OK;
    for (size_t i = 0; i < a->dictionary_count && st == ST_OK; i++)
        st = tell_dictionary(a, &a->dictionaries[i]);
    return st;
}

/* ---- record batches ---- */

static enum st remember(struct arrow *a, uint64_t at)
{
    if (a->seen_count == SEEN_MAX) return ST_OK;
    if (a->seen_count == a->seen_room) {
        size_t room = a->seen_room ? a->seen_room * 2 : 64;
        uint64_t *more = ARENA_ARRAY(a->r->arena, uint64_t, room);
        if (!more) return ST_NOMEM;
        if (a->seen_count) memcpy(more, a->seen, a->seen_count * sizeof *more);
        a->seen = more;
        a->seen_room = room;
    }
    a->seen[a->seen_count++] = at;
    return ST_OK;
}

static enum st read_rows(struct arrow *a, struct arrow_message *m)
{
    int64_t n = flat_int(&m->flat, m->header, 0, 8, 0);
    if (m->flat.bad || n < 0 || (uint64_t)n > INT64_MAX / 4 - a->rows) {
        a->malformed++;
        arrow_complain(a, m->at, "a batch with a length that makes no sense");
        return ST_OK;
    }
    enum st st = remember(a, m->at);
    if (st == ST_OK) st = arrow_batch(a, m, m->header, &a->tree, NULL, a->rows);
    a->rows += (uint64_t)n;
    return st;
}

static enum st begin(struct arrow *a, struct flat *f, struct flat_table schema, uint64_t at)
{
    if (a->have_schema || f->bad || !schema.at) return ST_MALFORMED;
    enum st st = arrow_schema(a, f, schema, at);
    if (st != ST_OK) return st;
    struct block_table table = {a->r->layer->name, a->names, (size_t)a->column_count};
    tell(a->r, &(struct event){.kind = EV_TABLE, .table = &table});
    tell_card_number(a->r, CARD_COLUMNS, (uint64_t)a->column_count);
    return a->by_row ? arrow_columns(a, f, schema) : ST_OK;
}

/* Some writers of files leave the schema to the footer. */
static enum st begin_by_footer(struct arrow *a)
{
    struct flat f = {.bytes = a->footer};
    return begin(a, &f, flat_table(&f, flat_root(&f), 1), a->footer_at);
}

static enum st read_message(struct arrow *a, struct arrow_message *m)
{
    if (m->type == SCHEMA) return begin(a, &m->flat, m->header, m->at);
    enum st st = a->have_schema ? ST_OK : begin_by_footer(a);
    if (st != ST_OK) return st;
    if (m->type == DICTIONARY) return read_dictionary(a, m);
    if (m->type == BATCH) return read_rows(a, m);
    tell_unread(a->r, UNREAD_UNSUPPORTED, m->at, m->body.n, "a message of kind %lld",
                (long long)m->type);
    return ST_OK;
}

static enum st read_stream(struct arrow *a, struct cursor *c, bool file)
{
    bool end = false;
    while (!end) {
        if (!cur_left(c)) { /* old files have no end mark before their footer */
            if (!file) tell_anomaly(a->r, ANOMALY_TRUNCATED, cur_pos(c), "the stream has no end");
            return ST_OK;
        }
        struct arrow_message m;
        uint64_t at = cur_pos(c);
        enum st st = next_message(a, c, &m, &end);
        if (st == ST_OK && !end) st = read_message(a, &m);
        if (st == ST_MALFORMED || st == ST_TRUNCATED) {
            a->malformed++;
            tell_unread(a->r, UNREAD_MALFORMED, at, c->len - at,
                        "no message begins or ends where one has to");
            return ST_OK;
        }
        if (st != ST_OK) return st;
    }
    return ST_OK;
}

/* ---- the footer ---- */

static bool was_seen(const struct arrow *a, uint64_t at)
{
    size_t low = 0, high = a->seen_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (a->seen[mid] < at)
            low = mid + 1;
        else
            high = mid;
    }
    return low < a->seen_count && a->seen[low] == at;
}

/* The footer and the stream name the same batches, or one of their readers is misled. */
static enum st check_footer(struct arrow *a)
{
    uint64_t at = a->footer_at;
    struct flat f = {.bytes = a->footer};
    struct flat_table root = flat_root(&f);
    struct flat_vector blocks = flat_vector(&f, root, 3, 24);
    if (f.bad) {
        arrow_complain(a, at, "the footer breaks its rules");
        return ST_OK;
    }
    if (!budget_work(a->r->budget, 1 + (uint64_t)blocks.count * 16)) return ST_LIMIT;
    arrow_metadata(a, &f, root, 4, at);
    uint64_t known = 0, last = 0;
    bool in_order = true;
    for (uint32_t i = 0; i < blocks.count; i++) {
        uint64_t block = (uint64_t)flat_long_at(&f, blocks, 24, i, 0);
        known += was_seen(a, block);
        in_order = in_order && block > last;
        last = block;
    }
    if (a->by_row && !in_order)
        arrow_complain(a, at, "the footer names the batches in another order than the stream");
    if (a->seen_count < SEEN_MAX && (known != blocks.count || known != a->seen_count))
        arrow_complain(a, at, "the footer names %u batches, the stream has %zu, %llu are in both",
                       blocks.count, a->seen_count, (unsigned long long)known);
    return ST_OK;
}

static enum st read_file(struct arrow *a)
{
    struct slice all = a->r->layer->bytes;
    struct cursor c = cur_of(all);
    bool whole = all.n >= 8 + TAIL && slice_ends(all, S("ARROW1"));
    uint64_t footer = 0;
    if (whole) {
        cur_seek(&c, all.n - TAIL);
        footer = cur_u32le(&c);
        whole = footer <= all.n - TAIL - 8;
    }
    if (!whole)
        tell_anomaly(a->r, ANOMALY_TRUNCATED, all.n, "no footer at the end of %zu bytes", all.n);
    uint64_t end = whole ? all.n - TAIL - footer : all.n;
    if (whole) a->footer = slice_sub(all, (size_t)end, (size_t)footer);
    a->footer_at = end;
    c = cur_of(slice_sub(all, 0, (size_t)end));
    cur_seek(&c, 8);
    enum st st = read_stream(a, &c, whole);
    if (st == ST_OK && !a->have_schema) st = begin_by_footer(a);
    if (st == ST_OK && whole) st = check_footer(a);
    if (st != ST_OK || a->malformed || !cur_left(&c)) return st;
    return reading_push_stray(a->r, "(before the footer)", cur_rest(&c), cur_pos(&c));
}

static enum st read_bare(struct arrow *a)
{
    struct cursor c = cur_of(a->r->layer->bytes);
    enum st st = read_stream(a, &c, false);
    if (st != ST_OK || !cur_ok(&c) || !cur_left(&c)) return st;
    if (a->malformed) return ST_OK;
    tell_anomaly(a->r, ANOMALY_TRAILING, cur_pos(&c), "%zu bytes behind the end of the stream",
                 cur_left(&c));
    return reading_push_stray(a->r, "(trailing bytes)", cur_rest(&c), cur_pos(&c));
}

static void tell_end(struct arrow *a)
{
    struct block_table_end end = {a->rows, a->malformed, a->filled, (uint64_t)a->column_count};
    if (!a->have_schema) return;
    tell_card_number(a->r, CARD_ROWS, a->rows);
    tell(a->r, &(struct event){.kind = EV_TABLE_END, .table_end = &end});
}

static void done(struct arrow *a, uint64_t mark)
{
    uint32_t most = a->tree.count;
    for (size_t i = 0; i < a->dictionary_count; i++)
        if (a->dictionaries[i].tree.count > most) most = a->dictionaries[i].tree.count;
    for (uint32_t i = 0; a->levels && i < most; i++) room_done(&a->levels[i].room);
    arrow_rows_done(a);
    room_done(&a->validity);
    room_done(&a->first);
    room_done(&a->second);
    room_rewind(a->r, mark);
}

enum st arrow_read(struct reading *r)
{
    struct slice all = r->layer->bytes;
    struct arrow a = {.r = r, .by_row = rows_wanted(r)};
    if (slice_starts(all, S("FEA1"))) {
        tell_format(r, FMT_ARROW, "feather-v1");
        tell_unread(r, UNREAD_UNSUPPORTED, 0, all.n, "Feather V1, which went out of use in 2020");
        return ST_OK;
    }
    bool file = slice_starts(all, S("ARROW1"));
    uint64_t mark = room_mark(r);
    tell_format(r, FMT_ARROW, file ? "file" : "stream");
    cells_init(&a.cells, r);
    room_init(&a.validity, r);
    room_init(&a.first, r);
    room_init(&a.second, r);
    enum st st = file ? read_file(&a) : read_bare(&a);
    if (st == ST_OK && a.have_schema && !a.by_row) st = tell_dictionaries(&a);
    enum st flushed = cells_end(&a.cells);
    if (st == ST_OK) st = flushed;
    tell_end(&a);
    done(&a, mark);
    return st;
}
