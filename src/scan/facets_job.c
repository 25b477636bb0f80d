/* SPDX-License-Identifier: Apache-2.0 */
/* facets_job.c - the readers' events, as facets.
 *
 * A JSON file is one document or a list of records; which one is known at its end. Its records are
 * held back until there are two, and dropped for the document's keys when there are not. */
#include "scan/facets_job.h"
#include "base/map.h"
#include "codec/json.h"
#include "detect/data/data.h"
#include "detect/data/look.h"
#include "detect/judge.h"
#include "port/openssl/digest.h"
#include "read/code/code.h"
#include "read/data/rows.h"
#include "read/model/pickle.h"
#include "read/readers.h"
#include "read/unpack.h"
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define ARENA_CAP   (192u << 20)
#define ARENA_CHUNK (64u << 10)
#define FLUSH       (1u << 20)
#define OUT_MAX     (4ull << 30)
#define COLUMNS_MAX 4096u

struct facets {
    struct judge judge;   /* for its arena and for what is not to be shown */
    struct buf buf, held; /* held: the first record of a JSON file */
    uint64_t written;
    int out;
    unsigned flags;
    struct slice why;   /* FACETS_PARTLY */
    enum format format; /* of the file itself */
    struct slice text;  /* of a JSON file: all of it */
    bool template;      /* a chat template was told */
    uint32_t *pick;     /* columns; NULL: all */
    size_t pick_count;
    uint64_t records;
    struct digest record; /* of one that came in pieces, with what may not be part of it */
    struct buf tail;
    bool in_record;
    uint64_t record_row, record_line;
    struct digest *rows; /* of a batch of a table */
    struct digest row;   /* how each begins */
    uint64_t first_row, batch;
    struct map columns; /* name -> struct column */
    struct column *first_column, **last_column;
};

struct column {
    struct column *next;
    struct slice name;
    struct digest digest;
};

/* ---- writing ---- */

static void flush(struct facets *x)
{
    struct slice rest = buf_slice(&x->buf);
    if (x->written + rest.n > OUT_MAX || !buf_ok(&x->buf)) x->flags |= FACETS_PARTLY, rest.n = 0;
    while (rest.n) {
        ssize_t n = pwrite(x->out, rest.p, rest.n, (off_t)x->written);
        if (n <= 0) {
            x->flags |= FACETS_PARTLY;
            break;
        }
        x->written += (uint64_t)n;
        rest = slice_sub(rest, (size_t)n, rest.n);
    }
    buf_reset(&x->buf);
}

static void put(struct facets *x, struct facet *f, const struct digest *d)
{
    struct digest end = *d;
    digest_finish(&end, f->digest);
    bool hold = f->kind == FACET_RECORD && x->format == FMT_JSON && x->records < 2;
    facet_put(hold ? &x->held : &x->buf, f);
    if (x->buf.n > FLUSH) flush(x);
}

static void put_value(struct facets *x, enum facet_kind kind, struct slice name, struct slice value,
                      uint64_t line)
{
    struct digest d;
    struct facet f = {.kind = kind, .name = name, .line = line};
    f.shown = data_shown(&x->judge, slice_sub(value, 0, FACET_SHOWN_MAX));
    digest_start(&d);
    digest_add(&d, value);
    put(x, &f, &d);
}

/* ---- models ---- */

static void on_tensor(struct facets *x, const struct tensor *t)
{
    char shown[FACET_SHOWN_MAX];
    const char *type = dtype_name(t->dtype);
    int n = snprintf(shown, sizeof shown, "%s [", type ? type : "?");
    for (size_t i = 0; i < t->rank && n > 0 && (size_t)n < sizeof shown - 24; i++)
        n += snprintf(shown + n, sizeof shown - (size_t)n, "%s%llu", i ? ", " : "",
                      (unsigned long long)t->shape[i]);
    if (n > 0 && (size_t)n < sizeof shown - 1) shown[n++] = ']';
    struct facet f = {.kind = FACET_TENSOR, .name = t->name, .shown = S("")};
    f.shown = slice_of((const uint8_t *)shown, n > 0 ? (size_t)n : 0);
    struct digest d;
    digest_start(&d);
    digest_add(&d, f.shown);
    digest_add(&d, t->bytes);
    put(x, &f, &d);
}

