/* SPDX-License-Identifier: Apache-2.0 */
/* make_parquet.h - Parquet files with one column, every number of which a test may choose.
 * Owns: the buffers in struct pq, until pq_done(). */
#pragma once
#include "../test.h"
#include "base/buf.h"
#include "port/deflate/crc.h"

struct pq {
    struct buf file;
    int64_t first_page, dictionary; /* where they lie; 0: none */
    int64_t values;                 /* of all pages so far */
    /* the footer; pq_init() gives an optional column of strings called "note" */
    int type, repetition, converted, length, codec;
    const char *path;
    int64_t rows, group_rows, declared; /* < 0: as many as there are */
    int64_t packed, data_at;            /* < 0: as it is */
    bool encrypted_column, encrypted_file;
    const char *elsewhere; /* the file that the column says it lies in; NULL: this one */
    bool no_columns;       /* the row group does not name any */
};

static inline void pq_varint(struct buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7) buf_byte(b, (uint8_t)(v | 0x80));
    buf_byte(b, (uint8_t)v);
}

static inline void pq_zigzag(struct buf *b, int64_t v)
{
    pq_varint(b, (uint64_t)v << 1 ^ (uint64_t)(v >> 63));
}

/* Thrift fields: the id counts from the last one. */
static inline void pq_int(struct buf *b, int delta, int64_t v)
{
    buf_byte(b, (uint8_t)(delta << 4 | 6));
    pq_zigzag(b, v);
}

static inline void pq_bytes(struct buf *b, int delta, struct slice s)
{
    buf_byte(b, (uint8_t)(delta << 4 | 8));
    pq_varint(b, s.n);
    buf_add(b, s);
}

static inline void pq_open(struct buf *b, int delta)
{
    buf_byte(b, (uint8_t)(delta << 4 | 12));
}

static inline void pq_list(struct buf *b, int delta, int type, int count)
{
    buf_byte(b, (uint8_t)(delta << 4 | 9));
    buf_byte(b, (uint8_t)(count << 4 | type));
}

static inline void pq_stop(struct buf *b)
{
    buf_byte(b, 0);
}

static inline void pq_init(struct pq *q)
{
    *q = (struct pq){.type = 6, .repetition = 1, .converted = 0, .path = "note", .rows = -1};
    q->group_rows = q->declared = q->packed = q->data_at = -1;
    buf_init(&q->file, 1u << 20);
    buf_str(&q->file, "PAR1");
}

static inline void pq_done(struct pq *q)
{
    buf_done(&q->file);
}

enum { PQ_NO_CRC, PQ_CRC, PQ_BAD_CRC };

struct pq_page {
    int kind;                           /* 0 data, 2 dictionary, 3 data v2 */
    int64_t values, encoding, unpacked; /* unpacked < 0: as long as the body */
    int64_t levels;                     /* encoding of the levels; v2: bytes of the definitions */
    int64_t nulls, rows;                /* v2 */
    int crc;
};

static inline void pq_page_header(struct buf *b, const struct pq_page *p, struct slice body)
{
    pq_int(b, 1, p->kind);
    pq_int(b, 1, p->unpacked < 0 ? (int64_t)body.n : p->unpacked);
    pq_int(b, 1, (int64_t)body.n);
    if (p->crc) pq_int(b, 1, (int32_t)(crc32_add(0, body) ^ (p->crc == PQ_BAD_CRC)));
    int last = p->crc ? 4 : 3, inner = p->kind == 0 ? 5 : p->kind == 2 ? 7 : 8;
    pq_open(b, inner - last);
    pq_int(b, 1, p->values);
    if (p->kind == 3) {
        pq_int(b, 1, p->nulls);
        pq_int(b, 1, p->rows);
    }
    pq_int(b, 1, p->encoding);
    if (p->kind != 2) pq_int(b, 1, p->levels);
    if (p->kind != 2) pq_int(b, 1, p->kind == 0 ? p->levels : 0);
    pq_stop(b);
    pq_stop(b);
}

static inline void pq_add(struct pq *q, struct pq_page page, struct slice body)
{
    int64_t at = (int64_t)q->file.n;
    if (page.kind == 2) q->dictionary = at;
    if (page.kind != 2 && !q->first_page) q->first_page = at;
    if (page.kind != 2) q->values += page.values;
    pq_page_header(&q->file, &page, body);
    buf_add(&q->file, body);
}

