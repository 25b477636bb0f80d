/* SPDX-License-Identifier: Apache-2.0 */
/* classes.c - 64 bytes become masks (AVX2, or a table where it is missing), masks become runs.
 *
 * A run of n set bits is found without looking at its bits: m & m>>1 keeps the places from which
 * two are set, & itself >>2 four, and so on. Runs over the edge of a word are carried as a length.
 */
#include "detect/engine/classes.h"
#include "base/ascii.h"
#include "base/cpu.h"
#include "detect/engine/runs.h"

#define BRIDGE       64u /* a gap in a run of high bytes or controls */
#define ESCAPE_GAP   16u
#define SHAPE_LEAST  6u
#define SHAPE_PIECE  64u
#define HEX_LEAST    32u
#define BRIDGED_MOST 8192u

struct masks {
    uint64_t digit, upper, token, hex, separator, high, control, at, colon, escape;
};

/* ---- runs ---- */

/* Where the oldest run that is still open began. */
static uint64_t oldest_open(const struct class_state *s)
{
    const struct run *open[] = {&s->high, &s->control, &s->escapes, &s->token, &s->hex};
    uint64_t least = UINT64_MAX;
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (open[i]->length && open[i]->from < least) least = open[i]->from;
    return least;
}

/* Marks leave in the order in which they begin; when too many wait, the first does not any more. */
static void release_marks(struct class_state *s)
{
    uint64_t limit = oldest_open(s);
    while (s->held_count && (s->held_count == HELD_MARKS || s->held[0].from <= limit)) {
        s->on_mark(s->mark_ctx, &s->held[0]);
        memmove(s->held, s->held + 1, --s->held_count * sizeof s->held[0]);
    }
}

static void tell_mark(struct class_state *s, enum mark_kind kind, uint64_t from, uint64_t to)
{
    if (!s->on_mark) return;
    size_t at = s->held_count++;
    for (; at > 0 && s->held[at - 1].from > from; at--) s->held[at] = s->held[at - 1];
    s->held[at] = (struct mark){kind, from, to};
    release_marks(s);
}

static void close_high(struct class_state *s)
{
    struct run r = s->high;
    if (!r.length) return;
    s->high.length = 0;
    tell_mark(s, MARK_HIGH, r.from, r.last);
}

static void close_control(struct class_state *s)
{
    struct run r = s->control;
    if (!r.length) return;
    s->control.length = 0;
    tell_mark(s, MARK_CONTROL, r.from, r.last);
}

static void close_escapes(struct class_state *s)
{
    struct run r = s->escapes;
    if (!r.length) return;
    s->escapes.length = 0;
    if (r.length >= 3) tell_mark(s, MARK_ESCAPES, r.from, r.last);
}

static void tell_event(struct class_state *s, enum class_kind kind, uint64_t at, uint64_t from,
                       uint64_t to)
{
    s->events[s->count++] = (struct class_event){at, from, to, kind};
}

static void token_grows(struct class_state *s, struct run *r, uint64_t more)
{
    bool was = r->length >= TOKEN_LEAST;
    r->length += more;
    if (!was && r->length >= TOKEN_LEAST)
        tell_event(s, CLASS_TOKEN, r->from + TOKEN_LEAST - 1, r->from, r->from + TOKEN_LEAST);
}

static void token_ends(struct class_state *s, struct run *r)
{
    if (r->length >= TOKEN_LEAST) tell_mark(s, MARK_BASE64, r->from, r->from + r->length);
    r->length = 0;
}

static void hex_ends(struct class_state *s, struct run *r)
{
    if (r->length >= HEX_LEAST) tell_mark(s, MARK_HEX, r->from, r->from + r->length);
    r->length = 0;
}

#define DATE 10u

/* A run that is nothing but a date in a cell, which most tables have in each row. */
static bool is_idle_date(const struct class_state *s, struct slice text, size_t at, uint64_t n)
{
    return n == DATE && s->skip_dates && numbers_is_idle_date(text, at);
}

