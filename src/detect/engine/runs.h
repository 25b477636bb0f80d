/* SPDX-License-Identifier: Apache-2.0 */
/* runs.h - runs of set bits in words of 64, and what of the processor the passes may use.
 * Owns: nothing.   Threads: pure. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#define HAVE_AVX2 1
#define AVX2      __attribute__((target("avx2")))
#define AVX512    __attribute__((target("avx512f,avx512bw,bmi,bmi2,lzcnt")))
#else
#define HAVE_AVX2 0
#endif
#define INLINE static inline __attribute__((always_inline))

INLINE unsigned ones_below(uint64_t m)
{
    return m == UINT64_MAX ? 64 : (unsigned)__builtin_ctzll(~m);
}

INLINE unsigned ones_above(uint64_t m)
{
    return m == UINT64_MAX ? 64 : (unsigned)__builtin_clzll(~m);
}

/* The next run of set bits at or after *at; false: none. */
INLINE bool next_run(uint64_t m, unsigned *at, unsigned *ret_n)
{
    if (*at >= 64 || !(m >> *at)) return false;
    *at += (unsigned)__builtin_ctzll(m >> *at);
    uint64_t rest = m >> *at;
    *ret_n = *at ? (unsigned)__builtin_ctzll(~rest) : ones_below(rest);
    return true;
}

INLINE uint64_t runs_of_8(uint64_t m)
{
    m &= m >> 1;
    m &= m >> 2;
    return m & m >> 4;
}
