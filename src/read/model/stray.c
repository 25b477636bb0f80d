/* SPDX-License-Identifier: Apache-2.0 */
#include "read/model/stray.h"
#include "base/cursor.h"
#include "codec/base64.h"
#include "port/bzip2/bunzip.h"
#include "port/lz4/unlz4.h"
#include "port/lzma/unlzma.h"
#include "port/zlib/inflate.h"
#include "port/zstd/unzstd.h"
#include "read/archive/tar.h"
#include "read/archive/zip_find.h"
#include "read/model/pickle.h"

#define ENCODED_LEAST 24u
#define ENCODED_MOST  ((size_t)4 << 20)
#define CONVINCING    ((size_t)256 << 10)

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

/* "#!/..." and a first line that is text. */
static bool script(struct slice s)
{
    size_t n = slice_find_byte(slice_sub(s, 0, 256), '\n');
    if (!slice_starts(s, S("#!")) || n == SIZE_MAX || n < 6) return false;
    for (size_t i = 0; i < n; i++)
        if (s.p[i] < 0x20 || s.p[i] > 0x7e) return false;
    return slice_has(slice_sub(s, 0, 4), S("/"));
}

struct stream {
    const struct decoder *decoder;
    struct slice magic;
};

/* Decodes to its end, or at least CONVINCING bytes: chance does not last that long. */
static bool decodes(const struct decoder *d, struct slice s)
{
    uint8_t out[4096];
    struct decoder_step step = {.in = s, .out = out, .room = sizeof out};
    void *state = d->open((struct slice){0});
    enum st st = state ? ST_OK : ST_NOMEM;
    size_t made = 0;
    while (st == ST_OK && !step.end && made < CONVINCING) {
        step.made = 0;
        st = d->step(state, &step);
        made += step.made;
    }
    d->close(state);
    return st == ST_OK;
}

static bool packed(struct slice s)
{
    const struct stream streams[] = {
        {&inflate_gzip, S("\x1f\x8b\x08")}, {&bunzip, S("BZh")},
        {&unlzma_xz, S("\xfd\x37zXZ")},     {&unzstd, S("\x28\xb5\x2f\xfd")},
        {&unlz4, S("\x04\x22\x4d\x18")},
    };
    for (size_t i = 0; i < COUNT_OF(streams); i++)
        if (slice_starts(s, streams[i].magic)) return decodes(streams[i].decoder, s);
    return false;
}

bool stray_looks_foreign(struct slice s)
{
    struct zip_end end;
    if (slice_starts(s, S("7z\xbc\xaf\x27\x1c"))) return true;
    if (slice_starts(s, S("PK\3\4"))) return zip_find_end(s, &end);
    if (s.n >= TAR_BLOCK && slice_eq(slice_sub(s, 257, 5), S("ustar")))
        return tar_header_valid(slice_sub(s, 0, TAR_BLOCK));
    return script(s) || whole_pickle(s) || packed(s);
}

static enum st push_text(struct reading *r, struct slice name, struct slice bytes, uint64_t at,
                         enum format hint)
{
    struct slice kept = arena_copy(r->arena, slice_sub(name, 0, 200));
    if (!kept.p) return ST_NOMEM;
    tell_blob(r, bytes, at);
    struct member m = {
        .name = kept, .packed = bytes, .offset = at, .unpacked = bytes.n, .hint = hint};
    return reading_push(r, &m);
}

/* Pickles of protocol 0 are text. */
static bool text_pickle(struct slice text)
{
    return text.n > 8 && slice_ends(slice_trim(text), S(".")) &&
           slice_find_byte(text, '\n') != SIZE_MAX && pickle_plausible(text);
}

enum st stray_text(struct reading *r, struct slice name, struct slice text, uint64_t at)
{
    struct slice bytes;
    if (text_pickle(text)) {
        struct slice copy = arena_copy(r->arena, text); /* the text may be the reader's scratch */
        return copy.p ? push_text(r, name, copy, at, FMT_PICKLE) : ST_NOMEM;
    }
    if (text.n < ENCODED_LEAST || text.n > ENCODED_MOST) return ST_OK;
    if (slice_find_byte(slice_sub(text, 0, 64), ' ') != SIZE_MAX) return ST_OK;
    struct arena_mark mark = arena_mark(r->arena);
    bool encoded = base64_decode(text, r->arena, &bytes);
    if (encoded && stray_looks_foreign(bytes)) return push_text(r, name, bytes, at, FMT_UNKNOWN);
    arena_rewind(r->arena, mark);
    return ST_OK;
}
