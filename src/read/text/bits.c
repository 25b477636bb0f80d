/* SPDX-License-Identifier: Apache-2.0 */
/* bits.c - the only file here with vector instructions.
 *
 * The AVX2 and AVX-512 forms look up classes by nibble: a byte is one of { } [ ] : , when
 * table[low nibble] equals it (with bit 5 set, which makes one of [ and {). UTF-8 is checked as by
 * Keiser and Lemire ("Validating UTF-8 in less than one instruction per byte", 2021): three
 * look-ups over the nibbles of two neighbouring bytes meet in a bit for each way to be wrong. */
#include "read/text/bits.h"
#include "base/cpu.h"
#include "base/utf8.h"
#include "read/text/json_text.h"
#include <immintrin.h>

#define AHEAD  4096 /* bytes: the next batch is fetched meanwhile; past the end it does nothing */
#define AVX2   __attribute__((target("avx2")))
#define AVX512 __attribute__((target("avx512f,avx512bw")))

bool bits_fast(void)
{
    return cpu_avx2() && cpu_bits();
}

/* ---- 64 bytes to words: AVX2 ---- */

struct wide {
    __m256i low, high;
};

AVX2 static inline struct wide wide_load(const uint8_t *at)
{
    return (struct wide){_mm256_loadu_si256((const void *)at),
                         _mm256_loadu_si256((const void *)(at + 32))};
}

AVX2 static inline uint64_t wide_mask(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
                                                     << 32;
}

AVX2 static inline uint64_t wide_is(struct wide w, uint8_t byte)
{
    __m256i b = _mm256_set1_epi8((char)byte);
    return wide_mask(_mm256_cmpeq_epi8(w.low, b), _mm256_cmpeq_epi8(w.high, b));
}

AVX2 static inline uint64_t wide_looked_up(struct wide w, __m256i table, uint8_t with)
{
    __m256i o = _mm256_set1_epi8((char)with);
    return wide_mask(
        _mm256_cmpeq_epi8(_mm256_or_si256(w.low, o), _mm256_shuffle_epi8(table, w.low)),
        _mm256_cmpeq_epi8(_mm256_or_si256(w.high, o), _mm256_shuffle_epi8(table, w.high)));
}

AVX2 static inline uint64_t wide_below(struct wide w, uint8_t top)
{
    __m256i t = _mm256_set1_epi8((char)(top - 1));
    return wide_mask(_mm256_cmpeq_epi8(_mm256_min_epu8(w.low, t), w.low),
                     _mm256_cmpeq_epi8(_mm256_min_epu8(w.high, t), w.high));
}

AVX2 static inline uint64_t wide_digits(struct wide w)
{
    __m256i zero = _mm256_set1_epi8('0');
    return wide_below((struct wide){_mm256_sub_epi8(w.low, zero), _mm256_sub_epi8(w.high, zero)},
                      10);
}

/* By low nibble: the operator, with bit 5 set, and the white space that may end in it. */
static const uint8_t op_of[16] = {[10] = ':', [11] = '{', [12] = ',', [13] = '}'};
static const uint8_t space_of[16] = {' ', 100,  100,  100, 17,  100,  113, 2,
                                     100, '\t', '\n', 112, 100, '\r', 100, 100};

AVX2 static void json_wide(const uint8_t *at, size_t blocks, struct json_bits *ret)
{
    const __m256i ops = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)op_of));
    const __m256i spaces = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)space_of));
    for (size_t i = 0; i < blocks; i++) {
        struct wide w = wide_load(&at[i * 64]);
        __builtin_prefetch(&at[i * 64 + AHEAD]);
        ret[i] = (struct json_bits){
            .quote = wide_is(w, '"'),
            .slash = wide_is(w, '\\'),
            .op = wide_looked_up(w, ops, 0x20),
            .space = wide_looked_up(w, spaces, 0),
            .lf = wide_is(w, '\n'),
            .cr = wide_is(w, '\r'),
            .low = wide_below(w, 0x20),
            .digit = wide_digits(w),
            .high = wide_mask(w.low, w.high),
        };
        /* with bit 5 set, FF and SUB would pass for , and : */
        ret[i].op &= ~ret[i].low;
    }
}

