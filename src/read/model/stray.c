/* SPDX-License-Identifier: Apache-2.0 */
#include "read/model/stray.h"
#include "base/cursor.h"

enum st stray_push(struct reading *r, struct slice name, uint64_t off, uint64_t n)
{
    struct slice bytes = slice_sub(r->layer->bytes, (size_t)off, (size_t)n);
    if (!bytes.n) return ST_OK;
    struct slice kept = arena_copy(r->arena, slice_sub(name, 0, 200));
    if (!kept.p) return ST_NOMEM;
    tell_blob(r, bytes, off);
    struct member m = {
        .name = kept, .packed = bytes, .offset = off, .codec = CODEC_STORED, .unpacked = bytes.n};
    return reading_push(r, &m);
}

/* PROTO 2..5, then an opcode that honest writers put first, and STOP as the very last byte. */
static bool whole_pickle(struct slice s)
{
    struct cursor c = cur_of(s);
    uint8_t proto = cur_u8(&c), version = cur_u8(&c), op = cur_u8(&c);
    if (!cur_ok(&c) || proto != 0x80 || version < 2 || version > 5) return false;
    size_t end = s.n;
    while (end > 3 && s.p[end - 1] == 0) end--; /* padding to a whole element */
    if (s.p[end - 1] != '.') return false;
    if (op == 0x95) return cur_u64le(&c) <= cur_left(&c);
    return strchr("c](}XKJGN\x8c\x8a", op) != NULL && op != 0;
}

static bool script(struct slice s)
{
    return slice_starts(s, S("#!/")) || slice_starts(s, S("#! /"));
}

bool stray_looks_foreign(struct slice s)
{
    static const struct slice magics[] = {
        {(const uint8_t *)"PK\3\4", 4},
        {(const uint8_t *)"\x1f\x8b\x08\0", 4},
        {(const uint8_t *)"\xfd"
                          "7zXZ\0",
         6},
        {(const uint8_t *)"7z\xbc\xaf\x27\x1c", 6},
        {(const uint8_t *)"BZh91AY&SY", 10},
        {(const uint8_t *)"\x28\xb5\x2f\xfd", 4},
        {(const uint8_t *)"\x04\x22\x4d\x18", 4},
    };
    for (size_t i = 0; i < COUNT_OF(magics); i++)
        if (slice_starts(s, magics[i])) return true;
    return script(s) || whole_pickle(s) || slice_eq(slice_sub(s, 257, 5), S("ustar"));
}
