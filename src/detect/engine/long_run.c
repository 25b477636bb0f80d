/* SPDX-License-Identifier: Apache-2.0 */
/* long_run.c - is there a run of a token's characters that is long enough for a key? */
#include "base/ascii.h"
#include "base/cpu.h"
#include "detect/engine/classes.h"
#include "detect/engine/runs.h"

static bool is_run_char(uint8_t c)
{
    return ascii_alnum(c) || c == '+' || c == '-' || c == '/' || c == '_';
}

static size_t find_run_plain(struct slice t, size_t from, size_t to)
{
    while (from + RUN_LEAST <= to) {
        size_t k = from + RUN_LEAST;
        while (k > from && is_run_char(t.p[k - 1])) k--;
        if (k == from) return from;
        from = k;
    }
    return SIZE_MAX;
}

#if HAVE_AVX2
#define EQ(v, c) _mm256_cmpeq_epi8((v), _mm256_set1_epi8(c))

AVX2 INLINE uint32_t run_chars_32(const uint8_t *p)
{
    __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i letter =
        _mm256_sub_epi8(_mm256_or_si256(v, _mm256_set1_epi8(32)), _mm256_set1_epi8('a'));
    __m256i digit = _mm256_sub_epi8(v, _mm256_set1_epi8('+')); /* + , - . / 0..9 */
    __m256i a = _mm256_cmpeq_epi8(_mm256_min_epu8(letter, _mm256_set1_epi8(25)), letter);
    __m256i b = _mm256_cmpeq_epi8(_mm256_min_epu8(digit, _mm256_set1_epi8('9' - '+')), digit);
    b = _mm256_andnot_si256(_mm256_or_si256(EQ(v, ','), EQ(v, '.')), b);
    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(_mm256_or_si256(a, b), EQ(v, '_')));
}

AVX2 static size_t find_run_avx2(struct slice t, size_t from, size_t to)
{
    unsigned carry = 0;
    for (; from + 64 <= to; from += 64) {
        uint64_t m = run_chars_32(t.p + from) | (uint64_t)run_chars_32(t.p + from + 32) << 32;
        uint64_t x = runs_of_8(m);
        if (x & x >> 8 || carry + ones_below(m) >= RUN_LEAST) return from;
        carry = ones_above(m);
    }
    return find_run_plain(t, from - (carry < RUN_LEAST ? carry : RUN_LEAST), to);
}

AVX512 INLINE uint64_t run_chars_64(__m512i v)
{
#define BELOW(v, n) _mm512_cmplt_epu8_mask((v), _mm512_set1_epi8(n))
#define IS(v, c)    _mm512_cmpeq_epi8_mask((v), _mm512_set1_epi8(c))
    __m512i letter =
        _mm512_sub_epi8(_mm512_or_si512(v, _mm512_set1_epi8(32)), _mm512_set1_epi8('a'));
    __m512i digit = _mm512_sub_epi8(v, _mm512_set1_epi8('+'));
    uint64_t others = IS(v, ',') | IS(v, '.');
    return BELOW(letter, 26) | (BELOW(digit, '9' - '+' + 1) & ~others) | IS(v, '_');
#undef BELOW
#undef IS
}

AVX512 static size_t find_run_avx512(struct slice t, size_t from, size_t to)
{
    for (unsigned carry = 0; from < to; from += 64) {
        uint64_t in = to - from >= 64 ? UINT64_MAX : (1ull << (to - from)) - 1;
        uint64_t m = run_chars_64(_mm512_maskz_loadu_epi8(in, t.p + from)) & in;
        uint64_t x = runs_of_8(m);
        if (x & x >> 8 || carry + ones_below(m) >= RUN_LEAST) return from;
        carry = ones_above(m);
    }
    return SIZE_MAX;
}
#endif

size_t classes_find_run(struct slice t, size_t from, size_t to)
{
#if HAVE_AVX2
    if (cpu_avx512()) return find_run_avx512(t, from, to);
    if (cpu_avx2()) return find_run_avx2(t, from, to);
#endif
    return find_run_plain(t, from, to);
}
