/* SPDX-License-Identifier: Apache-2.0 */
/* sets.c - how many bytes of a class there are in a row: most of what a pattern does.
 *
 * A set is 16 rows of 8 bits twice, for bytes below 0x80 and from there on: the low half of a byte
 * chooses the row, the high half the bit. So 32 bytes are looked up at once. */
#include "base/cpu.h"
#include "detect/engine/runs.h"
#include "detect/engine/tables.h"

#define SHORT \
    6u /* so many are looked at one by one first: most runs of a hostile text are shorter */

static size_t run_plain(const struct byte_set *s, const uint8_t *p, size_t most)
{
    size_t n = 0;
    while (n < most && s->bits[p[n] >> 5] >> (p[n] & 31) & 1) n++;
    return n;
}

#if HAVE_AVX2
/* The bytes of p[0, 32) that are in the set. */
AVX2 INLINE uint32_t members(const struct byte_set *s, const uint8_t *p)
{
    const __m256i bit = _mm256_set1_epi64x((int64_t)0x8040201008040201u);
    const __m256i top = _mm256_set1_epi8((char)0x80);
    __m256i low = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)s->rows[0]));
    __m256i high = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)s->rows[1]));
    __m256i v = _mm256_loadu_si256((const void *)p);
    __m256i half = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(7));
    /* a byte with its top bit set looks up zeros */
    __m256i row = _mm256_or_si256(_mm256_shuffle_epi8(low, v),
                                  _mm256_shuffle_epi8(high, _mm256_xor_si256(v, top)));
    __m256i is = _mm256_and_si256(row, _mm256_shuffle_epi8(bit, half));
    return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(is, _mm256_setzero_si256()));
}

AVX2 static size_t run_avx2(const struct byte_set *s, const uint8_t *p, size_t most, size_t left)
{
    for (size_t n = 0; left - n >= 32; n += 32) {
        uint32_t others = ~members(s, p + n);
        if (others) n += (unsigned)__builtin_ctz(others);
        if (n >= most) return most;
        if (others) return n;
    }
    size_t done = left / 32 * 32;
    if (done >= most) return most;
    return done + run_plain(s, p + done, most - done);
}
#endif

size_t set_run(uint16_t set, struct slice t, size_t at, size_t most)
{
    const struct byte_set *s = &byte_sets[set];
    const uint8_t *p = t.p + at;
    size_t left = t.n - at;
    if (most > left) most = left;
#if HAVE_AVX2
    size_t n = run_plain(s, p, most < SHORT ? most : SHORT);
    if (n < SHORT || n == most) return n;
    p += n;
    left -= n;
    most -= n;
    if (left >= 32 && cpu_avx2()) return n + run_avx2(s, p, most, left);
    return n + run_plain(s, p, most);
#else
    return run_plain(s, p, most);
#endif
}
