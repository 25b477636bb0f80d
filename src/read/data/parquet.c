/* SPDX-License-Identifier: Apache-2.0 */
/* parquet.c - the frame and the order of work.
 *
 *    "PAR1" | column chunks, page by page | footer (Thrift) | u32 its length | "PAR1"
 *
 * The footer is walked twice: first for everything but the row groups, which are passed over; then
 * its row groups, each column chunk being read where it is named. Nothing of it is kept but the
 * leaves of the schema and where the chunks lie, so that a footer of 100 MB stays flat.
 * "PARE" instead of "PAR1" means that the footer is encrypted. */
#include "read/data/parquet.h"
#include "base/sort.h"
#include "read/data/parquet_part.h"

#define RANGES_MAX ((size_t)1 << 17)
#define FRAME      12u
#define GAP_LEAST  64u

/* ---- the footer but for its row groups ---- */

static void key_values(struct parquet *p, struct thrift *t, const struct thrift_field *list)
{
    uint8_t type;
    uint64_t n = thrift_list(t, list, &type);
    if (type != THRIFT_STRUCT) t->c.bad = n > 0;
    for (uint64_t i = 0; i < n && cur_ok(&t->c); i++) {
        struct thrift_field f = {0};
        struct slice key = {0}, value = {0};
        while (thrift_next(t, &f)) {
            if (f.id == 1)
                key = thrift_binary(t, &f);
            else if (f.id == 2)
                value = thrift_binary(t, &f);
            else
                thrift_skip(t, f.type);
        }
        if (!cur_ok(&t->c) || !budget_work(p->r->budget, 1 + value.n / 64)) return;
        tell_text(p->r, TEXT_METADATA, key, value, p->data_end + cur_pos(&t->c) - value.n, 0);
    }
}

static enum st footer_field(struct parquet *p, struct thrift *t, const struct thrift_field *f,
                            size_t at)
{
    switch (f->id) {
    case 2: return parquet_schema(p, t, f);
    case 3: p->rows = thrift_int(t, f); break;
    case 4:
        if (f->type == THRIFT_LIST) p->groups_at = at;
        thrift_skip(t, f->type);
        break;
    case 5: key_values(p, t, f); break;
    case 6: tell_card(p->r, CARD_PRODUCER, thrift_binary(t, f)); break;
    case 8:
        p->encrypted = true;
        thrift_skip(t, f->type);
        break;
    default: thrift_skip(t, f->type);
    }
    return ST_OK;
}

static enum st read_footer(struct parquet *p)
{
    struct thrift t = {cur_of(p->footer)};
    struct thrift_field f = {0};
    enum st st = ST_OK;
    if (!budget_work(p->r->budget, 1 + p->footer.n / 4)) return ST_LIMIT;
    while (st == ST_OK && thrift_next(&t, &f)) st = footer_field(p, &t, &f, cur_pos(&t.c));
    if (st == ST_OK && (!cur_ok(&t.c) || !p->leaves)) st = ST_MALFORMED;
    if (st == ST_OK && cur_left(&t.c))
        parquet_complain(p, p->data_end + cur_pos(&t.c), "%zu bytes behind the metadata",
                         cur_left(&t.c));
    return st;
}

/* ---- row groups ---- */

struct group_head {
    int64_t rows;
    size_t columns_at; /* 0: there are none */
};

static struct group_head group_head(struct thrift *t)
{
    struct group_head h = {0};
    struct thrift_field f = {0};
    while (thrift_next(t, &f)) {
        if (f.id == 1 && f.type == THRIFT_LIST) h.columns_at = cur_pos(&t->c);
        if (f.id == 3)
            h.rows = thrift_int(t, &f);
        else
            thrift_skip(t, f.type);
    }
    return h;
}

static enum st other_columns(struct parquet *p, size_t at, const struct parquet_group *g,
                             uint64_t n)
{
    parquet_complain(p, p->data_end + at, "row group %llu has %llu columns, the schema has %zu",
                     (unsigned long long)g->number, (unsigned long long)n, p->leaf_count);
    return ST_MALFORMED;
}

/* At the first of the row group's columns, of which there is one a leaf. */
static enum st open_columns(struct parquet *p, size_t at, const struct parquet_group *g,
                            struct thrift *ret)
{
    struct thrift_field list = {.type = THRIFT_LIST};
    uint8_t type;
    ret->c = cur_of(p->footer);
    cur_seek(&ret->c, at);
    uint64_t n = thrift_list(ret, &list, &type);
    return type == THRIFT_STRUCT && n == p->leaf_count ? ST_OK : other_columns(p, at, g, n);
}

