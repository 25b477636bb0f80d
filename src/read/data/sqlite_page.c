/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite_page.c - leaf pages of table trees.
 *
 *    0D | first free u16 | cells u16 | content u16 | fragments u8 | cell places u16 ...
 *    cell: payload length, row id (varints) | header length, types (varints) | values
 *
 * What goes on in overflow pages is not followed: the part that lies here is told. */
#include "read/data/sqlite_page.h"
#include "base/cursor.h"
#include <stdio.h>

#define LEAF 0x0d

void sqlite_pages_begin(struct render *n, struct slice name)
{
    n->offset = NULL;
    n->plain = name;
    render_table(n, name, NULL, NULL, 0);
}

void sqlite_pages_end(struct render *n)
{
    render_end(n, 0);
}

/* Big-endian, seven bits a byte; the ninth byte has eight. */
static uint64_t varint(struct cursor *k)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 8; i++) {
        uint8_t b = cur_u8(k);
        v = v << 7 | (b & 0x7f);
        if (!(b & 0x80)) return v;
    }
    return v << 8 | cur_u8(k);
}

static uint64_t length_of(uint64_t type)
{
    static const uint8_t lengths[] = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
    return type < 12 ? lengths[type] : (type - 12) / 2;
}

static enum st integer(struct render *n, struct slice raw, uint64_t at)
{
    char text[24];
    uint64_t v = raw.n && raw.p[0] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < raw.n; i++) v = v << 8 | raw.p[i];
    int len = snprintf(text, sizeof text, "%lld", (long long)v);
    return render_value(n, 0, slice_of(text, len > 0 ? (size_t)len : 0), at);
}

static enum st value(struct render *n, uint64_t type, struct slice raw, uint64_t at)
{
    if (type >= 1 && type <= 6) return integer(n, raw, at);
    if (type < 12) return ST_OK; /* NULL, 0, 1, a float */
    return type & 1 ? render_value(n, 0, raw, at) : render_bytes(n, 0, raw, at);
}

static enum st cell(struct render *n, struct cursor k, uint64_t at)
{
    uint64_t payload = varint(&k), row = varint(&k);
    struct cursor types = k;
    uint64_t begin = cur_pos(&k), head = varint(&types);
    enum st st = ST_OK;
    (void)row;
    if (!cur_ok(&types) || head < 2 || head > payload || head > cur_left(&k)) return ST_OK;
    cur_skip(&k, head);
    while (cur_pos(&types) < begin + head && st == ST_OK) {
        uint64_t type = varint(&types), len = length_of(type), left = cur_left(&k);
        uint64_t here = cur_pos(&k);
        struct slice raw = cur_bytes(&k, len < left ? len : left);
        st = value(n, type, raw, at + here);
        if (len > left) break;
    }
    return st == ST_OK ? render_row(n) : st;
}

enum st sqlite_page_rows(struct render *n, uint64_t at, uint64_t size)
{
    struct slice page = slice_sub(n->r->layer->bytes, (size_t)at, (size_t)size);
    struct cursor k = cur_of(page);
    enum st st = ST_OK;
    if (at == 0) cur_skip(&k, 100);
    if (cur_u8(&k) != LEAF) return ST_OK;
    cur_skip(&k, 2);
    uint16_t cells = cur_u16be(&k);
    cur_skip(&k, 3);
    for (uint16_t i = 0; i < cells && i < size / 4 && st == ST_OK; i++) {
        uint16_t place = cur_u16be(&k);
        struct cursor c = cur_of(page);
        cur_seek(&c, place);
        if (!cur_ok(&k) || !cur_ok(&c) || place < 8) return ST_OK;
        st = cell(n, c, at);
    }
    return st;
}
