/* SPDX-License-Identifier: Apache-2.0 */
/* zip_find.c - backwards from the end, as zipfile and miniz do. */
#include "read/archive/zip_find.h"
#include "base/cursor.h"

#define END_SIZE      22u
#define COMMENT_MOST  65535u
#define LOCATOR_SIZE  20u
#define END64_SIZE    56u
#define END_MAGIC     0x06054b50u
#define LOCATOR_MAGIC 0x07064b50u
#define END64_MAGIC   0x06064b50u
#define CENTRAL_MAGIC 0x02014b50u

static bool magic_at(const struct cursor *c, uint64_t pos, uint32_t magic)
{
    struct cursor sub = cur_sub(c, pos, 4);
    return cur_u32le(&sub) == magic && cur_ok(&sub);
}

/* ZIP64: the locator stands before the end record and points to the real numbers; a prefix moves
 * the record, so the place right before the locator is tried as well. */
static void read_end64(const struct cursor *c, struct zip_end *e)
{
    if (e->pos < LOCATOR_SIZE || !magic_at(c, e->pos - LOCATOR_SIZE, LOCATOR_MAGIC)) return;
    struct cursor locator = cur_sub(c, e->pos - LOCATOR_SIZE, LOCATOR_SIZE);
    cur_skip(&locator, 8);
    uint64_t at = cur_u64le(&locator);
    uint64_t near = e->pos - LOCATOR_SIZE;
    near = near >= END64_SIZE ? near - END64_SIZE : 0;
    if (!magic_at(c, at, END64_MAGIC)) at = near;
    if (!magic_at(c, at, END64_MAGIC)) return;
    struct cursor z = cur_sub(c, at, END64_SIZE);
    cur_skip(&z, 32);
    uint64_t count = cur_u64le(&z), size = cur_u64le(&z), offset = cur_u64le(&z);
    if (!cur_ok(&z)) return;
    e->tail = at;
    e->count = count;
    e->cd_size = size;
    e->cd_offset = offset;
}

static bool read_end(const struct cursor *c, uint64_t pos, struct zip_end *e)
{
    struct cursor r = cur_sub(c, pos, END_SIZE);
    if (cur_u32le(&r) != END_MAGIC || !cur_ok(&r)) return false;
    *e = (struct zip_end){.pos = pos, .tail = pos};
    uint16_t disk = cur_u16le(&r), directory_disk = cur_u16le(&r), here = cur_u16le(&r);
    e->count = cur_u16le(&r);
    e->spanned = (disk | directory_disk) != 0 || here != e->count;
    if (disk == 0xffff && directory_disk == 0xffff) e->spanned = false; /* see ZIP64 */
    e->cd_size = cur_u32le(&r);
    e->cd_offset = cur_u32le(&r);
    e->after = pos + END_SIZE + cur_u16le(&r);
    e->cut = e->after > c->len;
    if (e->cut) e->after = c->len;
    read_end64(c, e);
    e->cd_pos = e->cd_size <= e->tail ? e->tail - e->cd_size : e->cd_offset;
    e->at_pos = magic_at(c, e->cd_pos, CENTRAL_MAGIC);
    e->at_offset = e->cd_offset != e->cd_pos && magic_at(c, e->cd_offset, CENTRAL_MAGIC);
    bool empty = e->count == 0 && e->cd_size == 0;
    return empty || e->at_pos || e->at_offset;
}

bool zip_find_end(struct slice bytes, struct zip_end *ret)
{
    struct cursor c = cur_of(bytes);
    size_t window = END_SIZE + COMMENT_MOST;
    size_t from = bytes.n > window ? bytes.n - window : 0;
    struct slice tail = slice_sub(bytes, from, bytes.n);
    for (size_t n = tail.n; n >= END_SIZE;) {
        size_t p = slice_rfind_byte(slice_sub(tail, 0, n - (END_SIZE - 1)), 'P');
        if (p == SIZE_MAX) return false;
        if (read_end(&c, from + p, ret)) return true;
        n = p + END_SIZE - 1;
    }
    return false;
}
