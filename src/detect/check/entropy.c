/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/check/entropy.h"

/* Binary logarithm of v in 1..2^16 by squaring; ten bits behind the point are enough, and the
 * mathematical library need not be linked. */
static double log2_of(unsigned v)
{
    double x = v, whole = 0, step = 1;
    while (x >= 2) x /= 2, whole++;
    for (int i = 0; i < 12; i++) {
        x *= x;
        step /= 2;
        if (x >= 2) x /= 2, whole += step;
    }
    return whole;
}

double entropy_bits(struct slice s)
{
    uint16_t counts[256] = {0};
    uint64_t often[4] = {0}; /* bytes that are there more than once */
    double sum = 0, known[8] = {0};
    struct slice t = slice_sub(s, 0, 4096);
    if (!t.n) return 0;
    for (size_t i = 0; i < t.n; i++)
        if (counts[t.p[i]]++) often[t.p[i] / 64] |= 1ull << t.p[i] % 64;
    for (unsigned i = 0; i < 4; i++) {
        for (uint64_t m = often[i]; m; m &= m - 1) {
            unsigned n = counts[i * 64 + (unsigned)__builtin_ctzll(m)];
            double log = n < 8 && known[n] > 0 ? known[n] : log2_of(n);
            if (n < 8) known[n] = log;
            sum += n * log;
        }
    }
    return log2_of((unsigned)t.n) - sum / (double)t.n;
}