static void on_text(struct facets *x, const struct event *ev)
{
    struct slice rest = ev->text.text, line;
    if (ev->text.role == TEXT_METADATA)
        put_value(x, FACET_KEY, ev->text.name, ev->text.text, ev->line);
    if (ev->text.role != TEXT_TEMPLATE) return;
    x->template = true;
    for (uint64_t i = 1; slice_split(&rest, '\n', &line); i++)
        put_value(x, FACET_LINE, ev->text.name, line, i);
}

static void on_call(struct facets *x, const struct event *ev)
{
    const struct pickle_global *g = ev->call->global;
    if (!g || ev->call->act != PICKLE_IMPORT) return;
    struct slice name =
        arena_printf(x->judge.arena, "%.*s.%.*s", SLICE_ARG(g->module), SLICE_ARG(g->name));
    put_value(x, FACET_IMPORT, S(""), name, 0);
}

/* ---- settings ---- */

static struct slice path_of(struct facets *x, struct slice above, struct slice key, bool list)
{
    struct slice p =
        list      ? arena_printf(x->judge.arena, "%.*s[]", SLICE_ARG(above))
        : above.n ? arena_printf(x->judge.arena, "%.*s.%.*s", SLICE_ARG(above), SLICE_ARG(key))
                  : key;
    if (!p.p) x->judge.nomem = true;
    return p;
}

static void on_settings(struct facets *x, const struct code_settings *s)
{
    struct slice *paths = ARENA_ARRAY(x->judge.arena, struct slice, s->count + 1);
    if (!paths) x->judge.nomem = true;
    for (size_t i = 0; paths && i < s->count; i++) {
        const struct code_setting *one = &s->list[i];
        bool root = one->parent == UINT32_MAX;
        bool list = !root && s->list[one->parent].kind == SET_LIST;
        paths[i] = path_of(x, root ? S("") : paths[one->parent], one->key, list);
        if (one->kind != SET_MAP && one->kind != SET_LIST)
            put_value(x, list ? FACET_ITEM : FACET_KEY, paths[i], one->value, one->line);
    }
}

/* ---- one JSON document ---- */

struct level {
    struct slice path;
    bool list;
};

static void json_value(struct facets *x, struct json *j, const struct level *l, struct slice path)
{
    bool text = j->token == JSON_STRING;
    if (x->template && slice_starts(path, S("chat_template"))) return; /* line by line already */
    struct slice value = text || j->token == JSON_NUMBER ? j->raw
                         : j->token == JSON_TRUE         ? S("true")
                         : j->token == JSON_FALSE        ? S("false")
                                                         : S("null");
    put_value(x, l->list ? FACET_ITEM : FACET_KEY, path, value, json_line(j));
}

static void json_document(struct facets *x)
{
    struct json j;
    struct level at[JSON_DEPTH_MAX + 1] = {{S(""), false}};
    unsigned depth = 0;
    struct slice key = S("");
    json_init(&j, x->text);
    for (;;) {
        enum json_token t = json_next(&j);
        if (t == JSON_END) return;
        if (t == JSON_BAD || x->judge.nomem) break;
        if (t == JSON_KEY) {
            key = arena_copy(x->judge.arena, json_text(&j, x->judge.arena));
        } else if (t == JSON_OBJECT_END || t == JSON_ARRAY_END) {
            if (depth) depth--;
        } else {
            struct slice path = path_of(x, at[depth].path, key, at[depth].list);
            bool opens = t == JSON_OBJECT || t == JSON_ARRAY;
            if (opens && depth < JSON_DEPTH_MAX)
                at[++depth] = (struct level){path, t == JSON_ARRAY};
            else if (!opens)
                json_value(x, &j, &at[depth], path);
            key = S("");
        }
    }
    x->flags |= FACETS_PARTLY;
}

/* ---- data ---- */

