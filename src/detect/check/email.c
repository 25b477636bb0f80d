/* SPDX-License-Identifier: Apache-2.0 */
/* email.c - addresses of people, not of machines or handbooks. */
#include "base/ascii.h"
#include "detect/check/table.h"
#include "detect/check/words.h"

static size_t lower(struct slice s, uint8_t *ret, size_t max)
{
    if (s.n > max) return 0;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        ret[i] = ascii_to_lower(c);
    }
    return s.n;
}

static bool local_right(struct slice s)
{
    if (s.n == 0 || s.n > 64 || s.p[0] == '.' || s.p[s.n - 1] == '.') return false;
    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] == '.' && s.p[i - 1] == '.') return false;
    return true;
}

/* Labels of letters, digits and hyphens; at least one has a letter besides the last. */
static bool domain_right(struct slice s)
{
    size_t labels = 0, from = 0;
    for (size_t i = 0; i <= s.n; i++) {
        if (i < s.n && s.p[i] != '.') continue;
        if (i == from || i - from > 63 || s.p[from] == '-' || s.p[i - 1] == '-') return false;
        labels++;
        from = i + 1;
    }
    return labels >= 2;
}

/* RFC 2606 and RFC 6761 names, and the .local of one's own network. */
static bool reserved(struct slice domain, struct slice tld)
{
    if (words_have(&words_set_mail_reserved, tld)) return true;
    size_t dot = domain.n - tld.n - 1; /* example.com, .org, .net, .edu */
    bool whole = dot == 7 || (dot > 7 && domain.p[dot - 8] == '.');
    return whole && slice_eq(slice_sub(domain, dot - 7, 7), S("example")) &&
           (slice_eq(tld, S("com")) || slice_eq(tld, S("org")) || slice_eq(tld, S("net")) ||
            slice_eq(tld, S("edu")));
}

static bool machine(struct slice local)
{
    if (words_have(&words_set_mail_machines, local)) return true;
    return slice_ends(local, S("-noreply")) || slice_starts(local, S("noreply")) ||
           slice_starts(local, S("no-reply"));
}

/* your.name@yourcompany.com, user@domain.com */
static bool placeholder(struct slice local, struct slice domain)
{
    return words_have(&words_set_mail_examples, local) &&
           words_have(&words_set_mail_example_domains, domain);
}

enum check_result check_email(struct slice value)
{
    __attribute__((uninitialized)) uint8_t flat[256]; /* not zeros for each address */
    size_t n = lower(value, flat, 254);
    struct slice all = slice_of(flat, n);
    size_t at = n ? slice_rfind_byte(all, '@') : SIZE_MAX;
    if (at == SIZE_MAX) return CHECK_BAD;
    struct slice local = slice_sub(all, 0, at), domain = slice_sub(all, at + 1, n);
    size_t dot = slice_rfind_byte(domain, '.');
    if (dot == SIZE_MAX || !local_right(local) || !domain_right(domain)) return CHECK_BAD;
    struct slice tld = slice_sub(domain, dot + 1, domain.n);
    if (!words_have(&words_set_tlds, tld) || reserved(domain, tld) || machine(local))
        return CHECK_BAD;
    if (placeholder(local, domain)) return CHECK_TEST;
    /* logo@2x.png is no address, but .zip, .mov, .sh, .py and .rs are domains and file names */
    bool file =
        words_have(&words_set_mail_files, tld) && (local.n < 2 || slice_has(domain, S("_")));
    return file ? CHECK_FITS : CHECK_GOOD;
}