AVX2 static void csv_wide(const uint8_t *at, size_t blocks, uint8_t quote, uint8_t separator,
                          struct csv_bits *ret)
{
    for (size_t i = 0; i < blocks; i++) {
        struct wide w = wide_load(&at[i * 64]);
        __builtin_prefetch(&at[i * 64 + AHEAD]);
        ret[i] = (struct csv_bits){
            .quote = wide_is(w, quote),
            .separator = wide_is(w, separator),
            .lf = wide_is(w, '\n'),
            .cr = wide_is(w, '\r'),
            .slash = wide_is(w, '\\'),
            .nul = wide_is(w, 0),
            .high = wide_mask(w.low, w.high),
        };
    }
}

/* ---- the same: AVX-512 ---- */

AVX512 static inline uint64_t whole_is(__m512i v, uint8_t byte)
{
    return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)byte));
}

AVX512 static inline uint64_t whole_below(__m512i v, uint8_t top)
{
    return _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8((char)top));
}

AVX512 static void json_whole(const uint8_t *at, size_t blocks, struct json_bits *ret)
{
    const __m512i ops = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)op_of));
    const __m512i spaces = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)space_of));
    for (size_t i = 0; i < blocks; i++) {
        __m512i v = _mm512_loadu_si512(&at[i * 64]);
        __m512i closed = _mm512_or_si512(v, _mm512_set1_epi8(0x20));
        __builtin_prefetch(&at[i * 64 + AHEAD]);
        ret[i] = (struct json_bits){
            .quote = whole_is(v, '"'),
            .slash = whole_is(v, '\\'),
            .op = _mm512_cmpeq_epi8_mask(closed, _mm512_shuffle_epi8(ops, v)),
            .space = _mm512_cmpeq_epi8_mask(v, _mm512_shuffle_epi8(spaces, v)),
            .lf = whole_is(v, '\n'),
            .cr = whole_is(v, '\r'),
            .low = whole_below(v, 0x20),
            .digit = whole_below(_mm512_sub_epi8(v, _mm512_set1_epi8('0')), 10),
            .high = _mm512_movepi8_mask(v),
        };
        ret[i].op &= ~ret[i].low;
    }
}

AVX512 static void csv_whole(const uint8_t *at, size_t blocks, uint8_t quote, uint8_t separator,
                             struct csv_bits *ret)
{
    for (size_t i = 0; i < blocks; i++) {
        __m512i v = _mm512_loadu_si512(&at[i * 64]);
        __builtin_prefetch(&at[i * 64 + AHEAD]);
        ret[i] = (struct csv_bits){
            .quote = whole_is(v, quote),
            .separator = whole_is(v, separator),
            .lf = whole_is(v, '\n'),
            .cr = whole_is(v, '\r'),
            .slash = whole_is(v, '\\'),
            .nul = whole_is(v, 0),
            .high = _mm512_movepi8_mask(v),
        };
    }
}

/* ---- the same: SSE2 ---- */

struct narrow {
    __m128i part[4];
};

static inline struct narrow narrow_load(const uint8_t *at)
{
    struct narrow n;
    for (unsigned i = 0; i < 4; i++) n.part[i] = _mm_loadu_si128((const void *)(at + 16 * i));
    return n;
}

static inline uint64_t narrow_is(const struct narrow *n, uint8_t byte)
{
    __m128i b = _mm_set1_epi8((char)byte);
    uint64_t mask = 0;
    for (unsigned i = 0; i < 4; i++)
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(n->part[i], b)) << 16 * i;
    return mask;
}

static inline uint64_t narrow_below(const struct narrow *n, uint8_t top)
{
    __m128i t = _mm_set1_epi8((char)(top - 1));
    uint64_t mask = 0;
    for (unsigned i = 0; i < 4; i++) {
        __m128i hit = _mm_cmpeq_epi8(_mm_min_epu8(n->part[i], t), n->part[i]);
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << 16 * i;
    }
    return mask;
}

