/* SPDX-License-Identifier: Apache-2.0 */
/* wallets.c - addresses and keys of crypto-currencies. */
#include "base/ascii.h"
#include "detect/check/base58.h"
#include "detect/check/digest256.h"
#include "detect/check/table.h"

enum check_result check_btc_base58(struct slice value)
{
    uint8_t raw[BASE58_MAX];
    size_t n;
    if (!base58_check(value, raw, &n) || n != 21 || (raw[0] != 0 && raw[0] != 5)) return CHECK_BAD;
    struct slice first = S("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"); /* the first block's: nobody's */
    struct slice burn = S("1BitcoinEaterAddressDontSendf59kuE");
    return slice_eq(value, first) || slice_eq(value, burn) ? CHECK_TEST : CHECK_GOOD;
}

enum check_result check_btc_bech32(struct slice value)
{
    unsigned version;
    if (value.n < 14 || !slice_eq_nocase(slice_sub(value, 0, 3), S("bc1"))) return CHECK_BAD;
    uint32_t left = bech32_residue(value, &version);
    uint32_t wanted = version == 0 ? 1 : 0x2bc830a3;
    if (left != wanted || version > 16) return CHECK_BAD;
    if (version == 0 && value.n != 42 && value.n != 62) return CHECK_BAD;
    return CHECK_GOOD;
}

/* EIP-55: a letter is a capital when the digit of the Keccak-256 of the lower-case text at its
 * place is 8 or more. */
static bool eip55(const uint8_t *hex40)
{
    uint8_t flat[40], hash[32];
    for (size_t i = 0; i < 40; i++) {
        uint8_t c = hex40[i];
        flat[i] = c >= 'A' && c <= 'F' ? (uint8_t)(c + 32) : c;
    }
    keccak256(slice_of(flat, 40), hash);
    for (size_t i = 0; i < 40; i++) {
        bool capital = (i % 2 ? hash[i / 2] & 15 : hash[i / 2] >> 4) > 7;
        if (flat[i] >= 'a' && (hex40[i] != flat[i]) != capital) return false;
    }
    return true;
}

enum check_result check_eth(struct slice value)
{
    if (value.n != 42) return CHECK_BAD;
    bool upper = false, lower = false;
    size_t distinct = 0, seen = 0;
    for (size_t i = 2; i < 42; i++) {
        uint8_t c = value.p[i];
        upper = upper || (c >= 'A' && c <= 'F');
        lower = lower || (c >= 'a' && c <= 'f');
        size_t bit = 1u << (c & 31);
        if (!(seen & bit)) distinct++;
        seen |= bit;
    }
    if (distinct < 6) return CHECK_BAD; /* 0x000..dead and the like */
    if (!upper || !lower) return CHECK_FITS;
    return eip55(value.p + 2) ? CHECK_GOOD : CHECK_BAD;
}

enum check_result check_xmr(struct slice value)
{
    uint8_t raw[BASE58_MAX], hash[32];
    size_t n;
    if (value.n != 95 && value.n != 106) return CHECK_BAD;
    if (!base58_blocks(value, raw, &n) || n < 69) return CHECK_BAD;
    if (raw[0] != 18 && raw[0] != 19 && raw[0] != 42) return CHECK_BAD;
    keccak256(slice_of(raw, n - 4), hash);
    return memcmp(hash, raw + n - 4, 4) ? CHECK_BAD : CHECK_GOOD;
}

enum check_result check_trx(struct slice value)
{
    uint8_t raw[BASE58_MAX];
    size_t n;
    bool right = base58_check(value, raw, &n) && n == 21 && raw[0] == 0x41;
    return right ? CHECK_GOOD : CHECK_BAD;
}

/* 32 bytes without any checksum; digits, capitals and small letters all occur in a real one. */
enum check_result check_sol(struct slice value)
{
    uint8_t raw[BASE58_MAX];
    size_t n;
    unsigned digits = 0, upper = 0, lower = 0;
    if (!base58_decode(value, raw, &n) || n != 32) return CHECK_BAD;
    for (size_t i = 0; i < value.n; i++) {
        digits += value.p[i] <= '9';
        upper += ascii_upper(value.p[i]);
        lower += value.p[i] >= 'a';
    }
    return digits && upper > 3 && lower > 3 ? CHECK_FITS : CHECK_BAD;
}

/* Private key for import: version 0x80, 32 bytes, perhaps 1 (compressed). */
enum check_result check_wif(struct slice value)
{
    uint8_t raw[BASE58_MAX];
    size_t n;
    if (!base58_check(value, raw, &n) || raw[0] != 0x80) return CHECK_BAD;
    return n == 33 || (n == 34 && raw[33] == 1) ? CHECK_GOOD : CHECK_BAD;
}

/* 0 < k < order of secp256k1. Any SHA-256 fits too: the context has to decide. */
enum check_result check_eth_privkey(struct slice value)
{
    static const char order[] = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    struct slice hex = slice_starts(value, S("0x")) ? slice_sub(value, 2, value.n) : value;
    unsigned seen = 0, distinct = 0;
    if (hex.n != 64) return CHECK_BAD;
    for (size_t i = 0; i < 64; i++) {
        unsigned bit = 1u << (hex.p[i] & 31);
        distinct += !(seen & bit);
        seen |= bit;
    }
    return distinct < 8 || memcmp(hex.p, order, 64) >= 0 ? CHECK_BAD : CHECK_FITS;
}

enum check_result check_age(struct slice value)
{
    unsigned first;
    return value.n == 74 && bech32_residue(value, &first) == 1 ? CHECK_GOOD : CHECK_BAD;
}
