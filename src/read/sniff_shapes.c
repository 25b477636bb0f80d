/* SPDX-License-Identifier: Apache-2.0 */
#include "read/sniff_shapes.h"
#include "read/format.h"
#include "read/model/pickle.h"
#include "base/cursor.h"
#include "port/lzma/unlzma.h"
#include "port/zlib/inflate.h"
#include "read/archive/tar.h"
#include "read/archive/zip_find.h"
#include "read/data/arrow.h"
#include "read/data/tfrecord.h"

#define TRIAL 512 /* packed bytes that must decode before a weak magic is believed */

/* True when the decoder takes the beginning of these bytes and makes something of it. */
static bool decodes(const struct decoder *d, struct slice bytes)
{
    uint8_t out[TRIAL];
    struct decoder_step s = {.in = slice_sub(bytes, 0, TRIAL), .out = out, .room = sizeof out};
    void *state = d->open((struct slice){0});
    enum st st = state ? d->step(state, &s) : ST_NOMEM;
    d->close(state);
    return (st == ST_OK && (s.made || s.end)) || (st == ST_TRUNCATED && s.made);
}

bool shape_tar(const struct shape_input *in)
{
    return tar_header_valid(slice_sub(in->bytes, 0, TAR_BLOCK));
}

bool shape_bzip2(const struct shape_input *in)
{
    struct cursor c = cur_of(in->head);
    bool magic = slice_eq(cur_bytes(&c, 3), S("BZh"));
    uint8_t level = cur_u8(&c);
    struct slice block = cur_bytes(&c, 6);
    return magic && level >= '1' && level <= '9' &&
           (slice_eq(block, S("1AY&SY")) || slice_eq(block, S("\x17\x72\x45\x38\x50\x90")));
}

bool shape_zstd_skippable(const struct shape_input *in)
{
    struct cursor c = cur_of(in->bytes);
    if ((cur_u32le(&c) & 0xfffffff0u) != 0x184d2a50u) return false;
    cur_skip(&c, cur_u32le(&c));
    return slice_starts(cur_rest(&c), S("\x28\xb5\x2f\xfd"));
}

/* The first pickle of the older torch form is this number. */
bool shape_torch_legacy(const struct shape_input *in)
{
    return slice_starts(in->head, S("\x80")) &&
           slice_has(slice_sub(in->head, 0, 32),
                     S("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."));
}

bool shape_pickle(const struct shape_input *in)
{
    if (shape_torch_legacy(in)) return false;
    const struct suffix_rule *promise = suffix_find(in->name);
    bool promised = promise && suffix_allows(promise, FMT_PICKLE) && !in->known;
    /* as an opcode, P asks for a persistent object, which fails before anything else could run */
    if (slice_starts(in->bytes, S("PK\x03\x04"))) return false;
    struct cursor c = cur_of(in->head);
    uint8_t proto = cur_u8(&c), version = cur_u8(&c);
    if (promise && suffix_allows(promise, FMT_PICKLE) && proto == 0x80 && version <= 5) return true;
    if (promised ? pickle_promised(in->bytes) : pickle_plausible(in->bytes)) return true;
    /* plain data of protocol 0 is text; only the name and the last opcode tell it from a note */
    bool pickles = promise && promise->formats[0] == FMT_PICKLE;
    return pickles && !in->known && slice_ends(in->bytes, S("."));
}

/* A header that begins as JSON and either fits, or carries the name of the format. */
bool shape_safetensors(const struct shape_input *in)
{
    struct cursor c = cur_of(in->bytes);
    uint64_t n = cur_u64le(&c);
    if (cur_u8(&c) != '{') return false;
    while (cur_peek(&c, 0) == ' ' || cur_peek(&c, 0) == '\n') cur_skip(&c, 1);
    int next = cur_peek(&c, 0);
    bool json = next == '"' || next == '}';
    return (json && n <= in->bytes.n - 8) || slice_ends_nocase(in->name, S(".safetensors"));
}

/* A stream has no magic number; one of the old form, which has no mark either, needs a name. */
bool shape_arrow(const struct shape_input *in)
{
    bool named = slice_ends_nocase(in->name, S(".arrow")) ||
                 slice_ends_nocase(in->name, S(".arrows")) ||
                 slice_ends_nocase(in->name, S(".feather"));
    return arrow_stream_begins(in->bytes, false) || (named && arrow_stream_begins(in->bytes, true));
}

/* Three letters at both ends, but for the length of what is behind them. */
bool shape_orc(const struct shape_input *in)
{
    struct slice end = slice_sub(in->bytes, in->bytes.n < 4 ? 0 : in->bytes.n - 4, 3);
    return in->bytes.n > 16 && slice_starts(in->head, S("ORC")) && slice_eq(end, S("ORC"));
}

bool shape_zlib(const struct shape_input *in)
{
    struct cursor c = cur_of(in->head);
    uint8_t cmf = cur_u8(&c), flags = cur_u8(&c);
    if (!cur_ok(&c) || (cmf & 15) != 8 || cmf >> 4 > 7 || flags & 0x20) return false;
    return (cmf << 8 | flags) % 31 == 0 && decodes(&inflate_zlib, in->head);
}

/* LZMA alone: the dictionary is 2^n or 2^n + 2^(n-1), the length unknown or below 256 GiB, and the
 * range coder begins with a zero byte. */
bool shape_lzma(const struct shape_input *in)
{
    struct cursor c = cur_of(in->head);
    uint8_t props = cur_u8(&c);
    uint32_t dict = cur_u32le(&c);
    uint64_t size = cur_u64le(&c);
    uint8_t zero = cur_u8(&c);
    if (!cur_ok(&c) || props >= 225 || zero != 0 || dict < 4096) return false;
    if (size != UINT64_MAX && size >> 38) return false;
    uint32_t low = dict & (~dict + 1), high = dict - low;
    bool round = dict == UINT32_MAX || high == 0 || high == low << 1;
    return round && decodes(&unlzma_alone, in->head);
}

bool shape_pe(const struct shape_input *in)
{
    struct cursor c = cur_of(in->bytes);
    if (!slice_eq(cur_bytes(&c, 2), S("MZ"))) return false;
    cur_seek(&c, 60);
    cur_seek(&c, cur_u32le(&c));
    return slice_eq(cur_bytes(&c, 4), S("PE\0\0"));
}

static bool bmp_header(uint32_t n)
{
    return n == 12 || n == 40 || n == 52 || n == 56 || n == 64 || n == 108 || n == 124;
}

bool shape_bmp(const struct shape_input *in)
{
    struct cursor c = cur_of(in->head);
    if (!slice_eq(cur_bytes(&c, 2), S("BM"))) return false;
    uint32_t size = cur_u32le(&c), reserved = cur_u32le(&c), data = cur_u32le(&c);
    uint32_t header = cur_u32le(&c);
    return cur_ok(&c) && !reserved && data > 25 && data < size && bmp_header(header);
}

/* The checksum of the first length, or at least the name and a length that fits. */
bool shape_tfrecord(const struct shape_input *in)
{
    struct tfrecord_frame f;
    if (in->bytes.n < 16) return false;
    bool whole = tfrecord_frame(slice_sub(in->bytes, 0, (size_t)1 << 24), 0, &f);
    if (f.length_good && f.size) return true;
    return whole && f.data_good && f.size;
}

/* An archive behind other bytes. Where these are a format of their own, it must reach the very end:
 * a tar file whose last member is a ZIP is no ZIP. */
bool shape_zip_behind(const struct shape_input *in)
{
    struct zip_end end;
    return zip_find_end(in->bytes, &end) && (!in->known || end.after == in->bytes.n);
}