static inline uint64_t narrow_high(const struct narrow *n)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < 4; i++)
        mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(n->part[i]) << 16 * i;
    return mask;
}

static void json_narrow(const uint8_t *at, size_t blocks, struct json_bits *ret)
{
    for (size_t i = 0; i < blocks; i++) {
        struct narrow n = narrow_load(&at[i * 64]);
        struct json_bits b = {.quote = narrow_is(&n, '"'), .slash = narrow_is(&n, '\\')};
        b.op = narrow_is(&n, '{') | narrow_is(&n, '}') | narrow_is(&n, '[') | narrow_is(&n, ']') |
               narrow_is(&n, ':') | narrow_is(&n, ',');
        b.lf = narrow_is(&n, '\n');
        b.cr = narrow_is(&n, '\r');
        b.space = b.lf | b.cr | narrow_is(&n, ' ') | narrow_is(&n, '\t');
        b.low = narrow_below(&n, 0x20);
        b.digit = narrow_below(&n, '9' + 1) & ~narrow_below(&n, '0');
        b.high = narrow_high(&n);
        ret[i] = b;
    }
}

static void csv_narrow(const uint8_t *at, size_t blocks, uint8_t quote, uint8_t separator,
                       struct csv_bits *ret)
{
    for (size_t i = 0; i < blocks; i++) {
        struct narrow n = narrow_load(&at[i * 64]);
        ret[i] = (struct csv_bits){
            .quote = narrow_is(&n, quote),
            .separator = narrow_is(&n, separator),
            .lf = narrow_is(&n, '\n'),
            .cr = narrow_is(&n, '\r'),
            .slash = narrow_is(&n, '\\'),
            .nul = narrow_is(&n, 0),
            .high = narrow_high(&n),
        };
    }
}

static struct slice blocks_at(struct slice text, size_t at, size_t blocks)
{
    return slice_sub(text, at, blocks * 64);
}

void bits_json(struct slice text, size_t at, size_t blocks, struct json_bits *ret)
{
    struct slice s = blocks_at(text, at, blocks);
    (cpu_avx512() ? json_whole : cpu_avx2() ? json_wide : json_narrow)(s.p, s.n / 64, ret);
}

void bits_csv(struct slice text, size_t at, size_t blocks, uint8_t quote, uint8_t separator,
              struct csv_bits *ret)
{
    struct slice s = blocks_at(text, at, blocks);
    (cpu_avx512() ? csv_whole
     : cpu_avx2() ? csv_wide
                  : csv_narrow)(s.p, s.n / 64, quote, separator, ret);
}

struct slice bits_tail(struct slice text, size_t at, uint8_t room[64])
{
    struct slice rest = slice_sub(text, at, 64);
    memset(room, ' ', 64);
    if (rest.n) memcpy(room, rest.p, rest.n);
    return slice_of(room, 64);
}

/* ---- escapes ---- */

/* The bytes up to a backslash or to `to`, copied 16 at a time; gives their number. */
static size_t copy_plain(struct slice text, size_t from, size_t to, uint8_t *out)
{
    size_t at = from;
    const __m128i slash = _mm_set1_epi8('\\');
    for (; to - at >= 16; at += 16) {
        __m128i v = _mm_loadu_si128((const void *)&text.p[at]);
        _mm_storeu_si128((void *)&out[at - from], v);
        unsigned hit = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, slash));
        if (hit) return at - from + (size_t)__builtin_ctz(hit);
    }
    for (; at < to && text.p[at] != '\\'; at++) out[at - from] = text.p[at];
    return at - from;
}