static enum st columns(struct parquet *p, size_t at, const struct parquet_group *g)
{
    struct thrift t = {0};
    enum st st = open_columns(p, at, g, &t);
    for (size_t i = 0; i < p->leaf_count && st == ST_OK; i++)
        st = parquet_chunk(p, &t, g, &p->leaves[i], i);
    return st;
}

/* ---- rows ---- */

/* Where each column of the row group is named. */
static enum st find_chunks(struct parquet *p, size_t at, const struct parquet_group *g)
{
    struct thrift t = {0};
    enum st st = open_columns(p, at, g, &t);
    if (st != ST_OK) return st;
    for (size_t i = 0; i < p->leaf_count; i++) {
        p->chunk_at[i] = cur_pos(&t.c);
        thrift_skip(&t, THRIFT_STRUCT);
    }
    return cur_ok(&t.c) ? ST_OK : ST_MALFORMED;
}

static enum st batch(struct parquet *p, const struct parquet_group *g)
{
    struct thrift t = {cur_of(p->footer)};
    enum st st = ST_OK;
    for (size_t i = 0; i < p->order_count && st == ST_OK; i++) {
        size_t leaf = p->order[i];
        cur_seek(&t.c, p->chunk_at[leaf]);
        st = parquet_chunk(p, &t, g, &p->leaves[leaf], leaf);
    }
    return st;
}

/* A big row group is gone through several times, each time for another batch of its rows: what is
 * kept for a row while its cells come does not grow with the file. */
static enum st rows_of_group(struct parquet *p, size_t at, const struct parquet_group *g)
{
    enum st st = find_chunks(p, at, g);
    uint64_t done = 0;
    if (st == ST_OK) st = rows_fit(p->r, g->first_row, g->rows);
    do {
        uint64_t n = g->rows - done < ROWS_BATCH ? g->rows - done : ROWS_BATCH;
        if (st == ST_OK) st = rows_begin(&p->out, g->first_row + done, n);
        p->again = done > 0;
        if (st == ST_OK) st = batch(p, g);
        if (st == ST_OK) rows_end(&p->out);
        done += n;
    } while (st == ST_OK && done < g->rows);
    return st;
}

static enum st read_groups(struct parquet *p)
{
    struct thrift t = {cur_of(p->footer)};
    struct thrift_field list = {.type = THRIFT_LIST};
    uint8_t type = 0;
    cur_seek(&t.c, p->groups_at);
    uint64_t n = p->groups_at ? thrift_list(&t, &list, &type) : 0;
    if (n && type != THRIFT_STRUCT) return ST_MALFORMED;
    enum st st = ST_OK;
    for (uint64_t i = 0; i < n && st == ST_OK; i++) {
        struct group_head h = group_head(&t);
        if (!cur_ok(&t.c) || h.rows < 0 || h.rows > INT64_MAX / 4 - (int64_t)p->group_rows)
            return ST_MALFORMED;
        struct parquet_group g = {i, p->group_rows, (uint64_t)h.rows};
        if (h.columns_at)
            st = p->by_row ? rows_of_group(p, h.columns_at, &g) : columns(p, h.columns_at, &g);
        else if (p->leaf_count)
            st = ST_MALFORMED;
        p->group_rows += g.rows;
    }
    return st;
}

/* ---- the layout ---- */

