/* SPDX-License-Identifier: Apache-2.0 */
/* network.c - addresses in networks. Only those that can lead to a person count. */
#include "base/ascii.h"
#include "detect/check/table.h"

/* Dotted quad; false also for leading zeros. */
static bool quad(struct slice s, uint8_t ret[4])
{
    size_t at = 0;
    for (size_t part = 0; part < 4; part++) {
        unsigned v = 0;
        size_t from = at;
        while (at < s.n && ascii_digit(s.p[at]) && at - from < 4)
            v = v * 10 + (unsigned)(s.p[at++] - '0');
        if (at == from || v > 255 || (at - from > 1 && s.p[from] == '0')) return false;
        ret[part] = (uint8_t)v;
        if (part < 3 && (at == s.n || s.p[at++] != '.')) return false;
    }
    return at == s.n;
}

/* Special-purpose registry (RFC 6890), multicast and reserved, and resolvers that everybody uses.
 */
static bool quad_public(const uint8_t a[4])
{
    static const uint8_t nets[][5] = {
        {0, 0, 0, 0, 8},      {10, 0, 0, 0, 8},     {100, 64, 0, 0, 10}, {127, 0, 0, 0, 8},
        {169, 254, 0, 0, 16}, {172, 16, 0, 0, 12},  {192, 0, 0, 0, 24},  {192, 0, 2, 0, 24},
        {192, 88, 99, 0, 24}, {192, 168, 0, 0, 16}, {198, 18, 0, 0, 15}, {198, 51, 100, 0, 24},
        {203, 0, 113, 0, 24}, {224, 0, 0, 0, 3},    {8, 8, 8, 8, 32},    {8, 8, 4, 4, 32},
        {1, 1, 1, 1, 32},     {1, 0, 0, 1, 32},     {9, 9, 9, 9, 32},    {4, 2, 2, 2, 32},
        {1, 2, 3, 4, 32},
    };
    uint32_t v = (uint32_t)a[0] << 24 | (uint32_t)a[1] << 16 | (uint32_t)a[2] << 8 | a[3];
    for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++) {
        const uint8_t *n = nets[i];
        uint32_t w = (uint32_t)n[0] << 24 | (uint32_t)n[1] << 16 | (uint32_t)n[2] << 8 | n[3];
        if ((v ^ w) >> (32 - n[4]) == 0) return false;
    }
    return true;
}

enum check_result check_ipv4(struct slice value)
{
    uint8_t a[4];
    if (!quad(value, a) || !quad_public(a)) return CHECK_BAD;
    bool network = a[3] == 0 && a[2] == 0;                         /* 52.0.0.0 */
    bool small = a[0] < 40 && a[1] < 40 && a[2] < 40 && a[3] < 40; /* versions look like this */
    small = small || a[0] < 3;                                     /* and object identifiers */
    return network ? CHECK_BAD : small ? CHECK_FITS : CHECK_GOOD;
}

/* RFC 4291 text form without the embedded dotted quad. ret_long: the longest group's digits. */
static bool groups(struct slice s, uint16_t ret[8], unsigned *ret_long)
{
    size_t at = 0, n = 0, gap = SIZE_MAX;
    *ret_long = 0;
    if (s.n >= 2 && s.p[0] == ':' && s.p[1] == ':') gap = 0, at = 2;
    while (at < s.n) {
        unsigned v = 0, len = 0;
        for (; at < s.n && ascii_hex(s.p[at]) >= 0; at++, len++)
            v = v << 4 | (unsigned)ascii_hex(s.p[at]);
        if (len == 0 || len > 4 || n == 8) return false;
        if (len > *ret_long) *ret_long = len;
        ret[n++] = (uint16_t)v;
        if (at == s.n) break;
        if (s.p[at++] != ':' || at == s.n) return false;
        if (s.p[at] == ':') {
            if (gap != SIZE_MAX) return false;
            gap = n;
            at++;
        }
    }
    if (gap == SIZE_MAX) return n == 8;
    if (n > 7) return false;
    for (size_t i = 0; i < n - gap; i++) ret[7 - i] = ret[n - 1 - i];
    for (size_t i = gap; i < 8 - (n - gap); i++) ret[i] = 0;
    return true;
}

enum check_result check_ipv6(struct slice value)
{
    uint16_t g[8];
    unsigned longest;
    if (!groups(value, g, &longest) || longest < 3) return CHECK_BAD;
    if (g[0] >> 13 != 1) return CHECK_BAD;                  /* 2000::/3 is what is given out */
    if (g[0] == 0x2001 && g[1] == 0x0db8) return CHECK_BAD; /* documentation */
    if (g[0] == 0x3fff && g[1] < 0x1000) return CHECK_BAD;  /* documentation, RFC 9637 */
    if (g[0] == 0x2001 && g[1] < 0x0200 && g[1]) return CHECK_BAD; /* protocols */
    bool resolver = (g[0] == 0x2001 && g[1] == 0x4860 && g[2] == 0x4860) ||
                    (g[0] == 0x2606 && g[1] == 0x4700 && g[2] == 0x4700);
    return resolver ? CHECK_BAD : CHECK_GOOD;
}

enum check_result check_mac(struct slice value)
{
    uint8_t a[6];
    size_t digits = 0;
    uint8_t between = 0;
    for (size_t i = 0; i < value.n; i++) {
        int v = ascii_hex(value.p[i]);
        if (v >= 0) {
            if (digits == 12) return CHECK_BAD;
            a[digits / 2] = (uint8_t)(digits % 2 ? a[digits / 2] << 4 | v : v);
            digits++;
        } else {
            if (between && between != value.p[i]) return CHECK_BAD;
            between = value.p[i];
        }
    }
    if (digits != 12 || (a[0] & 1)) return CHECK_BAD; /* multicast and ff:ff:.. */
    if (!a[0] && !a[1] && !a[2]) return CHECK_BAD;
    unsigned letters = 0;
    for (size_t i = 0; i < value.n; i++) letters += (value.p[i] | 32) >= 'a';
    if (!letters && between != ':') return CHECK_BAD; /* 19-25-19-20-05-13 */
    bool same = true, counting = true;
    for (size_t i = 1; i < 6; i++) {
        same = same && a[i] == a[0];
        counting = counting &&
                   (a[i] == a[i - 1] + 1 || a[i] == a[i - 1] + 0x11 || a[i] == a[i - 1] + 0x22);
    }
    if (same || counting) return CHECK_TEST; /* 00:11:22:.. aa:bb:cc:.. 12:34:56:.. */
    return !letters || a[0] & 2 ? CHECK_FITS
                                : CHECK_GOOD; /* bit 1: made up by the device, changes */
}

/* scheme://user:password@host: placeholders are nobody's. */
enum check_result check_userinfo(struct slice value)
{
    size_t from = slice_find(value, S("://")), at = slice_rfind_byte(value, '@');
    if (from == SIZE_MAX || at == SIZE_MAX || at < from + 5) return CHECK_BAD;
    struct slice user = slice_sub(value, from + 3, at - from - 3);
    size_t colon = slice_find_byte(user, ':');
    if (colon == SIZE_MAX || !colon || colon + 1 >= user.n) return CHECK_BAD;
    if (slice_has_nocase(slice_sub(value, at + 1, value.n), S("example."))) return CHECK_TEST;
    return check_password(slice_sub(user, colon + 1, user.n));
}
