/* SPDX-License-Identifier: Apache-2.0 */
/* rows.c - tables, blocks of text and values: what is seen in them becomes findings.
 *
 *    block ─> look_text ─> items, in any order ─> sorted by place ─> locate ─> weigh ─> finding
 *                                                                       └─> bare: columns.c
 *
 * A block answers where a byte is only in rising order, while views and notes come behind the plain
 * hits: so everything that was seen in a text is gathered first. The gathered items live in
 * arrays that are used again for the next text. */
#include "base/ascii.h"
#include "base/sort.h"
#include "base/st.h"
#include "detect/data/data.h"
#include "detect/data/data_part.h"
#include "detect/data/items.h"

#define ARMED_BYTES  (128u << 10) /* of a table: see armed() */
#define EVIDENCE_MAX 200u

struct text { /* in hand */
    struct judge_data *d;
    struct slice text;
    const struct block *block; /* or */
    const struct block_value *value;
    size_t located; /* how far the block was asked */
    bool lineless;  /* `place` is without its line */
    struct block_place place;
    const char *noted; /* of the last note: one of a kind per row is enough, but the worst */
    int64_t noted_row;
    unsigned noted_severity;
};

/* ---- places ---- */

static bool inside(struct slice outer, const uint8_t *from, const uint8_t *to)
{
    return outer.n && from >= outer.p && to <= outer.p + outer.n;
}

static void locate(struct text *t, size_t at)
{
    if (t->value) {
        t->place = t->value->place;
        t->place.value = t->text;
        return;
    }
    if (at < t->located && !t->lineless) return; /* an overlap: what is known serves */
    if (at > t->located) t->located = at;
    t->lineless = false;
    t->place = (struct block_place){.row = -1, .line = -1, .column = -1, .column_index = -1};
    t->block->locate(t->block->ctx, t->located, &t->place);
}

/* But for the line. */
static void locate_value(struct text *t, size_t at)
{
    if (!t->block || !t->block->locate_value) {
        locate(t, at);
        return;
    }
    if (at < t->located) return;
    t->located = at;
    t->lineless = true;
    t->block->locate_value(t->block->ctx, at, &t->place);
}

/* Is the item all of its value, but for quotes and spaces? */
static bool is_whole(struct slice value, struct slice part)
{
    size_t before = (size_t)(part.p - value.p), behind = value.n - before - part.n;
    for (size_t i = 0; i < before; i++)
        if (!strchr(" \t\"'", value.p[i])) return false;
    for (size_t i = 0; i < behind; i++)
        if (!strchr(" \t\r\"'", part.p[part.n + i])) return false;
    return true;
}

static struct span span_of(struct text *t, const struct item *it, const struct value *v)
{
    struct span s = {.where = SPAN_BYTES, .from = v->offset};
    if (t->value) {
        s.where = it->via ? SPAN_WHOLE : SPAN_TEXT;
        s.value = t->value->place.offset;
        s.from = it->from;
        s.to = it->to;
        return s;
    }
    s.to = s.from + (it->to - it->from);
    if (t->block->rendered && t->d->judge->on_span) {
        struct block_place kept = t->place;
        locate(t, it->to);
        if (t->place.offset > s.from) s.to = t->place.offset;
        t->place = kept;
    }
    return s;
}

static bool records(const struct text *t)
{
    return t->value ? t->value->place.row >= 0 : t->block->kind == BLOCK_RECORDS;
}

static enum circumstance circumstance(const struct text *t)
{
    const struct judge_data *d = t->d;
    if (d->format == FMT_NOTEBOOK) return circumstance_of(d->reading, records(t), t->place.field);
    return records(t) && !d->document ? d->in_records : d->in_text;
}

static struct value value_of(struct text *t, const struct item *it)
{
    struct judge_data *d = t->d;
    const struct block_place *p = &t->place;
    struct slice part = slice_sub(t->text, it->from, it->to - it->from);
    uint64_t times = t->value ? t->value->times : p->times;
    struct value v = {.severity = (enum severity)it->severity,
                      .sureness = (enum sureness)it->sureness,
                      .field = p->field,
                      .text = part,
                      .times = times ? times : 1,
                      .column = column_key(p),
                      .offset = p->offset,
                      .row = d->document ? -1 : p->row,
                      .line = p->line,
                      .at = p->line > 0 ? p->column : -1};
    v.in = circumstance(t);
    v.whole = inside(p->value, part.p, part.p + part.n) && is_whole(p->value, part);
    if (it->kind != ITEM_HIT) return v;
    v.detector = it->detector;
    v.via = it->via;
    if (it->via) v.text = slice_of(d->decoded + it->text, it->text_n);
    if (d->judge->on_span) v.span = span_of(t, it, &v);
    value_identify(&v);
    return v;
}

