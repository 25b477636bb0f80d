/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/facet.h"

void facet_put(struct buf *out, const struct facet *f)
{
    struct slice name = slice_sub(f->name, 0, FACET_NAME_MAX);
    struct slice shown = slice_sub(f->shown, 0, facet_shown_max(f->kind));
    buf_byte(out, (uint8_t)f->kind);
    buf_add(out, slice_of(f->digest, FACET_DIGEST));
    buf_u64le(out, f->row);
    buf_u64le(out, f->line);
    buf_u16le(out, (uint16_t)name.n);
    buf_add(out, name);
    buf_u16le(out, (uint16_t)shown.n);
    buf_add(out, shown);
}

bool facet_next(struct cursor *c, struct facet *ret)
{
    if (!cur_left(c)) return false;
    unsigned kind = cur_u8(c);
    struct slice digest = cur_bytes(c, FACET_DIGEST);
    ret->row = cur_u64le(c);
    ret->line = cur_u64le(c);
    ret->name = cur_bytes(c, cur_u16le(c));
    ret->shown = cur_bytes(c, cur_u16le(c));
    ret->kind = kind < FACET_KINDS ? (enum facet_kind)kind : FACET_KEY;
    if (kind >= FACET_KINDS || ret->name.n > FACET_NAME_MAX ||
        ret->shown.n > facet_shown_max(ret->kind))
        c->bad = true;
    if (!cur_ok(c)) return false;
    memcpy(ret->digest, digest.p, FACET_DIGEST);
    return true;
}
