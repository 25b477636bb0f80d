/* SPDX-License-Identifier: Apache-2.0 */
/* http1_target.c - request targets (RFC 9112, 3.2) and hosts.
 * Routes are chosen by the path, so a path that another program would change before it looks at it
 * (dot segments, backslashes, a NUL in percent form, a fragment) is refused. */
#include "codec/http1_part.h"
#include "base/ascii.h"
#include "base/num.h"

/* Bytes of RFC 3986 that may stand in a path or query, without %. */
static bool plain(uint8_t c)
{
    if (ascii_alnum(c)) return true;
    return c && strchr("-._~!$&'()*+,;=:@/?", c);
}

static bool escaped(struct slice s, size_t i)
{
    if (i + 2 >= s.n || !ascii_is_hex(s.p[i + 1]) || !ascii_is_hex(s.p[i + 2])) return false;
    return s.p[i + 1] != '0' || s.p[i + 2] != '0';
}

static bool characters_ok(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!plain(s.p[i]) && !(s.p[i] == '%' && escaped(s, i))) return false;
    return true;
}

/* Is the segment . or .., whatever way its dots are written? */
static bool dots(struct slice s)
{
    size_t count = 0;
    while (s.n) {
        bool percent = s.n >= 3 && s.p[0] == '%' && s.p[1] == '2' && (s.p[2] | 0x20) == 'e';
        if (!percent && s.p[0] != '.') return false;
        s = slice_sub(s, percent ? 3 : 1, s.n);
        if (++count > 2) return false;
    }
    return count;
}

/* /a/..;x/ is a dot segment for servers that cut parameters off. %2f and %5c end a segment, too:
 * some programs decode before they look. */
static size_t segment_end(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] == '/' || s.p[i] == ';') return i;
        if (s.p[i] == '%' && i + 2 < s.n &&
            ((s.p[i + 1] == '2' && (s.p[i + 2] | 0x20) == 'f') ||
             (s.p[i + 1] == '5' && (s.p[i + 2] | 0x20) == 'c')))
            return i;
    }
    return s.n;
}

static bool has_dots(struct slice path)
{
    while (path.n) {
        size_t n = segment_end(path);
        if (dots(slice_sub(path, 0, n))) return true;
        size_t skip = n < path.n && path.p[n] == '%' ? 3 : 1;
        path = slice_sub(path, n + skip, path.n);
    }
    return false;
}

static enum http1_fault origin(struct slice s, struct http1_head *ret)
{
    size_t mark = slice_find_byte(s, '?');
    if (!characters_ok(s) || slice_starts(s, S("//"))) return HTTP1_TARGET;
    ret->target = s;
    ret->path = slice_sub(s, 0, mark);
    ret->query = mark == SIZE_MAX ? S("") : slice_sub(s, mark + 1, s.n);
    return has_dots(ret->path) ? HTTP1_TARGET_DOTS : HTTP1_FINE;
}

enum http1_fault http1_target(struct slice target, struct http1_head *ret)
{
    if (slice_starts(target, S("/"))) return origin(target, ret);
    if (slice_eq(target, S("*")) && slice_eq(ret->method, S("OPTIONS"))) {
        ret->target = ret->path = target;
        return HTTP1_FINE;
    }
    size_t scheme = slice_starts(target, S("http://"))    ? 7
                    : slice_starts(target, S("https://")) ? 8
                                                          : 0;
    if (!scheme) return HTTP1_TARGET;
    struct slice rest = slice_sub(target, scheme, target.n);
    size_t slash = slice_find_byte(rest, '/');
    if (slash == SIZE_MAX) return HTTP1_TARGET;
    ret->host = slice_sub(rest, 0, slash);
    return http1_host_ok(ret->host) ? origin(slice_sub(rest, slash, rest.n), ret) : HTTP1_TARGET;
}

static bool port_ok(struct slice s)
{
    uint64_t port;
    return s.n <= 5 && num_u64(s, &port) && port && port <= 65535;
}

/* name[:port], 1.2.3.4[:port] or [v6][:port]; no user, nothing escaped. */
bool http1_host_ok(struct slice host)
{
    bool six = slice_starts(host, S("["));
    size_t end = slice_find_byte(host, six ? ']' : ':');
    if (six && end == SIZE_MAX) return false;
    struct slice name = slice_sub(host, six, end == SIZE_MAX ? host.n : end - six);
    struct slice rest = slice_sub(host, six ? end + 1 : end, host.n);
    if (rest.n && (rest.p[0] != ':' || !port_ok(slice_sub(rest, 1, rest.n)))) return false;
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        bool ok = six ? ascii_is_hex(c) || c == ':' || c == '.'
                      : ascii_alnum(c) || c == '-' || c == '.' || c == '_';
        if (!ok) return false;
    }
    return name.n && name.n <= 255;
}
