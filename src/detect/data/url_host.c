/* SPDX-License-Identifier: Apache-2.0 */
/* url_host.c - what a host's name says about who decides over its content. */
#include "base/ascii.h"
#include "base/num.h"
#include "base/st.h"
#include "detect/data/urllist.h"

/* Registrable names; a host is one of them or ends with "." and one of them. */
static const char *const shorteners[] = {
    "bit.ly",  "tinyurl.com", "goo.gl",      "is.gd",   "v.gd",  "ow.ly",      "buff.ly",
    "cutt.ly", "rb.gy",       "shorturl.at", "tiny.cc", "t.ly",  "rebrand.ly", "s.id",
    "bl.ink",  "adf.ly",      "clck.ru",     "soo.gd",  "qr.ae", "shorte.st",  "lnkd.in",
};

static const char *const dynamic[] = {
    "duckdns.org",    "no-ip.org",      "no-ip.com",         "no-ip.biz",    "ddns.net",
    "hopto.org",      "zapto.org",      "sytes.net",         "dyndns.org",   "dynu.net",
    "dynu.com",       "myftp.org",      "servebeer.com",     "serveftp.com", "redirectme.net",
    "freeddns.org",   "mooo.com",       "chickenkiller.com", "ngrok.io",     "ngrok.app",
    "ngrok-free.app", "ngrok-free.dev", "trycloudflare.com", "serveo.net",   "loca.lt",
    "localhost.run",  "nip.io",         "sslip.io",          "xip.io",       "bore.pub",
    "playit.gg",      "dyn.dns.he.net",
};

static const char *const drops[] = {
    "000webhostapp.com",
    "infinityfreeapp.com",
    "epizy.com",
    "rf.gd",
    "byethost.com",
    "atwebpages.com",
    "pastebin.com",
    "transfer.sh",

    "anonfiles.com",
    "gofile.io",
    "0x0.st",
    "webhook.site",
    "pipedream.net",
    "requestbin.com",
    "interact.sh",
    "oast.pro",
    "oast.live",
    "oast.fun",
    "oast.me",
    "oast.site",
    "oast.online",
    "burpcollaborator.net",
    "oastify.com",
    "temp.sh",
    "bashupload.com",
    "sendspace.com",
    "zippyshare.com",
    "ufile.io",
    "termbin.com",
};

/* Second-level names that others like to be taken for. */
static const char *const known[] = {
    "huggingface",
    "github",
    "githubusercontent",
    "wikimedia",
    "wikipedia",
    "googleapis",
    "amazonaws",
    "cloudfront",
    "staticflickr",
    "flickr",
    "pinimg",
    "shopify",
    "kaggle",
    "zenodo",
    "openai",
    "google",
    "microsoft",
    "facebook",
    "unsplash",
    "wordpress",
    "blogspot",
    "googleusercontent",
    "pytorch",
    "tensorflow",
    "anthropic",
    "commoncrawl",
    "gstatic",
    "instagram",
    "linkedin",
    "dropbox",
};

static bool under(struct slice host, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct slice name = slice_str(list[i]);
        if (!slice_ends_nocase(host, name)) continue;
        if (host.n == name.n || host.p[host.n - name.n - 1] == '.') return true;
    }
    return false;
}

/* scheme://user@host:port/ */
static struct slice host_of(struct slice url)
{
    size_t mark = slice_find(url, S("://"));
    if (mark == SIZE_MAX) return S("");
    struct slice rest = slice_sub(url, mark + 3, SIZE_MAX);
    size_t n = 0;
    while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '?' && rest.p[n] != '#') n++;
    rest = slice_sub(rest, 0, n);
    size_t at = slice_rfind_byte(rest, '@');
    if (at != SIZE_MAX) rest = slice_sub(rest, at + 1, SIZE_MAX);
    if (slice_starts(rest, S("["))) return slice_sub(rest, 0, slice_find_byte(rest, ']'));
    rest = slice_sub(rest, 0, slice_find_byte(rest, ':'));
    return slice_ends(rest, S(".")) ? slice_sub(rest, 0, rest.n - 1) : rest;
}

/* ---- numbers ---- */

/* Dotted, or one number in decimal or hexadecimal, as downloaders take them. */
static bool ipv4(struct slice host, uint64_t *ret)
{
    struct slice part, rest = host;
    uint64_t v = 0, one, parts = 0;
    bool hex = slice_starts(host, S("0x"));
    if (hex) return num_hex(slice_sub(host, 2, SIZE_MAX), ret) && *ret <= UINT32_MAX;
    while (slice_split(&rest, '.', &part)) {
        if (!num_u64(part, &one) || (one > 255 && parts)) return false;
        v = v << 8 | (one & 255);
        parts++;
        if (parts == 1 && one > 255) v = one;
    }
    *ret = v;
    return (parts == 4 && v <= UINT32_MAX) || (parts == 1 && v > 255 && v <= UINT32_MAX);
}