size_t bits_unescape(struct slice text, size_t from, size_t to, uint8_t *out)
{
    static const uint8_t plain[256] = {
        ['n'] = '\n', ['t'] = '\t', ['r'] = '\r', ['"'] = '"', ['/'] = '/', ['\\'] = '\\'};
    size_t made = 0;
    struct slice part = slice_sub(text, 0, to);
    while (from < to) {
        size_t n = copy_plain(text, from, to, &out[made]), more = 0;
        from += n;
        made += n;
        if (from >= to) break;
        uint8_t simple = from + 1 < to ? plain[text.p[from + 1]] : 0;
        if (simple) {
            out[made++] = simple;
            from += 2;
            continue;
        }
        from += json_resolve(NULL, part, from, &out[made], &more);
        made += more;
    }
    return made;
}

/* ---- UTF-8 ---- */

/* Byte by byte, but for plain ASCII; stops at `to` or behind it, or at what is not UTF-8. */
static size_t utf8_slow(struct slice text, size_t at, size_t to)
{
    while (at < to) {
        uint64_t word;
        if (to - at >= 8) {
            memcpy(&word, &text.p[at], 8);
            if (!(word & 0x8080808080808080ull)) {
                at += 8;
                continue;
            }
        }
        uint32_t code;
        size_t n = utf8_next(text, at, &code);
        if (!n) return at;
        at += n;
    }
    return at;
}

#define TOO_SHORT  (1 << 0)
#define TOO_LONG   (1 << 1)
#define OVERLONG_3 (1 << 2)
#define TOO_LARGE  (1 << 3)
#define SURROGATE  (1 << 4)
#define OVERLONG_2 (1 << 5)
#define OVERLONG_4 (1 << 6) /* also TOO_LARGE_1000 */
#define TWO_CONTS  (1 << 7)
#define CARRY      (TOO_SHORT | TOO_LONG | TWO_CONTS)

#define TWICE(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)                                     \
    _mm256_setr_epi8((char)(a), (char)(b), (char)(c), (char)(d), (char)(e), (char)(f), (char)(g), \
                     (char)(h), (char)(i), (char)(j), (char)(k), (char)(l), (char)(m), (char)(n), \
                     (char)(o), (char)(p), (char)(a), (char)(b), (char)(c), (char)(d), (char)(e), \
                     (char)(f), (char)(g), (char)(h), (char)(i), (char)(j), (char)(k), (char)(l), \
                     (char)(m), (char)(n), (char)(o), (char)(p))

AVX2 static inline __m256i nibble(__m256i v)
{
    return _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
}

/* Not zero where these 32 bytes, which follow `before`, are wrong. */
AVX2 static inline __m256i utf8_wrong(__m256i v, __m256i before)
{
    const __m256i first_high =
        TWICE(TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
              TWO_CONTS, TWO_CONTS, TWO_CONTS, TWO_CONTS, TOO_SHORT | OVERLONG_2, TOO_SHORT,
              TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | OVERLONG_4);
    const __m256i first_low =
        TWICE(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, CARRY | OVERLONG_2, CARRY, CARRY,
              CARRY | TOO_LARGE, CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4,
              CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4,
              CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4,
              CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4,
              CARRY | TOO_LARGE | OVERLONG_4 | SURROGATE, CARRY | TOO_LARGE | OVERLONG_4,
              CARRY | TOO_LARGE | OVERLONG_4);
    const __m256i second_high =
        TWICE(TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
              TOO_SHORT, TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | OVERLONG_4,
              TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE,
              TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
              TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE, TOO_SHORT, TOO_SHORT,
              TOO_SHORT, TOO_SHORT);
    __m256i border = _mm256_permute2x128_si256(before, v, 0x21);
    __m256i back1 = _mm256_alignr_epi8(v, border, 15), back2 = _mm256_alignr_epi8(v, border, 14),
            back3 = _mm256_alignr_epi8(v, border, 13);
    __m256i special = _mm256_and_si256(
        _mm256_and_si256(
            _mm256_shuffle_epi8(first_high, nibble(back1)),
            _mm256_shuffle_epi8(first_low, _mm256_and_si256(back1, _mm256_set1_epi8(15)))),
        _mm256_shuffle_epi8(second_high, nibble(v)));
    __m256i third = _mm256_subs_epu8(back2, _mm256_set1_epi8((char)(0xe0 - 0x80)));
    __m256i fourth = _mm256_subs_epu8(back3, _mm256_set1_epi8((char)(0xf0 - 0x80)));
    __m256i must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(must, special);
}

