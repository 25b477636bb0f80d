/* SPDX-License-Identifier: Apache-2.0 */
#include "base/near.h"

#define WORD_MAX 64

struct near near_to(struct slice word)
{
    return (struct near){.word = word, .distance = word.n < 4 ? 2 : word.n < 8 ? 3 : 4};
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Edits between two words; swapped neighbours are one edit, as fingers make them. */
static unsigned edits(struct slice a, struct slice b)
{
    unsigned rows[3][WORD_MAX + 1];
    for (unsigned k = 0; k <= b.n; k++) rows[0][k] = k;
    for (unsigned i = 1; i <= a.n; i++) {
        unsigned *now = rows[i % 3], *last = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (unsigned k = 1; k <= b.n; k++) {
            unsigned other = a.p[i - 1] != b.p[k - 1];
            now[k] = least(least(now[k - 1], last[k]) + 1, last[k - 1] + other);
            if (i > 1 && k > 1 && a.p[i - 1] == b.p[k - 2] && a.p[i - 2] == b.p[k - 1])
                now[k] = least(now[k], before[k - 2] + 1);
        }
    }
    return rows[a.n % 3][b.n];
}

bool near_try(struct near *n, const char *candidate)
{
    struct slice c = slice_str(candidate);
    if (!candidate || c.n > WORD_MAX || n->word.n > WORD_MAX || !n->word.n) return false;
    bool begins = n->word.n >= 2 && slice_starts(c, n->word);
    unsigned d = begins ? 1 : edits(n->word, c);
    if (d >= n->distance) return false;
    n->distance = d;
    n->best = candidate;
    return true;
}
