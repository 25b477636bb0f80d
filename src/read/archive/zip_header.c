/* SPDX-License-Identifier: Apache-2.0 */
#include "read/archive/zip_header.h"

#define ZIP64_EXTRA 1
#define SEE_ZIP64   0xffffffffu

/* The ZIP64 extra field holds only those numbers that do not fit, in this order. */
static void resolve64(struct slice extra, struct zip_header *h)
{
    struct cursor c = cur_of(extra);
    while (cur_left(&c) >= 4) {
        uint16_t id = cur_u16le(&c), n = cur_u16le(&c);
        struct cursor field = cur_of(cur_bytes(&c, n));
        if (!cur_ok(&c)) h->extra_bad = true;
        if (id != ZIP64_EXTRA || !cur_ok(&c)) continue;
        uint64_t *wide[] = {&h->unpacked, &h->packed, &h->local};
        for (size_t i = 0; i < 3; i++)
            if (*wide[i] == SEE_ZIP64 && cur_left(&field) >= 8) *wide[i] = cur_u64le(&field);
        return;
    }
}

bool zip_central(struct cursor *c, struct zip_header *ret)
{
    struct zip_header h = {0};
    if (cur_u32le(c) != ZIP_CENTRAL_MAGIC) return false;
    cur_skip(c, 4);
    h.flags = cur_u16le(c);
    h.method = cur_u16le(c);
    cur_skip(c, 4);
    h.crc = cur_u32le(c);
    h.packed = cur_u32le(c);
    h.unpacked = cur_u32le(c);
    uint16_t name = cur_u16le(c), extra = cur_u16le(c), comment = cur_u16le(c);
    cur_skip(c, 4);
    h.attributes = cur_u32le(c);
    h.local = cur_u32le(c);
    h.name = cur_bytes(c, name);
    resolve64(cur_bytes(c, extra), &h);
    cur_skip(c, comment);
    *ret = h;
    return cur_ok(c);
}

bool zip_local(struct cursor *c, struct zip_header *ret)
{
    struct zip_header h = {0};
    if (cur_u32le(c) != ZIP_LOCAL_MAGIC) return false;
    cur_skip(c, 2);
    h.flags = cur_u16le(c);
    h.method = cur_u16le(c);
    cur_skip(c, 4);
    h.crc = cur_u32le(c);
    h.packed = cur_u32le(c);
    h.unpacked = cur_u32le(c);
    uint16_t name = cur_u16le(c), extra = cur_u16le(c);
    h.name = cur_bytes(c, name);
    resolve64(cur_bytes(c, extra), &h);
    *ret = h;
    return cur_ok(c);
}