static void shape_ends(struct class_state *s, struct run *r, uint64_t end)
{
    if (r->length >= SHAPE_LEAST) tell_event(s, CLASS_SHAPE, end, r->from, end);
    r->length = 0;
}

/* Field by field: a copy of the whole is written in pieces that the next load has to wait for. */
INLINE void run_is(struct run *r, uint64_t from, uint64_t length)
{
    r->from = from;
    r->length = length;
}

/* Tokens, and with them runs of hexadecimal digits. */
static void token_word(struct class_state *s, uint64_t m, uint64_t base)
{
    unsigned n, at = 0;
    struct run *r = &s->token;
    unsigned low = ones_below(m);
    if (r->length) {
        token_grows(s, r, low);
        if (low == 64) return;
        token_ends(s, r);
        at = low;
    }
    while (next_run(m, &at, &n)) {
        r->from = base + at;
        r->length = 0;
        token_grows(s, r, n);
        if (at + n == 64) return;
        token_ends(s, r);
        at += n;
    }
}

static void hex_word(struct class_state *s, uint64_t m, uint64_t base)
{
    unsigned n, at = 0;
    struct run *r = &s->hex;
    if (r->length) {
        unsigned low = ones_below(m);
        r->length += low;
        if (low == 64) return;
        hex_ends(s, r);
        at = low;
    }
    while (next_run(m, &at, &n)) {
        run_is(r, base + at, n);
        if (at + n == 64) return;
        hex_ends(s, r);
        at += n;
    }
}

/* A fraction and nothing else: most of what tables hold ends here. */
static bool is_fraction(const struct masks *m, struct slice text, size_t from, unsigned at,
                        unsigned n)
{
    unsigned whole = ones_below(m->digit >> at);
    if (!whole || whole >= n || text.p[from + at + whole] != '.') return false;
    unsigned end = whole + 1 + ones_below(m->digit >> at >> whole >> 1);
    uint64_t others = m->upper >> at >> end << (64 - n) << end;
    return !others && numbers_is_fraction(text, from + at, whole);
}

static void shape_word(struct class_state *s, const struct masks *m, uint64_t shape, uint64_t base,
                       struct slice text, size_t from)
{
    unsigned n, at = 0;
    struct run *r = &s->shape;
    if (r->length) {
        unsigned low = ones_below(shape);
        r->length += low;
        if (low == 64 && r->length < SHAPE_PIECE) return;
        if (is_idle_date(s, text, from + low - DATE, r->length)) r->length = 0;
        shape_ends(s, r, base + low);
        if (low == 64) return;
        at = low;
    }
    uint64_t x = at >= 64 ? 0 : shape >> at << at; /* where six or more begin */
    x &= x >> 1;
    x &= x >> 2;
    for (x &= x >> 2; x; x = at >= 64 ? 0 : x >> at << at) {
        at = (unsigned)__builtin_ctzll(x);
        n = ones_below(shape >> at);
        if (at + n >= 64) break;
        if (!is_fraction(m, text, from, at, n) && !is_idle_date(s, text, from + at, n))
            tell_event(s, CLASS_SHAPE, base + at + n, base + at, base + at + n);
        at += n;
    }
    n = ones_above(shape);
    run_is(r, base + 64 - n, n);
}

static void bridged_word(struct class_state *s, struct run *r, uint64_t m, uint64_t base,
                         void (*close)(struct class_state *))
{
    uint64_t first = m ? base + (unsigned)__builtin_ctzll(m) : base + 64;
    if (r->length && first - r->last > BRIDGE) close(s);
    if (!m) return;
    if (r->length && first - r->from > BRIDGED_MOST) close(s);
    if (!r->length) r->from = first;
    r->length++;
    r->last = base + 64 - (unsigned)__builtin_clzll(m);
}