/* ---- judging ---- */

/* Of records, what lies over a border of two values is nobody's value. Between values stand keys;
 * where no row is, in broken lines, values are guesses. */
static bool is_torn(const struct text *t, const struct item *it)
{
    if (t->value || t->block->kind != BLOCK_RECORDS) return false;
    const uint8_t *from = t->text.p + it->from, *to = t->text.p + it->to;
    if (t->place.value.n && t->place.row >= 0) return !inside(t->place.value, from, to);
    return t->block->ends == NULL;
}

/* key = poly1305_set_key: in code and documents a bare word behind a key word is a name. */
static bool is_name(const struct text *t, const struct item *it)
{
    if (records(t) || strcmp(it->detector->id, "secret.generic.assign") != 0) return false;
    if (t->d->in_text == IN_CONFIG) return false;
    int before = it->from ? t->text.p[it->from - 1] : ' ';
    bool quoted = before == '"' || before == '\'' || before == '`';
    return !quoted && value_is_name(slice_sub(t->text, it->from, it->to - it->from));
}

/* What may be asked before the place. */
static bool is_settled(struct text *t, const struct item *it)
{
    bool pii = it->detector->kind == DETECTOR_PII, rows = records(t);
    if (pii && !rows && !it->via && it->detector->one_in < 90 &&
        value_is_listed(t->text, it->from, it->to))
        return true;
    if (!it->via && is_name(t, it)) return true;
    return !rows && it->sureness == HIT_SURE &&
           value_is_counted(t->d, it->detector, (enum severity)it->severity);
}

/* May it be counted without its line being looked for? */
static bool may_be_counted(const struct text *t, const struct item *it)
{
    const struct judge_data *d = t->d;
    return t->block && records(t) && !d->document && d->format != FMT_NOTEBOOK &&
           !d->judge->on_span && it->sureness == HIT_SURE && !it->via;
}

/* A sure hit in a row, of a kind of which there are enough: judge_hit() in short. False: it may
 * have to be shown or kept. */
static bool is_counted_in_row(struct text *t, const struct item *it)
{
    struct judge_data *d = t->d;
    __attribute__((uninitialized)) struct value v; /* for each of them */
    v.severity = (enum severity)it->severity;
    const struct rule *rule = value_full(d, it->detector, &v.severity);
    if (!rule) return false;
    locate_value(t, it->from);
    const struct block_place *p = &t->place;
    bool pii = it->detector->kind == DETECTOR_PII;
    if (p->row < 0) return false;
    if (pii && is_torn(t, it)) return true;
    v.text = slice_sub(t->text, it->from, it->to - it->from);
    v.detector = it->detector;
    v.field = p->field;
    v.column = column_key(p);
    v.row = p->row;
    bool cell =
        pii && inside(p->value, v.text.p, v.text.p + v.text.n) && is_whole(p->value, v.text);
    bool digits = cell && value_is_digits(v.text),
         number = digits || (cell && it->detector->one_in);
    bool sure = !number && !(digits && columns_elsewhere(d, &v));
    if (!sure && !columns_voted(d, &v)) return false;
    value_count(d, &v, rule);
    return true;
}

static void judge_hit(struct text *t, const struct item *it)
{
    struct judge_data *d = t->d;
    if (is_settled(t, it)) return;
    if (may_be_counted(t, it) && is_counted_in_row(t, it)) return;
    locate(t, it->from);
    bool pii = it->detector->kind == DETECTOR_PII, rows = records(t);
    bool torn = is_torn(t, it);
    if (d->format == FMT_NOTEBOOK && slice_has(t->place.field, S("image/"))) return; /* a picture */
    if (torn && (it->sureness != HIT_SURE || pii)) return;
    struct value v = value_of(t, it);
    bool cell = pii && rows && v.whole && !v.via, digits = cell && value_is_digits(v.text);
    bool number = digits || (cell && it->detector->one_in);
    if (digits && columns_elsewhere(d, &v)) v.sureness = HIT_BARE;
    if ((v.sureness == HIT_SURE && !number) || columns_voted(d, &v))
        value_found(d, &v);
    else if (rows && v.whole && !v.via)
        columns_note(d, &v);
}

