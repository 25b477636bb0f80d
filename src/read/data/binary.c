/* SPDX-License-Identifier: Apache-2.0 */
#include "read/data/binary.h"
#include "base/utf8.h"
#include "read/readers.h"

#define HEAD_MAX      256u /* bytes that tell most of what is no text */
#define MEMBER_LEAST  16u
#define BLOB_LEAST    64u
#define PICTURE_LEAST 64u
#define LYING_MAX     100000u /* members that lie in the layer */
#define COPIES_MAX    1024u   /* and those that do not */
#define COPIED_MAX    ((uint64_t)48 << 20)

/* ---- text ---- */

/* No control characters but white space, and UTF-8 (a character may be cut at the end). */
static bool clean_head(struct slice value)
{
    struct slice head = slice_sub(value, 0, HEAD_MAX);
    for (size_t at = 0, n; at < head.n; at += n) {
        uint32_t code;
        n = utf8_next(head, at, &code);
        if (!n) return at && head.n - at < 4 && value.n > head.n;
        if (code == 0x7f || (code < ' ' && !(code >= '\t' && code <= '\r'))) return false;
    }
    return true;
}

static bool clean(struct slice s)
{
    if (!utf8_valid(s)) return false;
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < '\t' || (s.p[i] > '\r' && s.p[i] < ' ') || s.p[i] == 0x7f) return false;
    return true;
}

/* ---- files ---- */

/* Columns hold vectors, digests and ciphertext, too: among a million of those some begin like a
 * pickle or a compressed stream. Only beginnings that chance does not make are believed. */
static bool believed(enum format f, struct slice bytes)
{
    struct slice trimmed = bytes;
    bool proto = bytes.p[0] == 0x80 && bytes.p[1] >= 2 && bytes.p[1] <= 5;
    switch (f) {
    case FMT_PICKLE:
    case FMT_JOBLIB:
        while (trimmed.n && !trimmed.p[trimmed.n - 1]) trimmed.n--;
        return proto ? bytes.p[1] < 4 || bytes.p[2] == 0x95 || slice_ends(trimmed, S("."))
                     : slice_ends(trimmed, S(".")) && slice_find_byte(bytes, '\n') != SIZE_MAX;
    case FMT_ZLIB:
        return bytes.p[0] == 0x78 && strchr("\x01\x5e\x9c\xda", bytes.p[1]) && bytes.p[1];
    case FMT_IMAGE: return bytes.n >= PICTURE_LEAST || bytes.p[0] != 0xff;
    case FMT_LZMA:
    case FMT_ONNX:
    case FMT_SAVEDMODEL:
    case FMT_JINJA: return false;
    default: return true;
    }
}

static bool is_file(struct slice bytes)
{
    enum format as[SNIFF_MAX];
    return bytes.n >= MEMBER_LEAST && sniff(bytes, S(""), as) && believed(as[0], bytes);
}

bool binary_is_text(struct slice value)
{
    if (!clean_head(value)) return false;
    return value.n <= HEAD_MAX || clean(value) || !is_file(value);
}

/* Copies are kept until the readers of the layer are done, so there can be fewer of them. */
static bool may_push(struct binaries *b, bool lies, uint64_t n)
{
    if (b->members >= (lies ? LYING_MAX : COPIES_MAX)) return false;
    if (!lies && n > COPIED_MAX - b->copied) return false;
    b->members++;
    b->copied += lies ? 0 : n;
    return true;
}

static enum st push(struct binaries *b, struct slice value, bool lies, struct binary_place at)
{
    struct arena *arena = b->r->arena;
    struct member m = {
        .name = arena_printf(arena, "%.*s row %lld", SLICE_ARG(at.field), (long long)at.row),
        .packed = lies ? value : arena_copy(arena, value),
        .offset = at.offset,
        .unpacked = UINT64_MAX};
    return m.name.p && m.packed.p ? reading_push(b->r, &m) : ST_NOMEM;
}

enum st binary_put(struct binaries *b, struct slice value, struct binary_place at)
{
    bool lies = slice_inside(b->r->layer->bytes, value, NULL);
    if (!budget_work(b->r->budget, 1 + value.n / 64)) return ST_LIMIT;
    if (is_file(value)) {
        if (may_push(b, lies, value.n)) return push(b, value, lies, at);
        b->left_out++;
    }
    if (value.n < BLOB_LEAST || !b->r->content) return ST_OK;
    tell(b->r,
         &(struct event){
             .kind = EV_BLOB, .offset = at.offset, .row = (uint64_t)(at.row + 1), .blob = value});
    return ST_OK;
}

void binary_end(struct binaries *b)
{
    if (b->left_out)
        tell_unread(b->r, UNREAD_LIMIT, 0, 0, "%llu binary values were not opened",
                    (unsigned long long)b->left_out);
    b->left_out = 0;
}