/* Does an escape begin here? Its length, or 0. Line ends and quotes in JSON are no disguise. */
static unsigned escape_at(struct slice t, size_t at)
{
    if (at + 3 > t.n) return 0;
    uint8_t a = t.p[at], b = t.p[at + 1], c = t.p[at + 2];
    if (a == '%') return ascii_is_hex(b) && ascii_is_hex(c) ? 3 : 0;
    if (a == '&') return b == '#' ? 4 : 0;
    if (b == 'x') return 4;
    if (b == 'u' || b == 'U') return 6;
    return b >= '0' && b <= '7' && c >= '0' && c <= '7' ? 4 : 0;
}

static void escape_word(struct class_state *s, uint64_t m, uint64_t base, struct slice text,
                        size_t from)
{
    struct run *r = &s->escapes;
    if (r->length && base > r->last + ESCAPE_GAP) close_escapes(s);
    for (; m; m &= m - 1) {
        unsigned i = (unsigned)__builtin_ctzll(m);
        unsigned n = escape_at(text, from + i);
        if (!n) continue;
        uint64_t at = base + i;
        if (r->length && (at > r->last + ESCAPE_GAP || at - r->from > BRIDGED_MOST))
            close_escapes(s);
        if (!r->length) r->from = at;
        r->length++;
        r->last = at + n;
    }
}

/* ---- one word ---- */

INLINE void rare_bits(struct class_state *s, const struct masks *m, uint64_t base)
{
    uint64_t at = m->at & (m->token << 1 | s->tokens >> 63);
    for (; at; at &= at - 1) {
        uint64_t i = base + (unsigned)__builtin_ctzll(at);
        tell_event(s, CLASS_AT, i, i, i + 1);
    }
    uint64_t c = m->colon, p = s->colons;
    uint64_t near = c << 1 | c << 2 | c << 3 | c << 4 | c << 5 | p >> 63 | p >> 62 | p >> 61 |
                    p >> 60 | p >> 59;
    for (c &= near; c; c &= c - 1) {
        uint64_t i = base + (unsigned)__builtin_ctzll(c);
        tell_event(s, CLASS_COLON, i, i, i + 1);
    }
}

INLINE void one_word(struct class_state *s, const struct masks *m, uint64_t base, struct slice text,
                     size_t from)
{
    uint64_t t = m->token;
    uint64_t long_ones = runs_of_8(t);
    long_ones &= long_ones >> 8;
    if (long_ones & long_ones >> 8 || s->token.length + ones_below(t) >= TOKEN_LEAST) {
        token_word(s, t, base);
    } else { /* nothing long in here: only what reaches the next word counts */
        unsigned above = ones_above(t);
        run_is(&s->token, base + 64 - above, above);
    }
    if (s->on_mark) {
        uint64_t x = runs_of_8(m->hex);
        if (x & x >> 8 || s->hex.length + ones_below(m->hex) >= HEX_LEAST) {
            hex_word(s, m->hex, base);
        } else {
            unsigned above = ones_above(m->hex);
            run_is(&s->hex, base + 64 - above, above);
        }
    }
    /* a separator counts behind a capital or digit, or behind one separator behind those */
    uint64_t u = m->upper, before = u << 1 | s->upper1 >> 63;
    uint64_t before2 = u << 2 | s->upper1 >> 62;
    uint64_t sep = m->separator;
    uint64_t shape = u | (sep & before) | (sep & (sep << 1 | s->upper2 >> 63) & before2);
    uint64_t x = shape & shape >> 1;
    x &= x >> 2;
    if (x & x >> 2 || s->shape.length + ones_below(shape) >= SHAPE_LEAST || s->shape.length > 58) {
        shape_word(s, m, shape, base, text, from);
    } else {
        unsigned above = ones_above(shape);
        run_is(&s->shape, base + 64 - above, above);
    }
    uint64_t d = m->digit, number = d << 2 | s->digits >> 62;
    number |= (t << 2 | s->tokens >> 62) & (d << 3 | s->digits >> 61);
    uint64_t house = u & ~d & number & (sep << 1 | s->upper2 >> 63);
    s->digits = d;
    for (; house; house &= house - 1) {
        uint64_t i = base + (unsigned)__builtin_ctzll(house);
        tell_event(s, CLASS_HOUSE, i, i, i + 1);
    }
    s->upper1 = u;
    s->upper2 = sep;
    if (m->at || (m->colon & (m->colon - 1)) || (m->colon && s->colons >> 59))
        rare_bits(s, m, base);
    s->colons = m->colon;
    s->tokens = t;
    if (!s->on_mark) return;
    if (m->high || s->high.length) bridged_word(s, &s->high, m->high, base, close_high);
    if (m->control || s->control.length)
        bridged_word(s, &s->control, m->control, base, close_control);
    if (m->escape || s->escapes.length) escape_word(s, m->escape, base, text, from);
    if (s->held_count) release_marks(s);
}

