/* SPDX-License-Identifier: Apache-2.0 */
/* jwt.c - JSON web tokens (RFC 7519): what they say about themselves.
 * A token that ran out before this program was made opens nothing; the wall clock is not asked, so
 * that the same bytes always get the same answer. */
#include "base/num.h"
#include "codec/base64.h"
#include "detect/check/table.h"

#define MADE 1793491200u /* 1 November 2026 */

/* The text behind "key": in flat JSON; empty: no such key. Quotes stay on. */
static struct slice json_value(struct slice json, struct slice quoted_key)
{
    size_t at = slice_find(json, quoted_key);
    if (at == SIZE_MAX) return (struct slice){0};
    struct slice rest = slice_sub(json, at + quoted_key.n, json.n);
    size_t i = 0;
    while (i < rest.n && (rest.p[i] == ' ' || rest.p[i] == ':')) i++;
    size_t from = i;
    while (i < rest.n && rest.p[i] != ',' && rest.p[i] != '}') i++;
    return slice_trim(slice_sub(rest, from, i - from));
}

static struct slice part(struct slice value, unsigned which, uint8_t *raw, size_t max)
{
    struct slice rest = value, p = {0};
    for (unsigned i = 0; i <= which; i++)
        if (!slice_split(&rest, '.', &p)) return (struct slice){0};
    size_t n = base64_into(p, raw, max);
    if (n == SIZE_MAX || n < 2 || raw[0] != '{') return (struct slice){0};
    return slice_of(raw, n);
}

enum check_result check_jwt(struct slice value)
{
    uint8_t raw[2048];
    struct slice header = part(value, 0, raw, sizeof raw);
    struct slice alg = json_value(header, S("\"alg\""));
    if (alg.n < 3 || alg.p[0] != '"') return CHECK_BAD;
    bool unsigned_one = slice_eq_nocase(alg, S("\"none\""));
    struct slice claims = part(value, 1, raw, sizeof raw);
    if (!claims.n) return CHECK_BAD;
    uint64_t ends;
    if (num_u64(json_value(claims, S("\"exp\"")), &ends) && ends < MADE) return CHECK_LESS;
    if (unsigned_one) return CHECK_LESS;
    if (slice_eq(json_value(claims, S("\"role\"")), S("\"service_role\""))) return CHECK_MORE;
    if (slice_eq(json_value(claims, S("\"role\"")), S("\"anon\""))) return CHECK_LESS;
    /* the one that jwt.io shows to everybody */
    bool handbook = slice_eq(json_value(claims, S("\"sub\"")), S("\"1234567890\"")) &&
                    slice_has(claims, S("\"John Doe\""));
    return handbook ? CHECK_TEST : CHECK_GOOD;
}

enum check_result check_jwe(struct slice value)
{
    uint8_t raw[1024];
    struct slice header = part(value, 0, raw, sizeof raw);
    return json_value(header, S("\"enc\"")).n ? CHECK_GOOD : CHECK_BAD;
}