static inline void pq_schema(struct buf *b, const struct pq *q)
{
    pq_list(b, 1, 12, 2);
    pq_bytes(b, 4, S("schema"));
    pq_int(b, 1, 1);
    pq_stop(b);
    pq_int(b, 1, q->type);
    pq_int(b, 1, q->length);
    pq_int(b, 1, q->repetition);
    pq_bytes(b, 1, S("note"));
    if (q->converted >= 0) pq_int(b, 2, q->converted);
    pq_stop(b);
}

static inline void pq_column(struct buf *b, const struct pq *q, int64_t end)
{
    int64_t from = q->dictionary ? q->dictionary : q->first_page;
    if (q->elsewhere) pq_bytes(b, 1, slice_str(q->elsewhere));
    pq_int(b, q->elsewhere ? 1 : 2, from);
    pq_open(b, 1);
    pq_int(b, 1, q->type);
    pq_list(b, 1, 5, 1);
    pq_zigzag(b, 0);
    pq_list(b, 1, 8, 1);
    pq_varint(b, strlen(q->path));
    buf_str(b, q->path);
    pq_int(b, 1, q->codec);
    pq_int(b, 1, q->declared < 0 ? q->values : q->declared);
    pq_int(b, 1, end - from);
    pq_int(b, 1, q->packed < 0 ? end - from : q->packed);
    pq_int(b, 2, q->data_at < 0 ? q->first_page : q->data_at);
    if (q->dictionary) pq_int(b, 2, q->dictionary);
    pq_stop(b);
    if (q->encrypted_column) {
        pq_open(b, 5);
        pq_stop(b);
    }
    pq_stop(b);
}

/* The footer; what the file is now. */
static inline struct slice pq_finish(struct pq *q)
{
    struct buf b;
    int64_t end = (int64_t)q->file.n, rows = q->rows < 0 ? q->values : q->rows;
    buf_init(&b, 1u << 16);
    pq_int(&b, 1, 1);
    pq_schema(&b, q);
    pq_int(&b, 1, rows);
    pq_list(&b, 1, 12, 1);
    if (!q->no_columns) pq_list(&b, 1, 12, 1);
    if (!q->no_columns) pq_column(&b, q, end);
    pq_int(&b, q->no_columns ? 2 : 1, end);
    pq_int(&b, 1, q->group_rows < 0 ? rows : q->group_rows);
    pq_stop(&b);
    pq_bytes(&b, 2, S("a test"));
    if (q->encrypted_file) {
        pq_open(&b, 2);
        pq_stop(&b);
    }
    pq_stop(&b);
    buf_add(&q->file, buf_slice(&b));
    buf_u32le(&q->file, (uint32_t)b.n);
    buf_str(&q->file, "PAR1");
    buf_done(&b);
    return buf_slice(&q->file);
}

/* PLAIN strings. */
static inline void pq_text(struct buf *b, const char *text)
{
    buf_u32le(b, (uint32_t)strlen(text));
    buf_str(b, text);
}

/* One run of `count` times `value`, as levels of version 1 with their length before them. */
static inline void pq_run(struct buf *b, uint64_t count, unsigned value, bool length)
{
    struct buf run;
    buf_init(&run, 64);
    pq_varint(&run, count << 1);
    buf_byte(&run, (uint8_t)value);
    if (length) buf_u32le(b, (uint32_t)run.n);
    buf_add(b, buf_slice(&run));
    buf_done(&run);
}

enum { PLAIN = 0, RLE = 3, BIT_PACKED = 4, DELTA_LENGTH = 6, DELTA_BYTES = 7, DICTIONARY = 8 };

/* A page of count times index `index` of a dictionary, in a required column. */
static inline void pq_index_run(struct pq *q, uint64_t count, unsigned index)
{
    struct buf b;
    buf_init(&b, 100);
    buf_byte(&b, 2); /* bits */
    pq_run(&b, count, index, false);
    pq_add(q,
           (struct pq_page){
               .values = (int64_t)count, .encoding = DICTIONARY, .unpacked = -1, .levels = RLE},
           buf_slice(&b));
    buf_done(&b);
}
