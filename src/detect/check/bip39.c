/* SPDX-License-Identifier: Apache-2.0 */
/* bip39.c - seed phrases: 12, 15, 18, 21 or 24 words of a list of 2048; the last bits are the
 * beginning of the SHA-256 of the others (BIP-0039). One phrase of twelve listed words in sixteen
 * passes, one of 24 in 256. */
#include "base/ascii.h"
#include "detect/check/digest256.h"
#include "detect/check/table.h"
#include "detect/check/words.h"

/* The next word in lower case; its length, 0 at the end, SIZE_MAX when it is too long. */
static size_t next_word(struct slice s, size_t *at, uint8_t ret[8])
{
    while (*at < s.n && !ascii_letter(s.p[*at])) (*at)++;
    size_t n = 0;
    for (; *at < s.n && ascii_letter(s.p[*at]); (*at)++) {
        if (n == 8) return SIZE_MAX;
        ret[n++] = s.p[*at] | 32;
    }
    return n;
}

enum check_result check_bip39(struct slice value)
{
    uint8_t bits[33] = {0}, word[8], hash[32];
    size_t words = 0, at = 0, n;
    unsigned distinct = 0;
    size_t last = SIZE_MAX;
    while ((n = next_word(value, &at, word)) != 0) {
        if (n == SIZE_MAX || words == 24) return CHECK_BAD;
        size_t index = words_find(&words_bip39, slice_of(word, n));
        if (index == SIZE_MAX) return CHECK_BAD;
        for (unsigned b = 0; b < 11; b++)
            if (index >> (10 - b) & 1) {
                size_t bit = words * 11 + b;
                bits[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
            }
        distinct += index != last;
        last = index;
        words++;
    }
    if (words < 12 || words % 3) return CHECK_BAD;
    size_t entropy = words * 11 * 32 / 33 / 8, check = words / 3; /* bytes, bits */
    sha256_of(slice_of(bits, entropy), hash);
    if ((hash[0] ^ bits[entropy]) >> (8 - check)) return CHECK_BAD;
    return distinct < words / 2 ? CHECK_TEST : CHECK_GOOD; /* abandon abandon ... about */
}
