/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/check/base58.h"
#include "base/ascii.h"
#include "detect/check/digest256.h"

static int digit58(uint8_t c)
{
    static const char alphabet[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

/* ret[0..n) = the number, most significant byte first, in n bytes. */
static bool big_number(struct slice s, uint8_t *ret, size_t n)
{
    memset(ret, 0, n);
    for (size_t i = 0; i < s.n; i++) {
        int v = digit58(s.p[i]);
        if (v < 0) return false;
        unsigned carry = (unsigned)v;
        for (size_t k = n; k-- > 0;) {
            carry += ret[k] * 58u;
            ret[k] = (uint8_t)carry;
            carry >>= 8;
        }
        if (carry) return false;
    }
    return true;
}

bool base58_decode(struct slice s, uint8_t ret[BASE58_MAX], size_t *ret_n)
{
    size_t zeros = 0, skip = 0, size = s.n * 3 / 4 + 1; /* log 58 / log 256 is 0.733 */
    if (size > BASE58_MAX || !big_number(s, ret, size)) return false;
    while (zeros < s.n && s.p[zeros] == '1') zeros++;
    while (skip < size && ret[skip] == 0) skip++;
    if (size - skip + zeros > BASE58_MAX) return false;
    memmove(ret + zeros, ret + skip, size - skip);
    memset(ret, 0, zeros);
    *ret_n = size - skip + zeros;
    return true;
}

bool base58_check(struct slice s, uint8_t ret[BASE58_MAX], size_t *ret_n)
{
    uint8_t once[32], twice[32];
    if (!base58_decode(s, ret, ret_n) || *ret_n < 5) return false;
    *ret_n -= 4;
    sha256_of(slice_of(ret, *ret_n), once);
    sha256_of(slice_of(once, 32), twice);
    return memcmp(twice, ret + *ret_n, 4) == 0;
}

bool base58_blocks(struct slice s, uint8_t ret[BASE58_MAX], size_t *ret_n)
{
    static const uint8_t bytes[12] = {0, 0, 1, 2, 0, 3, 4, 5, 0, 6, 7, 8};
    size_t n = 0;
    for (size_t at = 0; at < s.n; at += 11) {
        struct slice block = slice_sub(s, at, 11);
        size_t size = bytes[block.n];
        if (!size || n + size > BASE58_MAX || !big_number(block, ret + n, size)) return false;
        n += size;
    }
    *ret_n = n;
    return true;
}

static uint32_t polymod(uint32_t c, unsigned v)
{
    static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                          0x2a1462b3};
    uint32_t top = c >> 25;
    c = (c & 0x1ffffff) << 5 ^ v;
    for (unsigned i = 0; i < 5; i++)
        if (top >> i & 1) c ^= generator[i];
    return c;
}

uint32_t bech32_residue(struct slice s, unsigned *ret_first)
{
    static const char alphabet[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    size_t one = slice_rfind_byte(s, '1');
    if (one == SIZE_MAX || one == 0 || s.n - one < 8 || s.n > 120) return 0;
    uint32_t c = 1;
    bool upper = false, lower = false;
    for (size_t i = 0; i < s.n; i++) {
        upper = upper || ascii_upper(s.p[i]);
        lower = lower || ascii_lower(s.p[i]);
    }
    if (upper && lower) return 0;
    for (size_t i = 0; i < one; i++) c = polymod(c, (s.p[i] | (upper ? 32u : 0u)) >> 5);
    c = polymod(c, 0);
    for (size_t i = 0; i < one; i++) c = polymod(c, (s.p[i] | (upper ? 32u : 0u)) & 31);
    for (size_t i = one + 1; i < s.n; i++) {
        uint8_t letter = ascii_to_lower(s.p[i]);
        const char *at = letter ? strchr(alphabet, letter) : NULL;
        if (!at) return 0;
        if (i == one + 1) *ret_first = (unsigned)(at - alphabet);
        c = polymod(c, (unsigned)(at - alphabet));
    }
    return c;
}
