/* SPDX-License-Identifier: Apache-2.0 */
/* tfrecord.c - records of TensorFlow, most of them protobuf messages of tf.train.Example.
 *
 *    length u64 | masked CRC-32C of it | data | masked CRC-32C of the data
 *
 *    Example          1: Features
 *    SequenceExample  1: Features (context) 2: { 1: name, 2: FeatureList }
 *    Features         1: { 1: name, 2: Feature }
 *    FeatureList      1: Feature ...
 *    Feature          1: bytes_list 2: float_list 3: int64_list
 *
 * Features are the columns, in the order of the first record; later ones have a name and no number.
 * Records that are no such message are told as they are. */
#include "read/data/tfrecord.h"
#include "base/crc32c.h"
#include "base/cursor.h"
#include "base/map.h"
#include "read/data/render.h"
#include <stdio.h>

#define NAMES_MAX  4096u
#define NUMBER_MIN 1000000 /* shorter numbers identify nobody */
#define BAD_MAX    16u     /* told one by one */

struct records {
    struct reading *r;
    struct render render;
    struct map names; /* of features -> their number + 1 */
    struct slice *columns;
    size_t count;
    uint64_t base; /* of the record's data in the layer */
    struct slice data;
    uint64_t rows, bad;
    bool naming; /* the first record: names only */
    enum st st;
};

/* ---- frames ---- */

static bool crc_fits(struct slice s, uint32_t masked)
{
    uint32_t crc = crc32c_add(0, s);
    return masked == (crc >> 15 | crc << 17) + 0xa282ead8u;
}

bool tfrecord_frame(struct slice bytes, uint64_t at, struct tfrecord_frame *ret)
{
    struct cursor k = cur_of(bytes);
    cur_seek(&k, at);
    struct cursor length = k;
    struct slice head = cur_bytes(&length, 8);
    *ret = (struct tfrecord_frame){.at = at, .size = cur_u64le(&k)};
    ret->length_good = crc_fits(head, cur_u32le(&k)) && cur_ok(&k);
    ret->data = cur_bytes(&k, ret->size);
    uint32_t crc = cur_u32le(&k);
    if (!cur_ok(&k)) return false;
    ret->data_good = crc_fits(ret->data, crc);
    return true;
}

/* ---- protobuf ---- */

struct field {
    uint64_t number, varint;
    struct slice bytes; /* of fields with a length */
    uint64_t at;        /* of bytes in the layer */
    unsigned wire;
};

/* The next field of a message; false at its end, or when it is none. */
static bool next_field(struct cursor *k, uint64_t base, struct field *f)
{
    if (!cur_left(k)) return false;
    uint64_t tag = cur_varint(k);
    *f = (struct field){.number = tag >> 3, .wire = tag & 7};
    switch (f->wire) {
    case 0: f->varint = cur_varint(k); break;
    case 1: f->bytes = cur_bytes(k, 8); break;
    case 2: {
        uint64_t n = cur_varint(k);
        f->at = base + cur_pos(k);
        f->bytes = cur_bytes(k, n);
        break;
    }
    case 5: f->bytes = cur_bytes(k, 4); break;
    default: k->bad = true;
    }
    if (!f->number) k->bad = true;
    return cur_ok(k);
}

static bool number(struct records *t, size_t column, uint64_t v, uint64_t at)
{
    char text[24];
    int64_t value = (int64_t)v;
    if (value > -NUMBER_MIN && value < NUMBER_MIN) {
        t->render.partly = true;
        return true;
    }
    int n = snprintf(text, sizeof text, "%lld", (long long)value);
    t->st = render_value(&t->render, column, slice_of(text, n > 0 ? (size_t)n : 0), at);
    return t->st == ST_OK;
}

