/* SPDX-License-Identifier: Apache-2.0 */
/* source.c - which encoding, and the recoding of what is not UTF-8.
 *
 * A mark decides; then NUL bytes that make UTF-16 or UTF-32; then the first byte that is not UTF-8,
 * looked for in the first megabytes: what stands around it is weighed as text of every legacy set
 * (codec/charset.h). Recoding is unpacking with one more decoder, so that the budget, the spool and
 * the ratio are those of every member of a container. */
#include "read/text/source.h"
#include "codec/charset.h"
#include "port/decoder.h"
#include "read/text/bits.h"
#include "read/text/recode.h"
#include <stdlib.h>

#define HEAD      ((size_t)4 << 10)
#define SAMPLE    ((size_t)64 << 10)
#define LOOK      ((size_t)32 << 20) /* for the first byte that is not UTF-8 */
#define LOOK_STEP ((size_t)1 << 20)
#define FEW       8u /* bytes in a JSON text that are a fault rather than another encoding */

/* ---- which one ---- */

/* The first byte that is not UTF-8, or the end. */
static size_t first_fault(const struct source *s, size_t most)
{
    struct slice text = slice_sub(s->text, 0, most);
    size_t at = 0;
    while (at < text.n) {
        size_t to = text.n - at > LOOK_STEP ? at + LOOK_STEP : text.n;
        size_t end = utf8_run(slice_sub(text, 0, to), at);
        if (to - end >= 4 || (to == s->text.n && end < to)) return end;
        if (end == at) break; /* a character cut by the end of the look */
        source_release(s, at, end);
        at = end;
    }
    return s->text.n;
}

/* Bytes from 0x80 that are part of UTF-8, and others. */
static void count_high(struct slice s, size_t *ret_good, size_t *ret_bad)
{
    *ret_good = *ret_bad = 0;
    for (size_t at = 0; at < s.n;) {
        size_t end = utf8_run(s, at);
        for (size_t i = at; i < end; i++) *ret_good += s.p[i] >= 0x80;
        for (at = end; at < s.n && s.p[at] >= 0x80 && at < end + 1; at++) ++*ret_bad;
        if (at == end) break;
    }
}

static const struct charset *guess(struct source *s, enum source_kind kind, size_t fault)
{
    size_t from = fault > SAMPLE / 2 ? fault - SAMPLE / 2 : 0, good, bad;
    struct slice sample = slice_sub(s->text, from, SAMPLE);
    bool sure = false;
    count_high(sample, &good, &bad);
    if (good > bad) return NULL;
    if (kind == SOURCE_JSON && (bad < FEW || good)) return NULL;
    const struct charset *c =
        charset_guess(slice_sub(s->text, fault > 256 ? fault - 256 : 0, SAMPLE), &sure);
    return kind == SOURCE_JSON && !sure ? NULL : c;
}

static const struct charset *which(struct source *s, enum source_kind kind)
{
    const struct charset *c = charset_by_mark(s->text, &s->mark);
    if (c) return c;
    c = charset_wide(slice_sub(s->text, 0, HEAD & ~(size_t)3));
    if (c) return c;
    size_t fault = first_fault(s, kind == SOURCE_JSON ? SAMPLE : LOOK);
    return fault < s->text.n ? guess(s, kind, fault) : NULL;
}

/* ---- recoding ---- */

struct recoder {
    const struct charset *charset;
    uint8_t few[16]; /* a character that did not fit into the last room */
    size_t from, to;
};

static void *recode_open(struct slice props)
{
    struct recoder *r = calloc(1, sizeof *r);
    if (r) r->charset = charset_find(props);
    if (r && r->charset) return r;
    free(r);
    return NULL;
}

static void hand_out(struct recoder *r, struct decoder_step *s)
{
    while (r->from < r->to && s->made < s->room) s->out[s->made++] = r->few[r->from++];
}

