/* SPDX-License-Identifier: Apache-2.0 */
#include "net/address.h"
#include "base/ascii.h"
#include "base/num.h"
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>

static bool port_of(struct slice text, uint16_t *ret)
{
    uint64_t n;
    if (!num_u64(text, &n) || n > 65535) return false;
    *ret = (uint16_t)n;
    return true;
}

/* host:port, [v6]:port; the port may be missing where `ret_port` says a number already. */
static bool split(struct slice text, struct slice *ret_host, uint16_t *ret_port)
{
    bool six = slice_starts(text, S("["));
    size_t end = slice_find_byte(text, six ? ']' : ':');
    if (six && end == SIZE_MAX) return false;
    struct slice rest = slice_sub(text, six ? end + 1 : end, text.n);
    *ret_host = slice_sub(text, six, end == SIZE_MAX ? text.n : end - six);
    if (!ret_host->n || ret_host->n > 253) return false;
    if (!rest.n) return *ret_port != 0;
    return slice_starts(rest, S(":")) && port_of(slice_sub(rest, 1, rest.n), ret_port);
}

static bool literal(struct slice host, uint16_t port, struct address *ret)
{
    char text[64];
    struct sockaddr_in *four = (struct sockaddr_in *)&ret->at;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)&ret->at;
    if (slice_eq(host, S("localhost"))) host = S("127.0.0.1");
    if (host.n >= sizeof text) return false;
    memcpy(text, host.p, host.n);
    text[host.n] = 0;
    memset(ret, 0, sizeof *ret);
    if (inet_pton(AF_INET, text, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        ret->n = sizeof *four;
    } else if (inet_pton(AF_INET6, text, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        ret->n = sizeof *six;
    }
    return ret->n;
}

bool address_is_number(struct slice host)
{
    struct address a;
    return literal(host, 1, &a);
}

bool address_parse(struct slice text, struct address *ret, struct buf *why)
{
    struct slice host;
    uint16_t port = 0;
    if (slice_rfind_byte(text, ':') != SIZE_MAX && split(text, &host, &port) &&
        literal(host, port, ret))
        return true;
    buf_str(why, "is no address: write 127.0.0.1:8443, 0.0.0.0:443 or [::1]:8443");
    return false;
}

static bool host_ok(struct slice host)
{
    for (size_t i = 0; host.p && i < host.n; i++)
        if (!ascii_alnum(host.p[i]) && !strchr("-._:", host.p[i])) return false;
    return true;
}

static bool base_ok(struct slice base)
{
    for (size_t i = 0; base.p && i < base.n; i++)
        if (!ascii_alnum(base.p[i]) && !strchr("-._~/:@", base.p[i])) return false;
    return !slice_has(base, S("//")) && !slice_has(base, S("/."));
}

bool url_parse(struct slice text, struct url *ret, struct buf *why)
{
    bool tls = slice_starts(text, S("https://"));
    *ret = (struct url){.tls = tls, .port = tls ? 443 : 80};
    if (!tls && !slice_starts(text, S("http://"))) {
        buf_str(why, "is no URL: it begins with http:// or https://");
        return false;
    }
    struct slice rest = slice_sub(text, tls ? 8 : 7, text.n);
    size_t slash = slice_find_byte(rest, '/');
    ret->authority = slice_sub(rest, 0, slash);
    ret->base = slash == SIZE_MAX ? S("") : slice_sub(rest, slash, rest.n);
    while (slice_ends(ret->base, S("/"))) ret->base.n--;
    if (split(ret->authority, &ret->host, &ret->port) && ret->port && host_ok(ret->host) &&
        base_ok(ret->base))
        return true;
    buf_str(why, "is no URL of a server: http://HOST[:PORT][/BASE], without user and query");
    return false;
}

bool address_resolve(struct slice host, uint16_t port, struct addresses *ret, struct buf *why)
{
    char name[256], service[8];
    struct addrinfo ask = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *list = NULL;
    ret->count = literal(host, port, &ret->of[0]);
    if (ret->count) return true;
    if (host.n >= sizeof name) return false;
    memcpy(name, host.p, host.n);
    name[host.n] = 0;
    (void)snprintf(service, sizeof service, "%u", port);
    int code = getaddrinfo(name, service, &ask, &list);
    if (code) buf_printf(why, "%s: %s", name, gai_strerror(code));
    for (struct addrinfo *a = code ? NULL : list; a && ret->count < ADDRESSES_MAX; a = a->ai_next) {
        if (a->ai_addrlen > sizeof ret->of[0].at) continue;
        memcpy(&ret->of[ret->count].at, a->ai_addr, a->ai_addrlen);
        ret->of[ret->count++].n = a->ai_addrlen;
    }
    if (!code) freeaddrinfo(list);
    return ret->count;
}

void address_host(const struct address *a, char ret[ADDRESS_TEXT])
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)&a->at;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&a->at;
    bool long_form = a->at.ss_family == AF_INET6;
    const void *at = long_form ? (const void *)&six->sin6_addr : (const void *)&four->sin_addr;
    memcpy(ret, "?", 2);
    (void)inet_ntop(long_form ? AF_INET6 : AF_INET, at, ret, ADDRESS_TEXT);
}

void address_say(const struct address *a, struct buf *out)
{
    char text[ADDRESS_TEXT];
    const struct sockaddr_in *four = (const struct sockaddr_in *)&a->at;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&a->at;
    bool long_form = a->at.ss_family == AF_INET6;
    address_host(a, text);
    buf_printf(out, long_form ? "[%s]:%u" : "%s:%u", text,
               ntohs(long_form ? six->sin6_port : four->sin_port));
}

bool address_is_loopback(const struct address *a)
{
    const struct sockaddr_in *four = (const struct sockaddr_in *)&a->at;
    const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)&a->at;
    if (a->at.ss_family == AF_INET) return ntohl(four->sin_addr.s_addr) >> 24 == 127;
    if (a->at.ss_family != AF_INET6) return false;
    if (!IN6_IS_ADDR_V4MAPPED(&six->sin6_addr)) return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
    return six->sin6_addr.s6_addr[12] == 127;
}