/* Numbers are packed into one field, or each a field of its own. */
static void numbers(struct records *t, size_t column, struct slice list, uint64_t at)
{
    struct cursor k = cur_of(list);
    struct field f;
    while (next_field(&k, at, &f)) {
        struct cursor packed = cur_of(f.bytes);
        if (f.wire == 0 && !number(t, column, f.varint, at)) return;
        while (f.wire == 2 && cur_left(&packed))
            if (!number(t, column, cur_varint(&packed), f.at)) return;
    }
}

static void texts(struct records *t, size_t column, struct slice list, uint64_t at)
{
    struct cursor k = cur_of(list);
    struct field f;
    while (t->st == ST_OK && next_field(&k, at, &f))
        if (f.wire == 2) t->st = render_bytes(&t->render, column, f.bytes, f.at);
}

static void feature(struct records *t, size_t column, struct slice message, uint64_t at)
{
    struct cursor k = cur_of(message);
    struct field f;
    while (t->st == ST_OK && next_field(&k, at, &f)) {
        if (!budget_work(t->r->budget, 4)) t->st = ST_LIMIT;
        if (f.number == 1 && f.wire == 2) texts(t, column, f.bytes, f.at);
        if (f.number == 2) t->render.partly = true; /* floats are nobody's */
        if (f.number == 3 && f.wire == 2) numbers(t, column, f.bytes, f.at);
    }
}

/* The column of a name; a new one when it is not known yet. */
static bool column_of(struct records *t, struct slice name, size_t *ret)
{
    union map_value v;
    if (map_get(&t->names, name, &v)) {
        *ret = (size_t)v.num;
        return true;
    }
    if (t->count == NAMES_MAX) {
        *ret = NAMES_MAX - 1;
        return true;
    }
    struct slice kept = arena_copy(t->r->arena, slice_sub(name, 0, 256));
    *ret = t->count;
    t->columns[t->count++] = kept;
    v.num = *ret;
    return kept.p && map_put(&t->names, kept, v, NULL);
}

/* { 1: name, 2: Feature or FeatureList } */
static void entry(struct records *t, struct slice message, uint64_t at, bool list)
{
    struct cursor k = cur_of(message);
    struct field f, value = {0};
    struct slice name = {0};
    size_t column;
    while (next_field(&k, at, &f)) {
        if (f.number == 1 && f.wire == 2) name = f.bytes;
        if (f.number == 2 && f.wire == 2) value = f;
    }
    if (!column_of(t, name, &column)) t->st = ST_NOMEM;
    if (t->st != ST_OK || t->naming) return;
    if (!list) {
        feature(t, column, value.bytes, value.at);
        return;
    }
    k = cur_of(value.bytes);
    while (t->st == ST_OK && next_field(&k, value.at, &f))
        if (f.number == 1 && f.wire == 2) feature(t, column, f.bytes, f.at);
}

static void entries(struct records *t, struct slice message, uint64_t at, bool list)
{
    struct cursor k = cur_of(message);
    struct field f;
    while (t->st == ST_OK && next_field(&k, at, &f)) {
        if (!budget_work(t->r->budget, 4)) t->st = ST_LIMIT;
        if (f.number == 1 && f.wire == 2) entry(t, f.bytes, f.at, list);
    }
}

/* Does every field read as what an Example has, down to the names? */
static bool is_example(struct slice data)
{
    struct cursor k = cur_of(data);
    struct field f;
    unsigned fields = 0;
    while (next_field(&k, 0, &f)) {
        if (f.number > 2 || f.wire != 2) return false;
        struct cursor inner = cur_of(f.bytes);
        struct field e;
        while (next_field(&inner, 0, &e))
            if (e.number != 1 || e.wire != 2) return false;
        if (!cur_ok(&inner)) return false;
        fields++;
    }
    return cur_ok(&k) && fields;
}

static void example(struct records *t, struct slice data, uint64_t at)
{
    struct cursor k = cur_of(data);
    struct field f;
    while (t->st == ST_OK && next_field(&k, at, &f))
        if (f.wire == 2) entries(t, f.bytes, f.at, f.number == 2);
}