static void tell_note(struct text *t, const struct value *v, const char *rule, const char *message,
                      struct slice evidence)
{
    struct judge_data *d = t->d;
    const struct rule *known = data_kind(d, rule)->rule;
    if (!known) return;
    if (judge_full(d->judge, known, v->severity, v->row >= 0)) {
        judge_more(d->judge, known, v->severity, 1);
        return;
    }
    struct finding f = value_finding(d, rule, v);
    f.message = slice_str(message);
    f.evidence = arena_copy(d->arena, slice_sub(evidence, 0, EVIDENCE_MAX));
    if (!f.evidence.p) d->judge->nomem = true;
    judge_emit(d->judge, &f);
}

/* Programs that look for instructions, or test against them, name them. */
static bool is_quoting(enum circumstance in)
{
    return in >= IN_CODE || in == IN_CONFIG;
}

static void judge_note(struct text *t, const struct item *it)
{
    locate(t, it->from);
    if (it->unless_format && look_is_format(t->place.value)) return;
    bool again = t->noted == it->rule && t->place.row >= 0 && t->noted_row == t->place.row;
    if (again && it->severity <= t->noted_severity) return;
    t->noted = it->rule;
    t->noted_row = t->place.row;
    t->noted_severity = it->severity;
    struct value v = value_of(t, it);
    if (is_quoting(v.in) && slice_starts(slice_str(it->rule), S("inject.")) && v.severity > SEV_LOW)
        v.severity = SEV_LOW;
    tell_note(t, &v, it->rule, it->via, slice_of(t->d->decoded + it->text, it->text_n));
}

/* What a spreadsheet sees of a cell: without quotes and blanks. An apostrophe that nothing ends is
 * no quote, it makes the cell text. */
static struct slice bare_cell(struct slice cell)
{
    cell = slice_trim(cell);
    bool single = cell.n > 1 && *cell.p == '\'' && cell.p[cell.n - 1] == '\'';
    bool quoted = cell.n && (*cell.p == '"' || single);
    return quoted ? slice_trim(slice_sub(cell, 1, cell.n)) : cell;
}

static void judge_cell(struct text *t, const struct item *it)
{
    struct look_note note = {0};
    locate(t, it->from);
    struct slice cell = bare_cell(t->place.value);
    if (cell.p != t->text.p + it->from || !formula_cell(cell, &note)) return;
    struct value v = value_of(t, it);
    v.severity = note.severity;
    tell_note(t, &v, note.rule, note.message, note.evidence);
}

static int by_place(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    return x->from < y->from ? -1 : x->from > y->from;
}

static void judge_item(struct text *t, const struct item *it)
{
    if (it->to > t->text.n || it->from >= it->to) return;
    if (t->block && t->block->seen && it->to <= t->block->seen) return; /* told with the last */
    switch (it->kind) {
    case ITEM_HIT: judge_hit(t, it); break;
    case ITEM_NOTE: judge_note(t, it); break;
    case ITEM_CELL: judge_cell(t, it); break;
    }
}

static struct item item_of(const struct judge_data *d, const struct plain *p)
{
    return (struct item){.kind = ITEM_HIT,
                         .from = p->from,
                         .to = p->from + p->n,
                         .detector = d->seen[p->detector],
                         .sureness = p->sureness,
                         .severity = p->severity};
}

static void judge_items(struct text *t)
{
    struct judge_data *d = t->d;
    const struct plain *plain = d->plain.p;
    struct item *extra = d->extra.p;
    size_t i = 0, k = 0;
    sort_items(extra, d->extra.n, sizeof *extra, by_place);
    while (i < d->plain.n || k < d->extra.n) {
        bool first = k == d->extra.n || (i < d->plain.n && plain[i].from <= extra[k].from);
        struct item it = first ? item_of(d, &plain[i++]) : extra[k++];
        judge_item(t, &it);
    }
}

/* What a text is looked at as. */
static enum look_kind look_kind(const struct text *t)
{
    const struct reading *r = t->d->reading;
    enum format f = r->format;
    if (t->value) {
        bool sheet = f == FMT_CSV || f == FMT_PARQUET || f == FMT_ARROW || f == FMT_SQLITE;
        return sheet ? LOOK_CELL : LOOK_VALUE;
    }
    if (t->block->kind == BLOCK_RECORDS) return LOOK_RECORDS;
    return t->d->in_text >= IN_CODE ? LOOK_CODE : LOOK_PROSE;
}

