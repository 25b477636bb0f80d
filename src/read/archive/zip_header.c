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

/* Times, owners, padding, Unicode names, encryption, platform attributes. */
static const uint16_t known_extras[] = {0x0001, 0x0007, 0x000a, 0x000d, 0x0017, 0x4246,
                                        0x5455, 0x5855, 0x6375, 0x7075, 0x7855, 0x7875,
                                        0x9901, 0xa220, 0xcafe, 0xd935};

#define STRANGE_LEAST 16u

struct slice zip_strange_extra(struct slice *extra)
{
    struct cursor c = cur_of(*extra);
    while (cur_left(&c) >= 4) {
        uint16_t id = cur_u16le(&c), n = cur_u16le(&c);
        struct slice field = cur_bytes(&c, n);
        bool known = false;
        for (size_t i = 0; i < sizeof known_extras / sizeof *known_extras; i++)
            known = known || known_extras[i] == id;
        if (!cur_ok(&c)) break;
        *extra = cur_rest(&c);
        if (!known && field.n >= STRANGE_LEAST) return field;
    }
    return slice_of(NULL, 0);
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
    h.extra = cur_bytes(c, extra);
    resolve64(h.extra, &h);
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
    h.extra = cur_bytes(c, extra);
    resolve64(h.extra, &h);
    *ret = h;
    return cur_ok(c);
}
