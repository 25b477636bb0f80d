/* SPDX-License-Identifier: Apache-2.0 */
/* redact_text.c - what stands in a value's place. */
#include "base/ascii.h"
#include "detect/data/mask.h"
#include "port/sodium/hmac.h"
#include "scan/redact_part.h"

#define TOKEN_CHARS 12u /* 60 bits: a collision is not to be expected below a hundred million */

/* "email" of "pii.email", "aws.access_key_id" of "secret.aws.access_key_id" */
static const char *kind_of(const char *rule)
{
    const char *dot = strchr(rule, '.');
    return dot ? dot + 1 : rule;
}

/* Spellings of one personal value give one token: letters in lower case, of numbers only what
 * counts. Secrets are what they are. */
static void canonical(const char *rule, struct slice value, struct buf *out)
{
    bool secret = strncmp(rule, "secret.", 7) == 0, address = slice_find_byte(value, '@') < value.n;
    for (size_t i = 0; i < value.n; i++) {
        uint8_t ch = value.p[i];
        bool upper = ascii_upper(ch);
        bool counts = ascii_alnum(ch) || ch >= 0x80;
        if (secret || address || counts) buf_byte(out, upper && !secret ? (uint8_t)(ch + 32) : ch);
    }
}

static void put_token(const struct redact_request *q, const char *rule, struct slice value,
                      struct buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    uint8_t mac[HMAC_BYTES] = {0};
    struct buf b;
    buf_init(&b, 1u << 20);
    buf_str(&b, rule);
    buf_byte(&b, 0);
    canonical(rule, value, &b);
    bool ok = buf_ok(&b);
    hmac_sha256(q->key, buf_slice(&b), mac);
    buf_done(&b);
    buf_printf(out, "<%s:", kind_of(rule));
    for (size_t i = 0; i < TOKEN_CHARS; i++) {
        size_t bit = i * 5;
        unsigned two = (unsigned)mac[bit / 8] << 8 | mac[bit / 8 + 1];
        buf_byte(out, ok ? (uint8_t)digits[two >> (11 - bit % 8) & 31] : '*');
    }
    buf_byte(out, '>');
}

/* Nothing that JSON, CSV or a line would take for its own. */
static void put_plain(struct slice text, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        uint8_t ch = text.p[i];
        bool special = ch < 0x20 || ch >= 0x7f || strchr("\"'\\,;|", ch) != NULL;
        buf_byte(out, special ? '*' : ch);
    }
}

void redact_replacement(const struct redact_request *q, bool blank, const char *rule,
                        struct slice value, struct buf *out)
{
    char mask[MASK_MAX];
    if (blank && q->mode != REDACT_DROP) {
        buf_str(out, "***");
    } else if (q->mode == REDACT_TOKEN) {
        put_token(q, rule, value, out);
    } else if (q->mode == REDACT_MASK) {
        mask_value(value, mask);
        put_plain(slice_str(mask), out);
    }
}