static bool is_private(uint64_t ip)
{
    return ip >> 24 == 10 || ip >> 24 == 127 || ip >> 24 == 0 || ip >> 20 == 0xac1 ||
           ip >> 16 == 0xc0a8 || ip >> 16 == 0xa9fe || (ip >> 22 == 0x191);
}

static bool is_local_name(struct slice host)
{
    static const char *const ends[] = {"localhost", "localdomain", "local",     "internal",
                                       "intranet",  "lan",         "home.arpa", "corp"};
    if (under(host, ends, COUNT_OF(ends))) return true;
    return host.n && slice_find_byte(host, '.') == SIZE_MAX && host.p[0] != '[';
}

static bool is_local_v6(struct slice host)
{
    return slice_eq(host, S("[::1")) || slice_eq_nocase(slice_sub(host, 0, 5), S("[fe80")) ||
           slice_eq_nocase(slice_sub(host, 0, 3), S("[fc")) ||
           slice_eq_nocase(slice_sub(host, 0, 3), S("[fd")) ||
           slice_eq_nocase(slice_sub(host, 0, 8), S("[::ffff:"));
}

/* ---- look-alikes ---- */

static uint8_t plain(uint8_t c)
{
    if (ascii_upper(c)) return c | 0x20;
    switch (c) {
    case '0': return 'o';
    case '1': return 'l';
    case '3': return 'e';
    case '5': return 's';
    default: return c;
    }
}

/* One letter more, less, other, or two swapped. */
static bool one_off(struct slice a, struct slice b)
{
    size_t i = 0, j = 0;
    size_t most = a.n < b.n ? a.n : b.n;
    if (a.n > b.n + 1 || b.n > a.n + 1) return false;
    while (i < most && plain(a.p[i]) == b.p[i]) i++;
    while (j < most - i && plain(a.p[a.n - 1 - j]) == b.p[b.n - 1 - j]) j++;
    if (a.n != b.n) return i + j >= most;
    if (i + j + 1 >= a.n) return true;
    return i + j + 2 == a.n && plain(a.p[i]) == b.p[i + 1] && plain(a.p[i + 1]) == b.p[i];
}

/* "a.b.example.co.uk" gives "example": the last label but the suffix, which is one label, or two
 * when the last but one is as short as "co". */
static struct slice second_level(struct slice host)
{
    size_t dot = slice_rfind_byte(host, '.');
    if (dot == SIZE_MAX) return host;
    struct slice rest = slice_sub(host, 0, dot);
    size_t before = slice_rfind_byte(rest, '.');
    struct slice label = before == SIZE_MAX ? rest : slice_sub(rest, before + 1, SIZE_MAX);
    if (label.n <= 3 && before != SIZE_MAX) {
        rest = slice_sub(rest, 0, before);
        before = slice_rfind_byte(rest, '.');
        label = before == SIZE_MAX ? rest : slice_sub(rest, before + 1, SIZE_MAX);
    }
    return label;
}

/* A known name with its own ending in front of another domain: huggingface.co.files.example */
static bool in_front(struct slice host)
{
    static const char *const names[] = {"huggingface.co.", "github.com.",   "google.com.",
                                        "kaggle.com.",     "openai.com.",   "wikimedia.org.",
                                        "amazonaws.com.",  "microsoft.com."};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        size_t at = slice_find(host, slice_str(names[i]));
        bool label = at == 0 || (at != SIZE_MAX && host.p[at - 1] == '.');
        /* amazonaws.com.cn and the like */
        if (label && host.n - at - strlen(names[i]) > 3) return true;
    }
    return false;
}

static bool looks_like_known(struct slice host)
{
    struct slice label = second_level(host);
    if (in_front(host)) return true;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (slice_eq_nocase(label, slice_str(known[i]))) return false;
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (strlen(known[i]) > 5 && one_off(label, slice_str(known[i]))) return true;
    return false;
}

enum url_fault url_fault(struct slice url)
{
    struct slice host = host_of(url);
    uint64_t ip;
    if (slice_eq_nocase(slice_sub(url, 0, 5), S("file:"))) return URL_LOCAL;
    if (ipv4(host, &ip)) return is_private(ip) ? URL_LOCAL : URL_ADDRESS;
    if (slice_starts(host, S("["))) return is_local_v6(host) ? URL_LOCAL : URL_ADDRESS;
    if (is_local_name(host)) return URL_LOCAL;
    if (under(host, shorteners, COUNT_OF(shorteners))) return URL_SHORT;
    if (under(host, dynamic, COUNT_OF(dynamic))) return URL_DYNAMIC;
    if (under(host, drops, COUNT_OF(drops))) return URL_DROP;
    if (looks_like_known(host)) return URL_LOOKS;
    return slice_has_nocase(host, S("xn--")) ? URL_PUNY : URL_FINE;
}
