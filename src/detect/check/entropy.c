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
    struct slice t = slice_sub(s, 0, 4096);
    double sum = 0;
    if (!t.n) return 0;
    for (size_t i = 0; i < t.n; i++) counts[t.p[i]]++;
    for (size_t i = 0; i < 256; i++)
        if (counts[i] > 1) sum += counts[i] * log2_of(counts[i]);
    return log2_of((unsigned)t.n) - sum / (double)t.n;
}
