/* SPDX-License-Identifier: Apache-2.0 */
/* password.c - is this a secret, or does it stand where one belongs? */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/check/entropy.h"
#include "detect/check/table.h"
#include "detect/check/words.h"

/* References to variables and vaults: ${DB_PASS}, $PASS, <password>, {{ secret }}, %s, !vault. */
static bool reference(struct slice s)
{
    uint8_t a = s.p[0], z = s.p[s.n - 1];
    if (a == '$' || a == '<' || a == '{' || a == '%' || a == '[' || z == '>') return true;
    if (slice_has(s, S("${")) || slice_has(s, S("{{")) || slice_has(s, S("<%"))) return true;
    static const char *const calls[] = {"os.environ", "process.env", "getenv",  "ENV[", "env.",
                                        "vault:",     "secrets.",    "config.", "ENC[", NULL};
    for (size_t i = 0; calls[i]; i++)
        if (slice_has(s, slice_str(calls[i]))) return true;
    return false;
}

/* xxxx, ****, ...., 0000 */
static bool masked(struct slice s)
{
    size_t other = 0;
    for (size_t i = 0; i < s.n; i++) other += s.p[i] != s.p[0];
    return other == 0 || (other <= 1 && s.n > 4);
}

enum check_result check_password(struct slice value)
{
    struct slice s = slice_trim(value);
    if (s.n < 3 || reference(s) || masked(s)) return CHECK_BAD;
    if (words_have(&words_set_password_none, s)) return CHECK_BAD;
    if (slice_has_nocase(s, S("your_")) || slice_has_nocase(s, S("your-")) ||
        slice_has_nocase(s, S("placeholder")) || slice_has_nocase(s, S("xxxx")))
        return CHECK_BAD;
    if (words_have(&words_set_password_weak, s)) return CHECK_TEST;
    return slice_has_nocase(s, S("example")) ? CHECK_TEST : CHECK_FITS;
}

/* A token in a header: longer than a password, and random. */
enum check_result check_token(struct slice value)
{
    enum check_result result = check_password(value);
    if (result != CHECK_FITS) return result;
    bool digit = false, upper = false;
    for (size_t i = 0; i < value.n; i++) {
        digit = digit || ascii_digit(value.p[i]);
        upper = upper || ascii_upper(value.p[i]);
    }
    if (!digit && !upper) return CHECK_BAD;
    return entropy_bits(value) < 3 ? CHECK_BAD : CHECK_FITS;
}
