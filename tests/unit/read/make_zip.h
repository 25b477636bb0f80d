/* SPDX-License-Identifier: Apache-2.0 */
/* make_zip.h - small ZIP archives, with whatever is wrong about them. */
#pragma once
#include "base/buf.h"
#include "port/deflate/crc.h"

struct zip_part {
    const char *name;
    struct slice packed;
    uint16_t method, flags;
    uint32_t crc; /* of the unpacked bytes */
    uint32_t size;
    uint32_t attributes;
    const char *local_name; /* NULL: the same */
    uint16_t local_method_xor, local_flags_xor;
    struct slice local_extra; /* field behind field: id:u16 size:u16 ... */
    bool unlisted, unwritten; /* no directory entry; no local header */
    uint32_t at;              /* filled in: place of the local header */
};

static inline struct zip_part zip_stored(const char *name, struct slice bytes)
{
    return (struct zip_part){
        .name = name, .packed = bytes, .crc = crc32_add(0, bytes), .size = (uint32_t)bytes.n};
}

static inline void zip_put_local(struct buf *b, struct zip_part *p)
{
    const char *name = p->local_name ? p->local_name : p->name;
    p->at = (uint32_t)b->n;
    buf_u32le(b, 0x04034b50);
    buf_u16le(b, 20);
    buf_u16le(b, p->flags ^ p->local_flags_xor);
    buf_u16le(b, p->method ^ p->local_method_xor);
    buf_u32le(b, 0);
    buf_u32le(b, p->crc);
    buf_u32le(b, (uint32_t)p->packed.n);
    buf_u32le(b, p->size);
    buf_u16le(b, (uint16_t)strlen(name));
    buf_u16le(b, (uint16_t)p->local_extra.n);
    buf_str(b, name);
    buf_add(b, p->local_extra);
    buf_add(b, p->packed);
}

static inline void zip_put_central(struct buf *b, const struct zip_part *p, uint32_t base)
{
    buf_u32le(b, 0x02014b50);
    buf_u16le(b, 0x0314);
    buf_u16le(b, 20);
    buf_u16le(b, p->flags);
    buf_u16le(b, p->method);
    buf_u32le(b, 0);
    buf_u32le(b, p->crc);
    buf_u32le(b, (uint32_t)p->packed.n);
    buf_u32le(b, p->size);
    buf_u16le(b, (uint16_t)strlen(p->name));
    buf_fill(b, 0, 8);
    buf_u32le(b, p->attributes);
    buf_u32le(b, p->at - base);
    buf_str(b, p->name);
}

/* Appends an archive to b; offsets count from `base`. */
static inline void zip_put(struct buf *b, struct zip_part *parts, size_t n, uint32_t base)
{
    uint16_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (!parts[i].unwritten) zip_put_local(b, &parts[i]);
    uint32_t at = (uint32_t)b->n;
    for (size_t i = 0; i < n; i++) {
        if (parts[i].unlisted) continue;
        zip_put_central(b, &parts[i], base);
        count++;
    }
    uint32_t end = (uint32_t)b->n;
    buf_u32le(b, 0x06054b50);
    buf_u32le(b, 0);
    buf_u16le(b, count);
    buf_u16le(b, count);
    buf_u32le(b, end - at);
    buf_u32le(b, at - base);
    buf_u16le(b, 0);
}