/* Whole vectors of valid text from `at`; gives the start of the first one that is not, or of one
 * that is too short, moved back to where a character may begin. */
AVX2 static size_t utf8_wide(struct slice text, size_t at)
{
    size_t from = at;
    __m256i before = _mm256_setzero_si256();
    for (; text.n - at >= 32; at += 32) {
        __m256i v = _mm256_loadu_si256((const void *)&text.p[at]);
        if (_mm256_testz_si256(_mm256_or_si256(v, before), _mm256_set1_epi8((char)0x80))) continue;
        __m256i wrong = utf8_wrong(v, before);
        if (!_mm256_testz_si256(wrong, wrong)) break;
        before = v;
    }
    for (unsigned back = 0; back < 4 && at > from; back++) {
        at--;
        if (text.p[at] < 0x80) return at + 1;
        if (text.p[at] >= 0xc0) return at;
    }
    return at;
}

size_t utf8_run(struct slice text, size_t at)
{
    if (at >= text.n) return text.n;
    if (cpu_avx2() && text.n - at >= 64) at = utf8_wide(text, at);
    return utf8_slow(text, at, text.n);
}

/* Does a character begin at `at` that goes on behind `to`? */
static bool utf8_cut(struct slice text, size_t at, size_t to)
{
    uint8_t c = text.p[at];
    size_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (c < 0xc2 || c > 0xf4 || to - at >= n) return false;
    for (size_t i = at + 1; i < to; i++)
        if ((text.p[i] & 0xc0) != 0x80) return false;
    return true;
}

void utf8_watch(struct utf8_watch *w, struct slice text, size_t from, size_t to, bool ascii)
{
    if (ascii && w->valid >= from && w->valid < to) w->valid = to;
    if (w->fault != SIZE_MAX || w->valid >= to) return;
    w->valid = utf8_run(slice_sub(text, 0, to), w->valid);
    if (w->valid >= to || (to < text.n && utf8_cut(text, w->valid, to))) return;
    w->fault = w->valid;
}

void utf8_watch_on(struct utf8_watch *w, struct slice text, size_t from, size_t to)
{
    *w = (struct utf8_watch){from, SIZE_MAX};
    utf8_watch(w, text, from, to, false);
}

/* ---- lines ---- */

AVX2 __attribute__((target("popcnt,lzcnt"))) static uint64_t lines_wide(const uint8_t *at,
                                                                        size_t blocks, size_t *last)
{
    uint64_t lines = 0;
    for (size_t i = 0; i < blocks; i++) {
        struct wide w = wide_load(&at[i * 64]);
        uint64_t lf = wide_is(w, '\n'), cr = wide_is(w, '\r');
        if (cr) cr &= ~(lf >> 1 | (uint64_t)(at[i * 64 + 64] == '\n') << 63);
        uint64_t ends = lf | cr;
        if (!ends) continue;
        lines += (uint64_t)__builtin_popcountll(ends);
        *last = i * 64 + 64 - (size_t)__builtin_clzll(ends);
    }
    return lines;
}

uint64_t count_lines(struct slice text, size_t from, size_t to, size_t *last)
{
    uint64_t lines = 0;
    if (to > text.n) to = text.n;
    if (from < to && cpu_avx2() && to - from > 64) {
        size_t blocks = (to - from - 1) / 64, end = SIZE_MAX;
        lines = lines_wide(&text.p[from], blocks, &end);
        if (end != SIZE_MAX) *last = from + end;
        from += blocks * 64;
    }
    for (; from < to; from++) {
        uint8_t c = text.p[from];
        if (c != '\n' && c != '\r') continue;
        if (c == '\r' && from + 1 < text.n && text.p[from + 1] == '\n') continue;
        lines++;
        *last = from + 1;
    }
    return lines;
}
