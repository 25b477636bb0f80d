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
    struct slice rest = s, label;
    size_t labels = 0;
    while (slice_split(&rest, '.', &label)) {
        if (label.n == 0 || label.n > 63) return false;
        if (label.p[0] == '-' || label.p[label.n - 1] == '-') return false;
        labels++;
    }
    return labels >= 2;
}

/* RFC 2606 and RFC 6761 names, and the .local of one's own network. */
static bool reserved(struct slice domain, struct slice tld)
{
    static const char *const domains[] = {"example.com", "example.org", "example.net",
                                          "example.edu", NULL};
    if (words_have(&words_set_mail_reserved, tld)) return true;
    for (size_t i = 0; domains[i]; i++) {
        struct slice d = slice_str(domains[i]);
        if (slice_eq(domain, d)) return true;
        if (domain.n > d.n && slice_ends(domain, d) && domain.p[domain.n - d.n - 1] == '.')
            return true;
    }
    return false;
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
    uint8_t flat[256];
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