/* ---- masks by table ---- */

enum { DIGIT = 1, UPPER = 2, TOKEN = 4, HEX = 8, SEPARATOR = 16, CONTROL = 32, ESCAPE = 64 };

static unsigned kinds_of(uint8_t c)
{
    unsigned k = 0;
    uint8_t l = c | 32;
    if (ascii_digit(c)) k |= DIGIT | UPPER | TOKEN | HEX;
    if (ascii_upper(c)) k |= UPPER;
    if (ascii_lower(l)) k |= TOKEN;
    if (l >= 'a' && l <= 'f') k |= HEX;
    if (c == '+' || c == '-' || c == '/' || c == '_') k |= TOKEN;
    if (c == ' ' || c == '(' || c == ')' || c == '-' || c == '.' || c == '/') k |= SEPARATOR;
    if ((c < 32 && c != '\t' && c != '\n' && c != '\r') || c == 127) k |= CONTROL;
    if (c == '%' || c == '\\' || c == '&') k |= ESCAPE;
    return k;
}

static void masks_plain(const uint8_t *p, struct masks *m)
{
    *m = (struct masks){0};
    for (unsigned i = 0; i < 64; i++) {
        unsigned k = kinds_of(p[i]);
        m->digit |= (uint64_t)(k & 1) << i;
        m->upper |= (uint64_t)(k >> 1 & 1) << i;
        m->token |= (uint64_t)(k >> 2 & 1) << i;
        m->hex |= (uint64_t)(k >> 3 & 1) << i;
        m->separator |= (uint64_t)(k >> 4 & 1) << i;
        m->control |= (uint64_t)(k >> 5 & 1) << i;
        m->escape |= (uint64_t)(k >> 6 & 1) << i;
        m->high |= (uint64_t)(p[i] >> 7) << i;
        m->at |= (uint64_t)(p[i] == '@') << i;
        m->colon |= (uint64_t)(p[i] == ':') << i;
    }
}

static void scan_plain(struct class_state *s, struct slice text, uint64_t base, size_t from,
                       size_t to)
{
    struct masks m;
    for (; from + 64 <= to; from += 64) {
        masks_plain(text.p + from, &m);
        one_word(s, &m, base + from, text, from);
    }
}

/* ---- masks by AVX2 ---- */

#if HAVE_AVX2

/* Two tables of 16: a class is a bit that both the low and the high half of a byte allow. */
enum {
    B_DIGIT = 1,
    B_LETTER_A = 2,
    B_LETTER_P = 4,
    B_HEX = 8,
    B_SIGN = 16,
    B_LINE = 32,
    B_SEPARATOR = 64,
    B_WHITE = 128
};

