/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/view/bulk.h"
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

struct classes {
    uint32_t latin, digits, leads, others; /* leads: 0xd0, 0xd1; others: the second byte of any */
};

#if defined(__SSE2__)
#define BITS(v)     ((uint32_t)_mm_movemask_epi8(v))
#define BELOW(v, n) _mm_cmpeq_epi8(_mm_min_epu8((v), _mm_set1_epi8(n)), (v)) /* at most n */
#define FROM(v, c)  _mm_sub_epi8((v), _mm_set1_epi8((char)(c)))

static inline struct classes classes_of_16(const uint8_t *p)
{
    __m128i v = _mm_loadu_si128((const void *)p), small = _mm_or_si128(v, _mm_set1_epi8(0x20));
    return (struct classes){.latin = BITS(BELOW(FROM(small, 'a'), 25)),
                            .digits = BITS(BELOW(FROM(v, '0'), 9)),
                            .leads = BITS(BELOW(FROM(v, 0xd0), 1)),
                            .others = BITS(BELOW(FROM(v, 0x80), 0x3f))};
}

static inline struct classes classes_of(const uint8_t *p)
{
    struct classes a = classes_of_16(p), b = classes_of_16(p + 16);
    return (struct classes){a.latin | b.latin << 16, a.digits | b.digits << 16,
                            a.leads | b.leads << 16, a.others | b.others << 16};
}
#else
static struct classes classes_of(const uint8_t *p)
{
    struct classes c = {0};
    for (unsigned i = 0; i < BULK_BYTES; i++) {
        c.latin |= (uint32_t)ascii_letter(p[i]) << i;
        c.digits |= (uint32_t)ascii_digit(p[i]) << i;
        c.leads |= (uint32_t)((p[i] & 0xfe) == 0xd0) << i;
        c.others |= (uint32_t)((p[i] & 0xc0) == 0x80) << i;
    }
    return c;
}
#endif

struct bulk bulk_at(struct slice s, size_t at, size_t to)
{
    uint8_t few[BULK_BYTES];
    const uint8_t *p = s.p + at;
    if (s.n - at < BULK_BYTES) {
        memset(few, 0, sizeof few);
        if (s.n > at) memcpy(few, p, s.n - at);
        p = few;
    }
    struct classes c = classes_of(p);
    uint32_t pairs = c.leads & c.others >> 1, good = c.latin | c.digits | pairs | pairs << 1;
    unsigned n = good == UINT32_MAX ? BULK_BYTES : (unsigned)__builtin_ctz(~good);
    if (n > to - at) {
        n = (unsigned)(to - at);
        if (n && pairs >> (n - 1) & 1) n--;
    }
    uint32_t here = n == BULK_BYTES ? UINT32_MAX : (1u << n) - 1;
    return (struct bulk){c.latin & here, c.digits & here, pairs & here, n};
}
