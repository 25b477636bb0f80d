/* SPDX-License-Identifier: Apache-2.0 */
/* der.c - is there a private key between the lines of a PEM block (RFC 7468)?
 *
 *    -----BEGIN RSA PRIVATE KEY-----      PKCS#1, SEC1, PKCS#8: SEQUENCE, INTEGER version, ...
 *    Proc-Type: 4,ENCRYPTED               encrypted: worth less
 *    MIIE...                              openssh-key-v1\0, cipher name: "none" or not
 *    -----END RSA PRIVATE KEY-----        PGP: armour with a packet tag
 */
#include "codec/base64.h"
#include "detect/check/table.h"

/* Length octets behind a tag; *at moves behind them. False: indefinite or too long. */
static bool der_length(struct slice s, size_t *at, size_t *ret)
{
    if (*at >= s.n) return false;
    unsigned first = s.p[(*at)++];
    if (first < 0x80) {
        *ret = first;
        return true;
    }
    unsigned count = first & 0x7f;
    if (count == 0 || count > 3 || s.n - *at < count) return false;
    for (*ret = 0; count; count--) *ret = *ret << 8 | s.p[(*at)++];
    return true;
}

static enum check_result der_key(struct slice s, size_t all)
{
    size_t at = 1, n, inner;
    if (s.n < 8 || s.p[0] != 0x30 || !der_length(s, &at, &n)) return CHECK_BAD;
    if (n + at > all + 2 || n < 16 || at >= s.n) return CHECK_BAD;
    if (s.p[at] == 0x30) return CHECK_LESS; /* EncryptedPrivateKeyInfo: an algorithm comes first */
    if (s.p[at++] != 0x02 || !der_length(s, &at, &inner)) return CHECK_BAD;
    return inner == 1 && at < s.n && s.p[at] <= 2 ? CHECK_GOOD : CHECK_BAD;
}

static enum check_result openssh_key(struct slice s)
{
    struct slice none = S("\0\0\0\4none");
    struct slice cipher = slice_sub(s, 15, none.n);
    return cipher.n < none.n ? CHECK_BAD : slice_eq(cipher, none) ? CHECK_GOOD : CHECK_LESS;
}

/* Headers of RFC 1421 end with an empty line. */
static struct slice body_of(struct slice s, bool *ret_encrypted)
{
    struct slice rest = s, line;
    size_t skip = 0;
    *ret_encrypted = false;
    while (slice_split(&rest, '\n', &line)) {
        bool header = slice_find_byte(line, ':') != SIZE_MAX;
        if (!header && slice_trim(line).n) break;
        *ret_encrypted = *ret_encrypted || slice_has(line, S("ENCRYPTED"));
        skip = rest.p ? (size_t)(rest.p - s.p) : s.n;
    }
    return slice_sub(s, skip, s.n);
}

/* The block from BEGIN to END, or to where the text ends. Line ends may be real or written "\n". */
enum check_result check_pem(struct slice value)
{
    uint8_t text[4096], raw[3072];
    size_t n = 0, begin = slice_find(value, S("KEY"));
    struct slice rest = slice_sub(value, begin == SIZE_MAX ? 0 : begin, value.n);
    size_t dashes = slice_find(rest, S("-----"));
    if (begin == SIZE_MAX || dashes == SIZE_MAX) return CHECK_BAD;
    rest = slice_sub(rest, dashes + 5, rest.n);
    size_t end = slice_find(rest, S("-----END"));
    if (end != SIZE_MAX) rest = slice_sub(rest, 0, end);
    for (size_t i = 0; i < rest.n && n < sizeof text; i++) {
        bool escaped = rest.p[i] == '\\' && i + 1 < rest.n;
        if (escaped && (rest.p[i + 1] == 'n' || rest.p[i + 1] == 'r')) {
            text[n++] = '\n';
            i++;
        } else if (rest.p[i] != '"' && rest.p[i] != '\'' && rest.p[i] != '\\') {
            text[n++] = rest.p[i];
        }
    }
    bool encrypted, pgp = slice_has(slice_sub(value, 0, 64), S("PGP "));
    struct slice body = slice_trim(body_of(slice_of(text, n), &encrypted));
    if (pgp) return body.n > 100 ? CHECK_GOOD : CHECK_BAD;
    if (n == sizeof text) body.n -= body.n % 4; /* cut: what matters is at the front */
    size_t got = base64_into(body, raw, sizeof raw);
    if (got == SIZE_MAX || got < 32) return CHECK_BAD;
    if (encrypted) return CHECK_LESS; /* PKCS#1 with a cipher: random bytes */
    struct slice key = slice_of(raw, got);
    if (slice_starts(key, S("openssh-key-v1"))) return openssh_key(key);
    return der_key(key, body.n);
}