/* By the low half of a byte, and by its high half. */
static const uint8_t class_low[16] = {
    B_DIGIT | B_LETTER_P | B_SEPARATOR,
    B_DIGIT | B_LETTER_A | B_LETTER_P | B_HEX,
    B_DIGIT | B_LETTER_A | B_LETTER_P | B_HEX,
    B_DIGIT | B_LETTER_A | B_LETTER_P | B_HEX,
    B_DIGIT | B_LETTER_A | B_LETTER_P | B_HEX,
    B_DIGIT | B_LETTER_A | B_LETTER_P | B_HEX,
    B_DIGIT | B_LETTER_A | B_LETTER_P | B_HEX,
    B_DIGIT | B_LETTER_A | B_LETTER_P,
    B_DIGIT | B_LETTER_A | B_LETTER_P | B_SEPARATOR,
    B_DIGIT | B_LETTER_A | B_LETTER_P | B_SEPARATOR | B_WHITE,
    B_LETTER_A | B_LETTER_P | B_WHITE,
    B_LETTER_A | B_SIGN,
    B_LETTER_A,
    B_LETTER_A | B_SIGN | B_SEPARATOR | B_WHITE,
    B_LETTER_A | B_SEPARATOR,
    B_LETTER_A | B_SIGN | B_LINE | B_SEPARATOR,
};
static const uint8_t class_high[16] = {
    B_WHITE,
    0,
    B_SIGN | B_SEPARATOR,
    B_DIGIT,
    B_LETTER_A | B_HEX,
    B_LETTER_P | B_LINE,
    B_LETTER_A | B_HEX,
    B_LETTER_P,
};

#define BIT(v, k) ((uint32_t)_mm256_movemask_epi8(_mm256_slli_epi16((v), 7 - (k))))
#define EQ(v, c)  _mm256_cmpeq_epi8((v), _mm256_set1_epi8(c))

struct half {
    uint32_t digit, letter, upper, hex, sign, separator, white, high, low, at, colon, escape, del;
};

AVX2 INLINE void masks_of_32(const uint8_t *p, struct half *h)
{
    const __m256i lows = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)class_low));
    const __m256i highs = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)class_high));
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i top = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
    __m256i k = _mm256_and_si256(_mm256_shuffle_epi8(lows, v), _mm256_shuffle_epi8(highs, top));
    uint32_t lower = BIT(v, 5);
    h->digit = BIT(k, 0);
    h->letter = BIT(k, 1) | BIT(k, 2);
    h->upper = h->letter & ~lower;
    h->hex = BIT(k, 3) | h->digit;
    h->sign = BIT(k, 4) | BIT(k, 5);
    h->separator = BIT(k, 6);
    h->white = BIT(k, 7);
    h->high = BIT(v, 7);
    h->low = (uint32_t)_mm256_movemask_epi8(
        _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(31)), v));
    h->at = (uint32_t)_mm256_movemask_epi8(EQ(v, '@'));
    h->colon = (uint32_t)_mm256_movemask_epi8(EQ(v, ':'));
    h->escape = (uint32_t)_mm256_movemask_epi8(
        _mm256_or_si256(_mm256_or_si256(EQ(v, '%'), EQ(v, '\\')), EQ(v, '&')));
    h->del = (uint32_t)_mm256_movemask_epi8(EQ(v, 127));
}

#define JOIN(x) ((uint64_t)a.x | (uint64_t)b.x << 32)

AVX2 INLINE void masks_avx2(const uint8_t *p, struct masks *m)
{
    struct half a, b;
    masks_of_32(p, &a);
    masks_of_32(p + 32, &b);
    uint64_t letter = JOIN(letter);
    m->digit = JOIN(digit);
    m->upper = JOIN(upper) | m->digit;
    m->token = letter | m->digit | JOIN(sign);
    m->hex = JOIN(hex);
    m->separator = JOIN(separator);
    m->high = JOIN(high);
    m->control = (JOIN(low) & ~JOIN(white)) | JOIN(del);
    m->at = JOIN(at);
    m->colon = JOIN(colon);
    m->escape = JOIN(escape);
}

