/* SPDX-License-Identifier: Apache-2.0 */
/* http1_frame.c - where a body ends, and what happens to the connection (RFC 9112, 6 and 9).
 * The rules for requests are stricter than the RFC's: what it lets a recipient repair (equal
 * Content-Lengths, both framings at once) is refused. */
#include "codec/http1_part.h"
#include "base/ascii.h"
#include "base/num.h"

struct count { /* of fields that may stand once */
    const struct http1_field *first;
    size_t n;
};

static struct count count_of(const struct http1_head *h, enum http1_name known)
{
    struct count c = {0};
    for (size_t i = 0; i < h->field_count; i++) {
        if (h->fields[i].known != known) continue;
        if (!c.n++) c.first = &h->fields[i];
    }
    return c;
}

/* Which known fields there are: most messages have few, and each question is one bit then. */
static uint32_t present(const struct http1_head *h)
{
    uint32_t set = 0;
    for (size_t i = 0; i < h->field_count; i++) set |= 1u << h->fields[i].known;
    return set;
}

static bool has(uint32_t set, enum http1_name known)
{
    return set >> known & 1;
}

/* ---- Connection ---- */

/* A program that drops what Connection names would lose what frames, routes or authorises. */
static bool may_be_named(struct slice name)
{
    switch (http1_name_of(name)) {
    case HTTP1_HOST:
    case HTTP1_COOKIE:
    case HTTP1_EXPECT:
    case HTTP1_SET_COOKIE:
    case HTTP1_CONTENT_TYPE:
    case HTTP1_AUTHORIZATION:
    case HTTP1_CONTENT_LENGTH:
    case HTTP1_CONTENT_ENCODING:
    case HTTP1_TRANSFER_ENCODING: return false;
    default: return !http1_is_own(name);
    }
}

static void drop_named(struct http1_head *h, struct slice name)
{
    for (size_t i = 0; i < h->field_count; i++)
        if (slice_eq_nocase(h->fields[i].name, name)) h->fields[i].hop = true;
}

struct connection {
    bool close, keep_alive, upgrade;
};

static bool option(struct http1_head *h, struct slice name, struct connection *ret)
{
    if (!http1_token(name) || !may_be_named(name)) return false;
    if (slice_eq_nocase(name, S("close")))
        ret->close = true;
    else if (slice_eq_nocase(name, S("keep-alive")))
        ret->keep_alive = true;
    else if (slice_eq_nocase(name, S("upgrade")))
        ret->upgrade = true;
    else
        drop_named(h, name);
    return true;
}

static bool options(struct http1_head *h, struct slice list, struct connection *ret)
{
    struct slice part;
    while (slice_split(&list, ',', &part)) {
        part = slice_trim(part);
        if (part.n && !option(h, part, ret)) return false;
    }
    return true;
}

static enum http1_fault connection(struct http1_head *h)
{
    struct connection c = {0};
    for (size_t i = 0; i < h->field_count; i++)
        if (h->fields[i].known == HTTP1_CONNECTION && !options(h, h->fields[i].value, &c))
            return HTTP1_CONNECTION_BAD;
    h->keep_alive = !c.close && (h->minor == 1 || c.keep_alive);
    const struct http1_field *upgrade = c.upgrade ? http1_field(h, HTTP1_UPGRADE) : NULL;
    if (upgrade && h->minor == 1) h->upgrade = upgrade->value;
    return HTTP1_FINE;
}

/* ---- length and coding ---- */

static enum http1_fault length(struct http1_head *h)
{
    struct count c = count_of(h, HTTP1_CONTENT_LENGTH);
    if (c.n > 1 || !c.first) return HTTP1_LENGTH_REPEATED;
    struct slice s = c.first->value;
    if (slice_find_byte(s, ',') != SIZE_MAX) return HTTP1_LENGTH_REPEATED;
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_digit(s.p[i])) return HTTP1_LENGTH_BAD;
    if (s.n > 18 || !num_u64(s, &h->length)) return HTTP1_LENGTH_BAD;
    h->body = h->length ? HTTP1_LENGTH : HTTP1_NO_BODY;
    return HTTP1_FINE;
}