static enum st look_with(void *ctx, struct slice text, enum look_kind kind,
                         const struct look_sink *sink)
{
    return look_text(ctx, text, kind, sink);
}

void data_missed(struct judge_data *d, enum st st, uint64_t offset)
{
    if (st == ST_LIMIT)
        judge_missed(d->judge, d->reading, offset,
                     "The text was searched as it lies, but what is encoded in it (base64, escapes "
                     "and the like) is nested too deeply or too much to be decoded",
                     S("encoded parts were left"));
    else if (st != ST_OK)
        d->judge->nomem = true;
}

/* What of this part was not looked at, at its beginning. */
static void part_missed(struct judge_data *d, enum st st, uint64_t offset)
{
    data_missed(d, st, offset);
    if (d->overflow)
        judge_missed(d->judge, d->reading, offset,
                     "More was found in one piece of text than can be weighed one by one",
                     arena_printf(d->arena, "%llu more", (unsigned long long)d->overflow));
    d->overflow = 0;
}

/* Numbers that no word speaks of are looked for where a column may vote for them: all kinds in the
 * first records of a table and in blocks of one column, then those that columns still wait for. */
static const uint64_t *armed(const struct text *t)
{
    struct judge_data *d = t->d;
    if (t->block && t->block->kind != BLOCK_RECORDS) return NULL;
    if (!t->block || !t->block->ends || d->bytes < ARMED_BYTES)
        memset(d->armed, 0xff, sizeof d->armed);
    else
        columns_armed(d, d->armed);
    return d->armed;
}

static bool wanted(void *ctx, const char *rule, enum severity s)
{
    struct judge_data *d = ctx;
    const struct rule *r = data_kind(d, rule)->rule;
    bool rows = !d->document && format_family(d->format) == FAM_DATASET;
    return !r || is_quoting(d->in_text) || !judge_full(d->judge, r, s, rows);
}

static void look_part(struct text *t, size_t from, size_t to)
{
    struct judge_data *d = t->d;
    struct look_sink sink = {
        .on_hit = items_hit, .on_note = items_note, .wanted = wanted, .ctx = d, .armed = armed(t)};
    d->shift = from;
    enum st st = d->look(d->look_ctx, slice_sub(t->text, from, to - from), look_kind(t), &sink);
    d->shift = 0;
    if (d->format == FMT_CSV && t->block) items_cells(d, t->text, from, to);
    bool missed = st != ST_OK || d->overflow;
    if (missed) locate(t, from);
    uint64_t offset = t->place.offset;
    judge_items(t);
    if (missed) part_missed(d, st, offset); /* last: it looks at its own evidence */
    d->plain.n = d->extra.n = d->decoded_n = 0;
}

/* The first records of a table are looked at by themselves: they tell what to look for in the rest.
 * Returns where they end; 0: they are all. */
static size_t look_first(struct text *t)
{
    struct judge_data *d = t->d;
    const struct block *b = t->block;
    if (!b || b->kind != BLOCK_RECORDS || !b->ends || d->bytes || d->extra.n) return 0;
    size_t i = 0;
    while (i < b->records && b->ends[i] < ARMED_BYTES) i++;
    if (i + 1 >= b->records || b->ends[i] >= t->text.n) return 0;
    size_t cut = b->ends[i];
    look_part(t, 0, cut);
    d->bytes = cut;
    d->rows = b->first_row + i + 1;
    return cut;
}

static void look_at(struct text *t)
{
    struct judge_data *d = t->d;
    if (!d->look) return;
    if (t->text.n > UINT32_MAX) { /* places are 32 bits wide */
        locate(t, 0);
        judge_missed(d->judge, d->reading, t->place.offset, "A text is too long to be searched",
                     S("more than 4 GiB in one piece"));
        return;
    }
    if (t->block) urllist_look(&d->urls, t->block, items_note, d);
    size_t from = look_first(t);
    look_part(t, from, t->text.n);
}

/* ---- tables ---- */