AVX2 static void scan_avx2(struct class_state *s, struct slice text, uint64_t base, size_t from,
                           size_t to)
{
    struct masks m;
    for (; from + 64 <= to; from += 64) {
        /* the memory is what one waits for here; a hint beyond the text does no harm */
        __builtin_prefetch(text.p + from + 2048);
        masks_avx2(text.p + from, &m);
        one_word(s, &m, base + from, text, from);
    }
}

/* The same of 64 bytes at once. */
AVX512 INLINE void masks_avx512(const uint8_t *p, struct masks *m)
{
#define OF(v, bits) _mm512_test_epi8_mask((v), _mm512_set1_epi8((char)(bits)))
#define IS(v, c)    _mm512_cmpeq_epi8_mask((v), _mm512_set1_epi8(c))
    const __m512i lows = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)class_low));
    const __m512i highs = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)class_high));
    __m512i v = _mm512_loadu_si512(p);
    __m512i top = _mm512_and_si512(_mm512_srli_epi16(v, 4), _mm512_set1_epi8(15));
    __m512i k = _mm512_and_si512(_mm512_shuffle_epi8(lows, v), _mm512_shuffle_epi8(highs, top));
    m->digit = OF(k, B_DIGIT);
    m->upper = (OF(k, B_LETTER_A | B_LETTER_P) & ~OF(v, 0x20)) | m->digit;
    m->token = OF(k, B_LETTER_A | B_LETTER_P | B_DIGIT | B_SIGN | B_LINE);
    m->hex = OF(k, B_HEX) | m->digit;
    m->separator = OF(k, B_SEPARATOR);
    m->high = (uint64_t)_mm512_movepi8_mask(v);
    m->control = (_mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(32)) & ~OF(k, B_WHITE)) | IS(v, 127);
    m->at = IS(v, '@');
    m->colon = IS(v, ':');
    m->escape = IS(v, '%') | IS(v, '\\') | IS(v, '&');
#undef OF
#undef IS
}

AVX512 static void scan_avx512(struct class_state *s, struct slice text, uint64_t base, size_t from,
                               size_t to)
{
    struct masks m;
    for (; from + 64 <= to; from += 64) {
        __builtin_prefetch(text.p + from + 2048);
        masks_avx512(text.p + from, &m);
        one_word(s, &m, base + from, text, from);
    }
}

AVX2 static void last_avx2(const uint8_t *p, struct masks *m)
{
    masks_avx2(p, m);
}

AVX512 static void last_avx512(const uint8_t *p, struct masks *m)
{
    masks_avx512(p, m);
}
#endif

/* Of one block by itself, as the end of a stream is, over and over. */
static void masks_last(const uint8_t *p, struct masks *m)
{
#if HAVE_AVX2
    if (cpu_avx512()) {
        last_avx512(p, m);
        return;
    }
    if (cpu_avx2()) {
        last_avx2(p, m);
        return;
    }
#endif
    masks_plain(p, m);
}

void classes_scan(struct class_state *s, struct slice text, uint64_t base, size_t from, size_t to)
{
#if HAVE_AVX2
    if (cpu_avx512())
        scan_avx512(s, text, base, from, to);
    else if (cpu_avx2())
        scan_avx2(s, text, base, from, to);
    else
#endif
        scan_plain(s, text, base, from, to);
    size_t left = (to - from) % 64;
    if (!left) return;
    uint8_t last[64] = {0};
    memset(last, '\n', sizeof last);
    memcpy(last, text.p + to - left, left);
    struct masks m;
    masks_last(last, &m);
    one_word(s, &m, base + to - left, text, to - left);
}

void classes_finish(struct class_state *s, uint64_t end)
{
    token_ends(s, &s->token);
    hex_ends(s, &s->hex);
    shape_ends(s, &s->shape, end);
    close_escapes(s);
    close_control(s);
    close_high(s);
    if (s->held_count) release_marks(s);
    s->upper1 = s->upper2 = s->colons = s->tokens = s->digits = 0;
}
