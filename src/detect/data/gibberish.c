/* SPDX-License-Identifier: Apache-2.0 */
/* gibberish.c - samples first, counts then.
 *
 * In writing, a capital hardly ever follows a small letter and a digit hardly ever stands beside a
 * letter; in random characters every third pair is like that. So 32 bytes of every 224 are looked
 * at. Where many such pairs stand, the words around are counted: 24 in a row, most of them broken
 * in two places at least, with capitals, small letters and digits. Base64 has no spaces,
 * hexadecimal no capitals among small letters, formulas and part numbers no small letters or no
 * such length. */
#include "detect/data/gibberish.h"

#define STRIDE     224u
#define SAMPLE     32u
#define AHEAD      (16 * STRIDE)
#define PAIRS      5u  /* odd pairs in a sample */
#define TOKENS_MIN 24u /* in a row */
#define TOKEN_MAX  16u
#define REACH      (64u << 10)

enum { LOWER = 1, UPPER, DIGIT, SIGN };

static unsigned class_of(uint8_t c)
{
    if ((uint8_t)(c - 'a') < 26) return LOWER;
    if ((uint8_t)(c - 'A') < 26) return UPPER;
    if ((uint8_t)(c - '0') < 10) return DIGIT;
    return c == '#' || c == '@' || c == '%' || c == '$' || c == '&' || c == '!' || c == '^' ||
                   c == '*' || c == '~'
               ? SIGN
               : 0;
}

static bool is_odd_pair(unsigned a, unsigned b)
{
    if (!a || !b || a == b) return false;
    return (a == LOWER && b == UPPER) || a == DIGIT || b == DIGIT || a == SIGN || b == SIGN;
}

typedef uint8_t bytes16 __attribute__((vector_size(16)));

/* class_of() of 16 bytes. */
static bytes16 classes_of(const uint8_t *p)
{
    bytes16 v;
    memcpy(&v, p, sizeof v);
    bytes16 small = (bytes16)((bytes16)(v - 'a') < 26), big = (bytes16)((bytes16)(v - 'A') < 26);
    bytes16 digit = (bytes16)((bytes16)(v - '0') < 10);
    /* ! # $ % & * @ ^ ~ */
    bytes16 sign = (bytes16)((v == '!') | ((bytes16)(v - '#') < 4) | (v == '*') | (v == '@') |
                             (v == '^') | (v == '~'));
    return (small & LOWER) | (big & UPPER) | (digit & DIGIT) | (sign & SIGN);
}

/* Pairs of a[i] and b[i] of which `counted` has a 1. */
static unsigned odd_pairs(bytes16 a, bytes16 b, bytes16 counted)
{
    uint64_t half[2];
    bytes16 odd = (bytes16)((a != 0) & (b != 0) & (a != b) & ~((a == UPPER) & (b == LOWER)));
    odd &= counted;
    memcpy(half, &odd, sizeof half);
    return (unsigned)(((half[0] + half[1]) * 0x0101010101010101u) >> 56); /* ones, added up */
}

/* Of SAMPLE bytes. */
static bool is_suspect(const uint8_t *p)
{
    const bytes16 all = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    const bytes16 but_first = {0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    unsigned pairs = odd_pairs(classes_of(p), classes_of(p + 1), all);
    return pairs + odd_pairs(classes_of(p + 15), classes_of(p + 16), but_first) >= PAIRS;
}

struct run {
    unsigned tokens, broken, mixed, digits;
    unsigned plain; /* ordinary words since the last broken one */
    size_t end;     /* behind the last broken one */
};

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

/* False: no token of this kind; the run is over. */
static bool count(struct run *r, struct slice token)
{
    unsigned pairs = 0, seen = 0, before = 0;
    if (token.n > TOKEN_MAX) return false;
    for (size_t i = 0; i < token.n; i++) {
        unsigned now = class_of(token.p[i]);
        if (!now) return false;
        pairs += is_odd_pair(before, now);
        seen |= 1u << now;
        before = now;
    }
    r->tokens++;
    r->mixed += (seen & (1u << LOWER)) && (seen & (1u << UPPER)) && pairs;
    r->digits += (seen & (1u << DIGIT | 1u << SIGN)) && pairs;
    r->broken += pairs > 0;
    r->plain = pairs ? 0 : r->plain + 1;
    return r->plain < 4;
}

/* Not further than a token can reach. */
static size_t token_start(struct slice s, size_t at)
{
    size_t floor = at > TOKEN_MAX + 1 ? at - TOKEN_MAX - 1 : 0;
    while (at > floor && !is_space(s.p[at - 1])) at--;
    return at;
}

static size_t token_end(struct slice s, size_t at)
{
    size_t most = s.n - at > TOKEN_MAX + 1 ? at + TOKEN_MAX + 1 : s.n;
    while (at < most && !is_space(s.p[at])) at++;
    return at;
}

/* To the left as far as words are broken. */
static size_t run_start(struct slice s, size_t at, size_t floor)
{
    struct run r = {0};
    size_t start = token_start(s, at), best = start;
    while (start > floor && at - start < REACH) {
        size_t end = start - 1, from = token_start(s, end);
        if (from < floor || !count(&r, slice_sub(s, from, end - from))) break;
        if (!r.plain) best = from;
        start = from;
    }
    return best;
}

static struct run run_from(struct slice s, size_t at)
{
    struct run r = {.end = at};
    for (size_t from = at; from < s.n && from - at < REACH;) {
        size_t end = token_end(s, from);
        if (!count(&r, slice_sub(s, from, end - from))) break;
        if (!r.plain) r.end = end;
        from = end + 1;
    }
    return r;
}

void gibberish_scan(struct slice text, gibberish_fn *emit, void *ctx)
{
    size_t done = 0;
    for (size_t at = 0; at + SAMPLE <= text.n; at += STRIDE) {
        __builtin_prefetch(text.p + at + AHEAD); /* beyond the text it does no harm */
        if (at < done || !is_suspect(text.p + at)) continue;
        size_t from = run_start(text, at, done);
        struct run r = run_from(text, from);
        done = r.end > at ? r.end : at;
        bool random = r.broken * 10 >= r.tokens * 6 && r.mixed * 10 >= r.tokens * 3 &&
                      r.digits * 10 >= r.tokens * 3;
        if (r.tokens >= TOKENS_MIN && random) emit(ctx, from, r.end, r.tokens);
    }
}