static void end_table(struct judge_data *d, const struct block_table_end *end)
{
    columns_end(d, end);
    urls_end(d);
    if (d->duplicates.rows) duplicates_say(d);
    d->document = false;
    d->rows = d->blocks = d->bytes = 0;
    if (d->duplicates.rows) duplicates_begin(&d->duplicates);
}

/* A notebook, or JSON that is one object, has no records of its own. */
static bool is_document(const struct judge_data *d, const struct block *b)
{
    if (d->format == FMT_NOTEBOOK) return true;
    struct slice text = slice_trim(slice_sub(b->text, 0, 256));
    return d->format == FMT_JSON && b->kind == BLOCK_RECORDS && b->first_row == 0 &&
           b->records <= 1 && text.n && *text.p == '{';
}

static void judge_block(struct judge_data *d, const struct block *b)
{
    if (b->kind == BLOCK_RECORDS && !d->rows && !d->blocks++) d->document = is_document(d, b);
    struct text t = {.d = d, .text = b->text, .block = b};
    look_at(&t);
    if (b->kind != BLOCK_RECORDS) return;
    d->bytes += b->text.n;
    if (b->first_row + b->records > d->rows) d->rows = b->first_row + b->records;
    columns_block(d, b);
}

struct counting {
    struct duplicates *duplicates;
    const struct block *block;
};

static void count(void *ctx)
{
    struct counting *c = ctx;
    duplicates_block(c->duplicates, c->block);
}

/* A database keeps old versions of its rows; cells of a notebook are no records. */
static bool has_counted_records(struct judge_data *d, const struct block *b)
{
    if (b->kind != BLOCK_RECORDS || d->format == FMT_NOTEBOOK || d->format == FMT_SQLITE)
        return false;
    bool room = duplicates_room(&d->duplicates, d->arena, b);
    if (!room) d->judge->nomem = true;
    return room;
}

static void block(struct judge_data *d, const struct block *b)
{
    bool large = d->judge->look && b->text.n >= ASIDE_LEAST;
    struct aside *aside = large ? look_aside(d->judge->look) : NULL;
    struct counting counting = {&d->duplicates, b};
    struct aside_job job = {.run = count, .ctx = &counting};
    bool counted = has_counted_records(d, b);
    if (counted) aside_do(aside, &job);
    judge_block(d, b);
    if (counted) aside_wait(aside, &job);
}

static void value(struct judge_data *d, const struct block_value *v)
{
    struct text t = {.d = d, .text = v->text, .value = v};
    look_at(&t);
}

/* ---- the layer ---- */

static struct finding base_of(struct judge_data *d)
{
    struct finding f = judge_finding(d->judge, d->reading, "data.malformed", 0);
    f.masked = true;
    for (size_t i = 0; i < f.inner_count; i++) {
        f.inner[i] = arena_copy(d->arena, f.inner[i]);
        if (!f.inner[i].p) d->judge->nomem = true;
    }
    return f;
}

void data_arrive(struct judge_data *d, const struct reading *r)
{
    d->reading = r;
    if (d->here && d->layer == r->layer && d->format == r->format) return;
    end_table(d, NULL);
    d->here = true;
    d->layer = r->layer;
    d->format = r->format;
    d->base = base_of(d);
    d->in_text = circumstance_of(r, false, S(""));
    d->in_records = circumstance_of(r, true, S(""));
}

struct judge_data *data_of(struct judge *j)
{
    if (j->data) return j->data;
    struct judge_data *d = ARENA_NEW(j->arena, struct judge_data);
    if (!d) {
        j->nomem = true;
        return NULL;
    }
    d->judge = j;
    d->arena = j->arena;
    if (j->look) {
        d->look = look_with;
        d->look_ctx = j->look;
    }
    duplicates_begin(&d->duplicates);
    return j->data = d;
}

void data_leave(struct judge *j)
{
    if (!j->data) return;
    end_table(j->data, NULL);
    j->data->here = false;
}

void judge_data(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct judge_data *d = data_of(j);
    if (!d) return;
    data_arrive(d, r);
    switch (ev->kind) {
    case EV_TABLE:
        end_table(d, NULL);
        urllist_begin(&d->urls, ev->table);
        break;
    case EV_BLOCK: block(d, ev->block); break;
    case EV_VALUE: value(d, ev->value); break;
    case EV_TABLE_END:
        end_table(d, ev->table_end);
        j->rows += ev->table_end->records;
        j->has_rows |= format_family(r->format) == FAM_DATASET;
        break;
    default: break;
    }
}
