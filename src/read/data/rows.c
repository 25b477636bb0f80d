/* SPDX-License-Identifier: Apache-2.0 */
#include "read/data/rows.h"
#include "port/openssl/digest.h"
#include "read/data/room.h"

#define SMALL 64u /* a value that goes with its head */

bool rows_wanted(const struct reading *r)
{
    return r->rows && !r->layer->depth;
}

/* ---- batches ---- */

/* A row costs who signs it a hundred bytes; a run of equal ones costs the file nothing. */
enum st rows_fit(const struct reading *r, uint64_t first, uint64_t more)
{
    uint64_t bytes = r->layer->bytes.n, all = first + more;
    if (more > ROWS_MAX || first > ROWS_MAX - more) {
        tell_unread(r, UNREAD_LIMIT, 0, bytes, "more than %u rows", ROWS_MAX);
        return ST_LIMIT;
    }
    if (all <= ROWS_FREE || all / ROWS_PER_BYTE <= bytes) return ST_OK;
    tell_unread(r, UNREAD_LIMIT, 0, bytes, "%llu rows in %llu bytes", (unsigned long long)all,
                (unsigned long long)bytes);
    return ST_LIMIT;
}

enum st rows_begin(struct rows *w, uint64_t first, uint64_t count)
{
    w->first = first;
    w->count = count;
    if (!budget_work(w->r->budget, 1 + count)) return ST_LIMIT;
    tell(w->r, &(struct event){.kind = EV_ROWS, .rows = {first, count}});
    return ST_OK;
}

void rows_end(struct rows *w)
{
    tell(w->r, &(struct event){.kind = EV_ROWS_END});
}

static void put(struct rows *w, uint64_t row, const uint8_t *bytes, size_t n)
{
    tell(w->r, &(struct event){.kind = EV_CELL, .cell = {row - w->first, slice_of(bytes, n)}});
}

static size_t head(uint8_t *out, unsigned level, unsigned tag)
{
    size_t n = 0;
    if (level) out[n++] = ROW_MORE;
    if (level) out[n++] = (uint8_t)level;
    out[n++] = (uint8_t)tag;
    return n;
}

static enum st value(struct rows *w, uint64_t row, unsigned level, struct slice s)
{
    uint8_t out[SMALL + 8];
    if (row - w->first >= w->count) return ST_OK;
    if (s.n > UINT32_MAX) return ST_LIMIT;
    size_t n = head(out, level, ROW_VALUE);
    for (unsigned i = 0; i < 4; i++) out[n++] = (uint8_t)(s.n >> 8 * i);
    if (s.n <= SMALL) {
        if (s.n) memcpy(&out[n], s.p, s.n);
        put(w, row, out, n + s.n);
        return ST_OK;
    }
    put(w, row, out, n);
    put(w, row, s.p, s.n);
    return budget_work(w->r->budget, s.n / SMALL) ? ST_OK : ST_LIMIT;
}

/* Big-endian two's complement without the bytes that only repeat the sign. */
static struct slice shortest(struct slice s)
{
    while (s.n > 1 && ((s.p[0] == 0 && s.p[1] < 0x80) || (s.p[0] == 0xff && s.p[1] >= 0x80)))
        s = slice_sub(s, 1, s.n);
    return s;
}

enum st rows_bytes(struct rows *w, uint64_t row, unsigned level, enum row_form form, struct slice s)
{
    return value(w, row, level, form == ROW_DECIMAL ? shortest(s) : s);
}

enum st rows_number(struct rows *w, uint64_t row, unsigned level, enum row_form form, uint64_t v)
{
    uint8_t bytes[8];
    bool high_first = form == ROW_DECIMAL;
    for (unsigned i = 0; i < 8; i++) bytes[high_first ? 7 - i : i] = (uint8_t)(v >> 8 * i);
    return rows_bytes(w, row, level, form, slice_of(bytes, 8));
}

/* As many elements of one row as a number in the file says cost no bytes there. */
static enum st gaps_in_row(struct rows *w, uint64_t row, uint64_t n, const uint8_t *out,
                           size_t size)
{
    enum st st = room_pay(w->r, n);
    if (row - w->first >= w->count) return st;
    for (uint64_t i = 0; i < n && st == ST_OK; i++) put(w, row, out, size);
    return st;
}

enum st rows_gap(struct rows *w, uint64_t row, uint64_t n, unsigned level, struct row_gap gap)
{
    uint8_t out[4];
    size_t size = head(out, level, gap.tag);
    uint64_t from = row > w->first ? row : w->first, end = w->first + w->count;
    uint64_t to = row + n < end ? row + n : end;
    out[size++] = gap.depth;
    if (level) return gaps_in_row(w, row, n, out, size);
    if (from < to && !budget_work(w->r->budget, (to - from) / 4)) return ST_LIMIT;
    for (uint64_t i = from; i < to; i++) put(w, i, out, size);
    return ST_OK;
}

/* ---- columns ---- */

static void add_text(struct digest *d, struct slice s)
{
    uint8_t n[4];
    for (unsigned i = 0; i < 4; i++) n[i] = (uint8_t)(s.n >> 8 * i);
    digest_add(d, slice_of(n, sizeof n));
    digest_add(d, s);
}

void rows_digest(const struct row_column *list, size_t count, uint8_t ret[32])
{
    struct digest d;
    digest_start(&d);
    digest_add(&d, S("merlon row 1\n"));
    for (size_t i = 0; i < count; i++) {
        add_text(&d, list[i].name);
        add_text(&d, list[i].type);
    }
    digest_finish(&d, ret);
}