static int by_start(const void *a, const void *b)
{
    const struct parquet_range *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Bytes that no column chunk has: indexes and filters, or what somebody put there. */
static enum st look_between(struct parquet *p, uint64_t from, uint64_t to)
{
    if (to <= from || to - from < GAP_LEAST || !p->r->content) return ST_OK;
    if (!budget_work(p->r->budget, 1 + (to - from) / 1024)) return ST_LIMIT;
    tell_blob(p->r, slice_sub(p->r->layer->bytes, (size_t)from, (size_t)(to - from)), from);
    return ST_OK;
}

static enum st look_at_gaps(struct parquet *p)
{
    uint64_t at = 4;
    enum st st = ST_OK;
    if (p->ranges_lost) {
        tell_unread(p->r, UNREAD_LIMIT, at, 0, "what lies between %zu runs of column chunks",
                    p->range_count);
        return ST_OK;
    }
    for (size_t i = 0; i < p->range_count && st == ST_OK; i++) {
        st = look_between(p, at, p->ranges[i].from);
        if (p->ranges[i].to > at) at = p->ranges[i].to;
    }
    return st == ST_OK ? look_between(p, at, p->data_end) : st;
}

static enum st check_layout(struct parquet *p)
{
    if (!budget_work(p->r->budget, 1 + p->range_count)) return ST_LIMIT;
    sort_items(p->ranges, p->range_count, sizeof *p->ranges, by_start);
    for (size_t i = 1; i < p->range_count; i++) {
        if (p->ranges[i].from >= p->ranges[i - 1].to || p->ranges[i].from == p->ranges[i].to)
            continue;
        parquet_complain(p, p->ranges[i].from, "two column chunks share their bytes");
        break;
    }
    if (p->rows < 0 || (uint64_t)p->rows != p->group_rows)
        parquet_complain(p, p->data_end, "%lld rows were declared, the row groups have %llu",
                         (long long)p->rows, (unsigned long long)p->group_rows);
    return look_at_gaps(p);
}

/* ---- the table ---- */

static enum st tell_table(struct parquet *p)
{
    struct slice *names = ARENA_ARRAY(p->r->arena, struct slice, p->leaf_count);
    size_t chunks = p->footer.n / 8 < RANGES_MAX ? p->footer.n / 8 : RANGES_MAX;
    p->ranges = ARENA_ARRAY(p->r->arena, struct parquet_range, chunks);
    p->range_room = chunks;
    if (!names || !p->ranges) return ST_NOMEM;
    for (size_t i = 0; i < p->leaf_count; i++) names[i] = p->leaves[i].path;
    struct block_table table = {p->r->layer->name, names, p->leaf_count};
    tell(p->r, &(struct event){.kind = EV_TABLE, .table = &table});
    tell_card_number(p->r, CARD_COLUMNS, p->leaf_count);
    return ST_OK;
}

static void tell_end(struct parquet *p)
{
    struct block_table_end end = {p->group_rows, p->malformed, p->filled, p->leaf_count};
    tell_card_number(p->r, CARD_ROWS, p->group_rows);
    tell(p->r, &(struct event){.kind = EV_TABLE_END, .table_end = &end});
}

static enum st read_all(struct parquet *p)
{
    enum st st = read_footer(p);
    if (st != ST_OK) return st;
    st = tell_table(p);
    if (st == ST_OK && p->by_row) st = parquet_tree(p);
    if (st != ST_OK || p->by_row != rows_wanted(p->r)) return st; /* why not was told */
    st = read_groups(p);
    enum st flushed = cells_end(&p->cells);
    if (st == ST_OK) st = flushed;
    if (st == ST_OK) st = check_layout(p);
    tell_end(p);
    return st;
}

/* The frame; false when it was told that there is none. */
static enum st frame(struct parquet *p)
{
    struct slice all = p->r->layer->bytes;
    if (slice_starts(all, S("PARE")) && slice_ends(all, S("PARE"))) {
        tell_unread(p->r, UNREAD_ENCRYPTED, 0, all.n, "the footer is encrypted");
        return ST_UNSUPPORTED;
    }
    struct cursor c = cur_of(all);
    if (all.n < FRAME || !slice_ends(all, S("PAR1"))) return ST_TRUNCATED;
    cur_seek(&c, all.n - 8);
    uint64_t n = cur_u32le(&c);
    if (n > all.n - FRAME) return ST_MALFORMED;
    p->data_end = all.n - 8 - n;
    p->footer = slice_sub(all, (size_t)p->data_end, (size_t)n);
    return ST_OK;
}

/* Without its footer the file is a heap of pages of unknown kind. */
static enum st lost(struct reading *r, enum st st)
{
    uint64_t n = r->layer->bytes.n;
    if (st == ST_UNSUPPORTED) return ST_OK;
    if (st == ST_TRUNCATED)
        tell_anomaly(r, ANOMALY_TRUNCATED, n, "no footer at the end of %llu bytes",
                     (unsigned long long)n);
    else
        tell_anomaly(r, ANOMALY_MALFORMED, n, "the footer is longer than the file");
    tell_unread(r, UNREAD_MALFORMED, 0, n, "no footer, so nothing says what the bytes are");
    return ST_OK;
}

enum st parquet_read(struct reading *r)
{
    struct parquet p = {.r = r, .by_row = rows_wanted(r), .out = {.r = r}};
    tell_format(r, FMT_PARQUET, NULL);
    enum st st = frame(&p);
    if (st != ST_OK) return lost(r, st);
    cells_init(&p.cells, r);
    room_init(&p.page, r);
    room_init(&p.dictionary, r);
    uint64_t spool_end = room_mark(r);
    st = read_all(&p);
    if (st == ST_MALFORMED || st == ST_TRUNCATED)
        tell_unread(r, UNREAD_MALFORMED, p.data_end, r->layer->bytes.n,
                    "the metadata in the footer break their rules");
    room_done(&p.page);
    room_done(&p.dictionary);
    room_rewind(r, spool_end);
    return st == ST_TRUNCATED ? ST_MALFORMED : st;
}