static void record_begins(struct facets *x, const struct block *b, size_t at)
{
    struct block_place place = {.row = -1};
    b->locate(b->ctx, at, &place);
    digest_start(&x->record);
    digest_add(&x->record, slice_of((const uint8_t[]){0}, 1)); /* a leaf: log/merkle.h */
    x->in_record = true;
    x->record_row = place.row >= 0 ? (uint64_t)place.row : x->records;
    x->record_line = place.line > 0 ? (uint64_t)place.line : 0;
}

static void record_ends(struct facets *x)
{
    struct facet f = {.kind = FACET_RECORD, .row = x->record_row, .line = x->record_line};
    f.name = f.shown = S("");
    if (++x->records == 2) {
        buf_add(&x->buf, buf_slice(&x->held));
        buf_reset(&x->held);
    }
    x->in_record = false;
    put(x, &f, &x->record);
}

static struct slice cut_end(struct slice s, const char *bytes)
{
    while (s.n && s.p[s.n - 1] && strchr(bytes, s.p[s.n - 1])) s.n--;
    return s;
}

/* What a JSON list has behind a record belongs to the list; a comma of CSV is a cell. */
static struct slice own_bytes(const struct facets *x, struct slice piece)
{
    if (x->format != FMT_JSON) return cut_end(piece, "\r\n");
    piece = cut_end(piece, " \t\r\n");
    if (piece.n && piece.p[piece.n - 1] == ',') piece.n--;
    return cut_end(piece, " \t\r\n");
}

/* A piece's last bytes may be the beginning of what is cut off at the record's end. */
static void add_part(struct facets *x, struct slice piece)
{
    size_t n = cut_end(piece, " \t\r\n,").n;
    if (n) {
        digest_add(&x->record, buf_slice(&x->tail));
        digest_add(&x->record, slice_sub(piece, 0, n));
        buf_reset(&x->tail);
    }
    buf_add(&x->tail, slice_sub(piece, n, piece.n));
    if (!buf_ok(&x->tail)) x->judge.nomem = true;
}

static void add_last(struct facets *x, struct slice piece)
{
    if (own_bytes(x, piece).n) {
        digest_add(&x->record, buf_slice(&x->tail));
        digest_add(&x->record, own_bytes(x, piece));
    } else {
        buf_add(&x->tail, piece);
        if (!buf_ok(&x->tail)) x->judge.nomem = true;
        digest_add(&x->record, own_bytes(x, buf_slice(&x->tail)));
    }
    buf_reset(&x->tail);
}

static void record_whole(struct facets *x, const struct block *b, size_t from, size_t to)
{
    struct slice piece = slice_sub(b->text, from, to - from);
    if (!x->in_record && !own_bytes(x, piece).n) return;
    if (!x->in_record) record_begins(x, b, from);
    add_last(x, piece);
    record_ends(x);
}

/* Of text a record is its line or lines, with the white space in front; of a JSON list it is the
 * value. `from`: what is before belongs to others. */
static size_t own_start(const struct facets *x, const struct block *b, size_t from, size_t start)
{
    if (x->format == FMT_JSON) return start;
    while (start > from && (b->text.p[start - 1] == ' ' || b->text.p[start - 1] == '\t')) start--;
    return start;
}

/* A record that is too long for one block comes in blocks without an end, and ends in the next.
 * What a block shares with the one before was taken there. */
static void record_block(struct facets *x, const struct block *b)
{
    size_t from = x->in_record ? b->seen : own_start(x, b, 0, b->begins);
    if (!b->starts) x->flags |= FACETS_SHOWN;
    for (size_t i = 0; i < b->records; i++) {
        size_t before = i ? b->ends[i - 1] : 0;
        size_t start = b->starts ? own_start(x, b, before, b->starts[i]) : before;
        record_whole(x, b, x->in_record ? from : start, b->ends[i]);
    }
    if (!b->part || b->records) return;
    if (!x->in_record) record_begins(x, b, from);
    add_part(x, slice_sub(b->text, from, b->text.n - from));
}

