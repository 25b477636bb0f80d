/* SPDX-License-Identifier: Apache-2.0 */
/* tokens.c - what the makers of tokens put into them so that they can be known. */
#include "base/ascii.h"
#include "codec/base64.h"
#include "detect/check/entropy.h"
#include "detect/check/table.h"
#include "port/deflate/crc.h"

/* GitHub and npm: prefix_, 30 characters, their CRC-32 in six digits of base 62. */
enum check_result check_crc32_base62(struct slice value)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    size_t mark = slice_rfind_byte(value, '_');
    struct slice body = mark == SIZE_MAX ? value : slice_sub(value, mark + 1, value.n);
    if (body.n < 12) return CHECK_BAD;
    uint32_t crc = crc32_add(0, slice_sub(body, 0, body.n - 6));
    for (size_t i = 0; i < 6; i++, crc /= 62)
        if (body.p[body.n - 1 - i] != (uint8_t)digits[crc % 62]) return CHECK_BAD;
    return CHECK_GOOD;
}

/* The account number lies in the first six bytes behind the prefix (base 32); twelve digits. */
enum check_result check_aws_key_id(struct slice value)
{
    if (value.n != 20 || slice_ends(value, S("EXAMPLE"))) return CHECK_BAD;
    uint64_t bits = 0;
    for (size_t i = 4; i < 14; i++) {
        uint8_t c = value.p[i];
        if (!(ascii_upper(c) || (c >= '2' && c <= '7'))) return CHECK_BAD;
        bits = bits << 5 | (uint64_t)(c >= 'A' ? c - 'A' : c - '2' + 26);
    }
    uint64_t account = (bits >> 2 & 0x7fffffffff80) >> 7;
    if (entropy_bits(value) < 2.5) return CHECK_TEST;
    return account < 1000000000000 ? CHECK_GOOD : CHECK_FITS; /* keys of before 2019 carry none */
}

/* Base64 of "user:password", printable. */
enum check_result check_userpass(struct slice value)
{
    uint8_t raw[400];
    size_t n = base64_into(value, raw, sizeof raw), colon = SIZE_MAX;
    if (n == SIZE_MAX || n < 4) return CHECK_BAD;
    for (size_t i = 0; i < n; i++) {
        if (raw[i] < 0x20 || raw[i] == 0x7f) return CHECK_BAD;
        if (raw[i] == ':' && colon == SIZE_MAX) colon = i;
    }
    if (colon == SIZE_MAX || colon + 1 == n) return CHECK_BAD;
    return check_password(slice_of(raw + colon + 1, n - colon - 1));
}

static enum check_result bytes_in_base64(struct slice value, size_t wanted)
{
    uint8_t raw[80];
    unsigned seen = 0;
    size_t n = base64_into(value, raw, sizeof raw);
    if (n != wanted) return CHECK_BAD;
    for (size_t i = 1; i < n; i++) seen += raw[i] != raw[i - 1];
    return seen < n / 2 ? CHECK_BAD : CHECK_GOOD;
}

enum check_result check_base64_32(struct slice value)
{
    return bytes_in_base64(value, 32);
}

enum check_result check_base64_64(struct slice value)
{
    return bytes_in_base64(value, 64);
}

/* The first part is the bot's number in decimal digits, in Base64. */
enum check_result check_discord_bot(struct slice value)
{
    uint8_t raw[24];
    size_t dot = slice_find_byte(value, '.');
    if (dot == SIZE_MAX) return CHECK_BAD;
    size_t n = base64_into(slice_sub(value, 0, dot), raw, sizeof raw);
    if (n == SIZE_MAX || n < 17 || n > 20) return CHECK_BAD;
    for (size_t i = 0; i < n; i++)
        if (!ascii_digit(raw[i])) return CHECK_BAD;
    return CHECK_GOOD;
}

/* A PEM file in Base64 as a whole. */
enum check_result check_pem64(struct slice value)
{
    uint8_t raw[64];
    size_t n = base64_into(slice_sub(value, 0, 64), raw, sizeof raw);
    bool begins = n != SIZE_MAX && slice_starts(slice_of(raw, n), S("-----BEGIN "));
    return begins ? CHECK_GOOD : CHECK_BAD;
}

/* Hugging Face gives out letters only. */
enum check_result check_hf_letters(struct slice value)
{
    size_t mark = slice_rfind_byte(value, '_');
    struct slice body = slice_sub(value, mark == SIZE_MAX ? 0 : mark + 1, value.n);
    if (entropy_bits(body) < 3) return CHECK_BAD;
    for (size_t i = 0; i < body.n; i++)
        if (body.p[i] <= '9') return CHECK_TEST;
    return CHECK_GOOD;
}

/* A random string, not a word, a path or a digest in hex. */
enum check_result check_mixed(struct slice value)
{
    unsigned digits = 0, letters = 0, beyond_hex = 0;
    for (size_t i = 0; i < value.n; i++) {
        uint8_t c = value.p[i];
        digits += ascii_digit(c);
        letters += ascii_letter(c);
        beyond_hex += (c | 32) > 'f' && (c | 32) <= 'z';
    }
    if (digits < 1 || letters < 3 || beyond_hex < 2) return CHECK_BAD;
    return entropy_bits(value) < 3.0 ? CHECK_BAD : CHECK_FITS;
}

enum check_result check_base64_mixed(struct slice value)
{
    unsigned digits = 0, upper = 0, lower = 0;
    for (size_t i = 0; i < value.n; i++) {
        digits += ascii_digit(value.p[i]);
        upper += ascii_upper(value.p[i]);
        lower += ascii_lower(value.p[i]);
    }
    if (slice_has(value, S("EXAMPLE"))) return CHECK_BAD;
    bool rich = digits && upper > 1 && lower > 1;
    return rich && entropy_bits(value) >= 4.25 ? CHECK_FITS : CHECK_BAD;
}