static enum http1_fault coding(struct http1_head *h, bool both)
{
    struct count c = count_of(h, HTTP1_TRANSFER_ENCODING);
    if (both) return HTTP1_LENGTH_AND_CODING;
    if (c.n > 1 || !c.first) return HTTP1_CODING_REPEATED;
    if (!h->minor) return HTTP1_CODING_OLD;
    if (!slice_eq_nocase(c.first->value, S("chunked"))) return HTTP1_CODING_BAD;
    h->body = HTTP1_CHUNKED;
    return HTTP1_FINE;
}

/* HTTP1_NO_BODY where no field says anything. */
static enum http1_fault body(struct http1_head *h, uint32_t set, bool *ret_said)
{
    bool l = has(set, HTTP1_CONTENT_LENGTH), t = has(set, HTTP1_TRANSFER_ENCODING);
    *ret_said = l || t;
    if (t) return coding(h, l);
    return l ? length(h) : HTTP1_FINE;
}

/* ---- requests ---- */

static enum http1_fault host(struct http1_head *h)
{
    struct count c = count_of(h, HTTP1_HOST);
    if (!c.n) return h->minor ? HTTP1_HOST_MISSING : HTTP1_FINE;
    if (c.n > 1) return HTTP1_HOST_REPEATED;
    if (!http1_host_ok(c.first->value)) return HTTP1_HOST_BAD;
    if (h->host.n && !slice_eq_nocase(h->host, c.first->value)) return HTTP1_HOST_BAD;
    h->host = c.first->value;
    return HTTP1_FINE;
}

static enum http1_fault expect(struct http1_head *h)
{
    struct count c = count_of(h, HTTP1_EXPECT);
    if (!h->minor) return HTTP1_FINE; /* RFC 9110, 10.1.1: not known to HTTP/1.0 */
    if (c.n > 1 || !c.first || !slice_eq_nocase(c.first->value, S("100-continue")))
        return HTTP1_EXPECT_BAD;
    h->expects = h->body != HTTP1_NO_BODY;
    return HTTP1_FINE;
}

static bool lists(struct slice list, struct slice word)
{
    struct slice part;
    while (slice_split(&list, ',', &part))
        if (slice_eq_nocase(slice_trim(part), word)) return true;
    return false;
}

/* Fields that an inspection and the server behind it must not read differently. */
static bool repeated(const struct http1_head *h, uint32_t set)
{
    static const enum http1_name once[] = {HTTP1_CONTENT_TYPE, HTTP1_AUTHORIZATION,
                                           HTTP1_CONTENT_ENCODING};
    for (size_t i = 0; i < COUNT_OF(once); i++)
        if (has(set, once[i]) && count_of(h, once[i]).n > 1) return true;
    return false;
}

enum http1_fault http1_frame_request(struct http1_head *h)
{
    bool said;
    uint32_t set = present(h);
    enum http1_fault fault = body(h, set, &said);
    if (!fault) fault = host(h);
    h->keep_alive = h->minor;
    if (!fault && has(set, HTTP1_CONNECTION)) fault = connection(h);
    if (!fault && has(set, HTTP1_EXPECT)) fault = expect(h);
    if (!fault && repeated(h, set)) fault = HTTP1_REPEATED;
    if (!fault && has(set, HTTP1_TE) && h->minor)
        h->takes_trailers = lists(http1_field(h, HTTP1_TE)->value, S("trailers"));
    return fault;
}

/* ---- answers ---- */

enum http1_fault http1_frame_answer(struct http1_head *h, bool to_head)
{
    bool said, never = h->status < 200 || h->status == 204;
    uint32_t set = present(h);
    enum http1_fault fault = body(h, set, &said);
    h->keep_alive = h->minor;
    if (!fault && has(set, HTTP1_CONNECTION)) fault = connection(h);
    if (fault) return fault;
    /* RFC 9112, 6.1 and 6.2: neither field may stand there; "Content-Length: 0" does no harm */
    if (never && h->body != HTTP1_NO_BODY) return HTTP1_BODY_FORBIDDEN;
    if (never || to_head || h->status == 304)
        h->body = HTTP1_NO_BODY;
    else if (!said)
        h->body = HTTP1_UNTIL_CLOSE;
    if (h->body == HTTP1_UNTIL_CLOSE) h->keep_alive = false;
    return HTTP1_FINE;
}