static struct column *column_of(struct facets *x, struct slice name)
{
    union map_value v;
    if (map_get(&x->columns, name, &v)) return (struct column *)(uintptr_t)v.ptr;
    struct column *c = ARENA_NEW(x->judge.arena, struct column);
    struct slice kept = arena_copy(x->judge.arena, name);
    v.ptr = c;
    if (!c || !kept.p || x->columns.used >= COLUMNS_MAX || !map_put(&x->columns, kept, v, NULL)) {
        x->flags |= FACETS_PARTLY;
        return NULL;
    }
    c->name = kept;
    digest_start(&c->digest);
    *x->last_column = c;
    x->last_column = &c->next;
    return c;
}

static void column_block(struct facets *x, const struct block *b)
{
    struct block_place place = {.field = S("")};
    x->flags |= FACETS_COLUMNS;
    b->locate(b->ctx, 0, &place);
    struct column *c = column_of(x, place.field);
    if (c) digest_add(&c->digest, b->text);
}

static void on_value(struct facets *x, const struct block_value *v)
{
    if (!(x->flags & FACETS_COLUMNS)) return; /* stands in a block already */
    struct column *c = column_of(x, v->place.field);
    if (!c) return;
    digest_add(&c->digest, v->text);
    digest_add(&c->digest, slice_of((const uint8_t *)&v->times, sizeof v->times));
}

static void put_columns(struct facets *x)
{
    for (struct column *c = x->first_column; c; c = c->next) {
        struct facet f = {.kind = FACET_COLUMN, .name = c->name, .shown = S("")};
        put(x, &f, &c->digest);
    }
}

/* ---- rows of a table ---- */

static void on_columns(struct facets *x, const struct row_columns *c)
{
    x->flags |= FACETS_TABLE;
    digest_start(&x->row);
    digest_add(&x->row, slice_of((const uint8_t[]){0}, 1)); /* a leaf: log/merkle.h */
    digest_add(&x->row, slice_of(c->digest, sizeof c->digest));
    for (size_t i = 0; i < c->count; i++) {
        const struct row_column *one = &c->list[i];
        struct facet f = {.kind = FACET_COLUMN, .row = i, .name = one->name, .shown = one->type};
        struct digest d;
        digest_start(&d);
        digest_add(&d, one->type);
        put(x, &f, &d);
    }
}

static void on_rows(struct facets *x, uint64_t first, uint64_t count)
{
    if (!x->rows) x->rows = malloc(ROWS_BATCH * sizeof *x->rows);
    if (!x->rows) x->judge.nomem = true;
    x->first_row = first;
    x->batch = x->rows && count <= ROWS_BATCH ? count : 0;
    for (uint64_t i = 0; i < x->batch; i++) x->rows[i] = x->row;
}

static void on_rows_end(struct facets *x)
{
    struct facet f = {.kind = FACET_RECORD, .name = S(""), .shown = S("")};
    for (uint64_t i = 0; i < x->batch; i++) {
        f.row = x->first_row + i;
        x->records++;
        put(x, &f, &x->rows[i]);
    }
    x->batch = 0;
}

/* ---- one file ---- */

/* What was the first that could not be read. */
static void on_trouble(struct facets *x, struct slice why)
{
    x->flags |= FACETS_PARTLY;
    if (x->why.n || !why.n) return;
    x->why = arena_copy(x->judge.arena, slice_sub(why, 0, FACETS_WHY_MAX));
    if (!x->why.p) x->judge.nomem = true;
}

static void on_event(void *ctx, const struct reading *r, const struct event *ev)
{
    struct facets *x = ctx;
    switch (ev->kind) {
    case EV_FORMAT:
        if (!r->layer->depth && !x->format) x->format = ev->format.format;
        break;
    case EV_ANOMALY: on_trouble(x, ev->anomaly.detail); break; /* the reader may have gone on */
    case EV_UNREAD: on_trouble(x, ev->unread.detail); break;
    case EV_TENSOR: on_tensor(x, ev->tensor); break;
    case EV_TEXT: on_text(x, ev); break;
    case EV_CALL: on_call(x, ev); break;
    case EV_SETTINGS:
        if (x->format != FMT_JSON) on_settings(x, ev->settings);
        break;
    case EV_BLOCK:
        if (ev->block->kind != BLOCK_RECORDS) break;
        if (ev->block->ends)
            record_block(x, ev->block);
        else
            column_block(x, ev->block);
        break;
    case EV_VALUE: on_value(x, ev->value); break;
    case EV_COLUMNS: on_columns(x, ev->columns); break;
    case EV_ROWS: on_rows(x, ev->rows.first, ev->rows.count); break;
    case EV_CELL:
        if (ev->cell.row < x->batch) digest_add(&x->rows[ev->cell.row], ev->cell.bytes);
        break;
    case EV_ROWS_END: on_rows_end(x); break;
    default: break;
    }
}