/* ---- records ---- */

static void tell_bad(struct records *t, const struct tfrecord_frame *f, const char *what)
{
    char detail[100];
    int n = snprintf(detail, sizeof detail, "the checksum of the record's %s is wrong", what);
    struct event ev = {.kind = EV_ANOMALY,
                       .offset = f->at,
                       .row = t->rows + 1,
                       .anomaly = {ANOMALY_MALFORMED, slice_of(detail, n > 0 ? (size_t)n : 0)}};
    if (t->bad++ < BAD_MAX) tell(t->r, &ev);
}

static void record(struct records *t, const struct tfrecord_frame *f)
{
    size_t column = 0;
    t->base = f->at + 12;
    if (is_example(f->data))
        example(t, f->data, t->base);
    else if (!column_of(t, S("record"), &column))
        t->st = ST_NOMEM;
    else if (!t->naming)
        t->st = render_bytes(&t->render, column, f->data, t->base);
}

/* The names of the first record's features are the table's columns. */
static enum st begin(struct records *t)
{
    struct tfrecord_frame f;
    t->columns = ARENA_ARRAY(t->r->arena, struct slice, NAMES_MAX);
    if (!t->columns) return ST_NOMEM;
    map_init(&t->names, t->r->arena, 0);
    t->naming = true;
    if (tfrecord_frame(t->r->layer->bytes, 0, &f)) record(t, &f);
    t->naming = false;
    if (t->st != ST_OK) return t->st;
    enum st st = render_init(&t->render, t->r);
    if (st == ST_OK) render_table(&t->render, S("records"), t->columns, t->columns, t->count);
    return st;
}

static enum st lost(struct records *t, uint64_t at, const struct tfrecord_frame *f)
{
    struct slice rest = slice_sub(t->r->layer->bytes, (size_t)at, SIZE_MAX);
    struct event ev = {.kind = EV_ANOMALY,
                       .offset = at,
                       .row = t->rows + 1,
                       .anomaly = {f->length_good ? ANOMALY_TRUNCATED : ANOMALY_MALFORMED,
                                   f->length_good
                                       ? S("the record goes on behind the end of the file")
                                       : S("no record begins here")}};
    tell(t->r, &ev);
    return f->length_good ? ST_OK : reading_push_stray(t->r, "(trailing bytes)", rest, at);
}

static enum st walk(struct records *t)
{
    uint64_t at = 0, released = 0;
    while (at < t->r->layer->bytes.n) {
        struct tfrecord_frame f;
        bool whole = tfrecord_frame(t->r->layer->bytes, at, &f);
        if (!budget_work(t->r->budget, 8 + f.data.n / 64)) return ST_LIMIT;
        if (!whole || (!f.length_good && !f.data_good)) return lost(t, at, &f);
        if (!f.length_good) tell_bad(t, &f, "length");
        if (!f.data_good) tell_bad(t, &f, "data");
        record(t, &f);
        if (t->st == ST_OK) t->st = render_row(&t->render);
        if (t->st != ST_OK) return t->st;
        t->rows++;
        at += f.size + 16;
        if (at - released > 8u << 20) {
            layer_release(t->r->layer, released, at - released);
            released = at;
        }
    }
    return ST_OK;
}

enum st tfrecord_read(struct reading *r)
{
    struct records *t = ARENA_NEW(r->arena, struct records);
    if (!t) return ST_NOMEM;
    t->r = r;
    tell_format(r, FMT_TFRECORD, NULL);
    enum st st = begin(t);
    if (st != ST_OK) return st;
    st = walk(t);
    if (t->bad > BAD_MAX)
        tell_anomaly(r, ANOMALY_MALFORMED, 0, "%llu records have a wrong checksum",
                     (unsigned long long)t->bad);
    if (st == ST_NOMEM) return st;
    render_end(&t->render, t->bad);
    tell_card_number(r, CARD_COLUMNS, t->count);
    return st;
}