static enum st recode_step(void *state, struct decoder_step *s)
{
    struct recoder *r = state;
    size_t at = 0;
    s->made = 0;
    hand_out(r, s);
    if (s->made || r->from < r->to) {
        at = 0;
    } else if (s->room >= sizeof r->few) {
        s->made = charset_utf8(r->charset, s->in, &at, s->out, s->room);
    } else { /* one character, or a part of it */
        uint32_t code;
        struct slice one = slice_sub(s->in, 0, charset_next(r->charset, s->in, 0, &code));
        r->from = 0;
        r->to = charset_utf8(r->charset, one, &at, r->few, sizeof r->few);
        hand_out(r, s);
    }
    s->in = slice_sub(s->in, at, s->in.n);
    s->end = s->in.n == 0 && r->from == r->to;
    return ST_OK;
}

static void recode_close(void *state)
{
    free(state);
}

const struct decoder recode = {recode_open, recode_step, recode_close};

static enum st make_utf8(struct source *s, const struct charset *c)
{
    struct slice packed = slice_sub(s->text, s->mark, s->text.n);
    struct member m = {.name = s->r->layer->name,
                       .packed = packed,
                       .offset = s->mark,
                       .codec = CODEC_TEXT,
                       .unpacked = UINT64_MAX,
                       .codec_props = slice_str(charset_name(c))};
    enum st st = reading_open(s->r, &m, &s->layer);
    s->text = s->layer.bytes;
    s->charset = c;
    s->at = s->text_at = 0;
    return st;
}

/* Text of a mainframe: letters and digits lie in the upper half, the blank is 0x40, and there is
 * next to nothing of ASCII. No set of ours is like it, and any of them would read rubbish. */
static bool is_ebcdic(struct slice head)
{
    size_t letters = 0, blanks = 0, ascii = 0;
    for (size_t i = 0; i < head.n; i++) {
        uint8_t c = head.p[i], low = c & 0x0f;
        letters += c >= 0x81 && low <= 9 && c != 0xa0 && c != 0xe0;
        blanks += c == 0x40;
        ascii += (c >= 0x20 && c < 0x40) || c == '\n';
    }
    return head.n >= 64 && letters * 2 > head.n && blanks * 50 > head.n && ascii * 8 < head.n &&
           (letters + blanks) * 10 > head.n * 7;
}

enum st source_open(struct source *s, struct reading *r, enum source_kind kind)
{
    *s = (struct source){.r = r, .text = r->layer->bytes, .layer = *r->layer};
    const struct charset *c = which(s, kind);
    bool utf8 = !c || charset_is_utf8(c);
    s->encoding = utf8 ? "utf-8" : charset_name(c);
    if (!utf8 && is_ebcdic(slice_sub(s->text, 0, HEAD)))
        tell_unread(r, UNREAD_UNSUPPORTED, 0, s->text.n, "text in EBCDIC");
    if (!utf8) return make_utf8(s, c);
    s->text = slice_sub(s->text, s->mark, s->text.n);
    return ST_OK;
}

void source_tell(const struct source *s)
{
    tell_card(s->r, CARD_ENCODING, slice_str(s->encoding));
}

uint64_t source_offset(struct source *s, size_t at)
{
    if (!s->charset) return s->mark + at;
    if (at < s->text_at) s->at = s->text_at = 0;
    struct slice raw = slice_sub(s->r->layer->bytes, s->mark, SIZE_MAX);
    while (s->text_at < at) {
        size_t from = s->at, step = at - s->text_at < LOOK_STEP ? at - s->text_at : LOOK_STEP;
        size_t made = charset_skip(s->charset, raw, &s->at, step);
        s->text_at += made;
        layer_release(s->r->layer, s->mark + from, s->at - from);
        if (!made) break;
    }
    return s->mark + s->at;
}

void source_release(const struct source *s, size_t from, size_t to)
{
    if (to > from) layer_release(&s->layer, from + (s->charset ? 0 : s->mark), to - from);
}