static void read_all(struct facets *x, struct slice name, struct slice bytes, int fd,
                     struct spool *spool)
{
    struct budget budget;
    struct arena reading;
    arena_init(&reading, ARENA_CAP, ARENA_CHUNK);
    budget_defaults(&budget);
    struct reading r = {.arena = &reading,
                        .budget = &budget,
                        .spool = spool,
                        .emit = on_event,
                        .emit_ctx = x,
                        .content = true,
                        .rows = true,
                        .pick = x->pick,
                        .pick_count = x->pick_count,
                        .file = &fd};
    if (reading_run(&r, name, bytes, true) != ST_OK) x->flags |= FACETS_PARTLY;
    if (x->in_record) x->flags |= FACETS_PARTLY; /* it has no end */
    if (x->format == FMT_JSON && x->records < 2) {
        x->text = bytes;
        x->records = 0; /* the one that was held back is not written */
        json_document(x);
    }
    put_columns(x);
    flush(x);
    if (x->judge.nomem) x->flags |= FACETS_PARTLY;
    arena_done(&reading);
}

static void answer(struct facets *x, struct box_job *job)
{
    struct buf b;
    buf_init(&b, 64 + FACETS_WHY_MAX);
    buf_u16le(&b, (uint16_t)x->format);
    buf_byte(&b, (uint8_t)x->flags);
    buf_u64le(&b, x->records);
    buf_add(&b, x->why);
    (void)box_reply(job, buf_slice(&b));
    buf_done(&b);
}

/* Made at the first job, kept for all. NULL: memory is out. */
static struct look *look_of(struct box_job *job)
{
    void **slot = box_slot(job);
    if (!*slot) *slot = look_new(engine_new());
    return *slot;
}

static void no_finding(void *ctx, const struct finding *f)
{
    (void)ctx;
    (void)f;
}

/* The name of the file; the columns are picked. */
static struct slice take_request(struct facets *x, struct slice request)
{
    struct slice name, rest = request;
    if (!slice_split(&rest, 0, &name) || name.n == request.n) return request;
    struct cursor c = cur_of(rest);
    x->pick = ARENA_ARRAY(x->judge.arena, uint32_t, rest.n / 4 + 1);
    while (x->pick && cur_left(&c) >= 4) x->pick[x->pick_count++] = cur_u32le(&c);
    if (!x->pick) x->judge.nomem = true;
    return name;
}

void facets_job(struct box_job *job, int fd, int spool_fd, struct slice request)
{
    struct facets *x = calloc(1, sizeof *x);
    struct stat sb;
    struct arena arena;
    struct spool spool;
    if (!x || fstat(fd, &sb) || sb.st_size < 0) {
        free(x);
        return;
    }
    arena_init(&arena, ARENA_CAP, ARENA_CHUNK);
    judge_init(&x->judge, &arena, no_finding, NULL);
    x->judge.look = look_of(job);
    x->out = box_out(job);
    x->last_column = &x->first_column;
    map_init(&x->columns, &arena, 0);
    buf_init(&x->buf, 2 * FLUSH);
    buf_init(&x->held, 4096);
    buf_init(&x->tail, 2 * FLUSH);
    spool_init(&spool, spool_fd);
    size_t n = (size_t)sb.st_size;
    void *p = n ? mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (p != MAP_FAILED) {
        read_all(x, take_request(x, request), slice_of(p, n), fd, spool_fd >= 0 ? &spool : NULL);
        answer(x, job);
        if (n) munmap(p, n);
    }
    buf_done(&x->buf);
    buf_done(&x->held);
    buf_done(&x->tail);
    free(x->rows);
    arena_done(&arena);
    free(x);
}
