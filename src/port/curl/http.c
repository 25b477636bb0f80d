/* SPDX-License-Identifier: Apache-2.0 */
/* http.c - one easy handle per transfer in one multi handle. Header lines are read here, because
 * the caller must decide before the first byte of the body whether it wants it. */
#include "port/curl/http.h"
#include "base/num.h"
#include "port/curl/abi.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VALIDATOR_MAX 256

struct transfer {
    struct http *owner;
    struct transfer *next;
    void *easy, *headers;
    struct http_sink sink;
    bool allow_private, refused, stopped, told;
    struct http_head head;
    char etag[VALIDATOR_MAX], modified[VALIDATOR_MAX];
};

struct http {
    struct curl_api api;
    void *multi;
    struct transfer *transfers;
    unsigned running;
};

bool http_available(void)
{
    struct curl_api api;
    return curl_api_load(&api);
}

struct http *http_new(void)
{
    struct http *c = calloc(1, sizeof *c);
    if (c && curl_api_load(&c->api)) c->multi = c->api.multi_init();
    if (c && c->multi) return c;
    free(c);
    return NULL;
}

/* ---- the head ---- */

static void keep(char to[VALIDATOR_MAX], struct slice *ret, struct slice value)
{
    if (value.n >= VALIDATOR_MAX) return;
    memcpy(to, value.p, value.n);
    to[value.n] = 0;
    *ret = slice_of(to, value.n);
}

/* "bytes 100-199/1000" */
static void read_range(struct http_head *h, struct slice value)
{
    struct slice rest = value, word, from, of;
    if (!slice_split(&rest, ' ', &word) || !slice_eq_nocase(word, S("bytes"))) return;
    of = rest;
    if (!slice_split(&of, '/', &word) || !slice_split(&word, '-', &from)) return;
    (void)num_u64(slice_trim(from), &h->range_from);
    (void)num_u64(slice_trim(of), &h->range_of);
}

static void read_field(struct transfer *t, struct slice line)
{
    struct slice name, value = line;
    if (!slice_split(&value, ':', &name) || !value.p) return;
    value = slice_trim(value);
    if (slice_eq_nocase(name, S("content-length"))) (void)num_u64(value, &t->head.length);
    if (slice_eq_nocase(name, S("content-range"))) read_range(&t->head, value);
    if (slice_eq_nocase(name, S("etag"))) keep(t->etag, &t->head.etag, value);
    if (slice_eq_nocase(name, S("last-modified"))) keep(t->modified, &t->head.modified, value);
    if (slice_eq_nocase(name, S("retry-after"))) (void)num_u64(value, &t->head.retry_after);
}

static void read_status(struct transfer *t, struct slice line)
{
    struct slice version, code;
    uint64_t n = 0;
    t->head = (struct http_head){
        .length = HTTP_NO_LENGTH, .range_from = HTTP_NO_LENGTH, .range_of = HTTP_NO_LENGTH};
    if (slice_split(&line, ' ', &version) && slice_split(&line, ' ', &code))
        (void)num_u64(code, &n);
    t->head.status = n < 1000 ? (unsigned)n : 0;
}

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    struct slice line = slice_trim(slice_of(p, size * n));
    if (slice_starts(line, S("HTTP/")))
        read_status(t, line);
    else if (line.n)
        read_field(t, line);
    else if (t->head.status >= 200 && !t->told) {
        t->told = true;
        t->stopped = !t->sink.on_head(t->sink.ctx, &t->head);
    }
    return t->stopped ? 0 : size * n;
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    if (!t->stopped) t->stopped = !t->sink.on_body(t->sink.ctx, slice_of(p, size * n));
    return t->stopped ? 0 : size * n;
}

/* ---- the address ---- */

static bool is_private_v4(uint32_t a)
{
    static const struct {
        uint32_t net;
        unsigned bits;
    } nets[] = {
        {0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},  {0xa9fe0000, 16},
        {0xac100000, 12}, {0xc0000000, 24}, {0xc0a80000, 16}, {0xc6120000, 15}, {0xe0000000, 3},
    };
    for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++)
        if ((a ^ nets[i].net) >> (32 - nets[i].bits) == 0) return true;
    return false;
}

static uint32_t word(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Only 2000::/3 is public; forms that carry an IPv4 address are judged by it. */
static bool is_private_v6(const uint8_t a[16])
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    static const uint8_t nat64[12] = {0, 0x64, 0xff, 0x9b};
    if (memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0) return is_private_v4(word(a + 12));
    if (a[0] == 0x20 && a[1] == 0x02) return is_private_v4(word(a + 2)); /* 6to4 */
    return (a[0] & 0xe0) != 0x20;
}

bool http_is_private(const struct sockaddr *a)
{
    const uint8_t *p = (const uint8_t *)a;
    if (a->sa_family == AF_INET) return is_private_v4(word(p + 4)); /* struct sockaddr_in */
    if (a->sa_family == AF_INET6) return is_private_v6(p + 8);      /* struct sockaddr_in6 */
    return true;
}

static int on_socket(void *ctx, int purpose, struct curl_address *a)
{
    struct transfer *t = ctx;
    (void)purpose;
    if (!t->allow_private && http_is_private(&a->address)) {
        t->refused = true;
        return CURL_SOCKET_REFUSED;
    }
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* ---- transfers ---- */

static void let_go(struct http *c, struct transfer *t)
{
    if (t->easy) {
        (void)c->api.multi_remove_handle(c->multi, t->easy);
        c->api.easy_cleanup(t->easy);
    }
    c->api.slist_free_all(t->headers);
    free(t);
}

static void drop(struct transfer *t)
{
    struct http *c = t->owner;
    struct transfer **p = &c->transfers;
    while (*p && *p != t) p = &(*p)->next;
    if (*p) *p = t->next;
    c->running--;
    let_go(c, t);
}

static void add_header(struct transfer *t, const char *text)
{
    void *longer = t->owner->api.slist_append(t->headers, text);
    if (longer) t->headers = longer;
}

static bool set(struct transfer *t, const struct http_request *q)
{
    const struct curl_api *a = &t->owner->api;
    char range[40], line[VALIDATOR_MAX + 16];
    const char *bundle = getenv("SSL_CERT_FILE");
    void *e = t->easy;
    if (q->from) {
        (void)snprintf(range, sizeof range, "%llu-", (unsigned long long)q->from);
        if (a->easy_setopt(e, CURLO_RANGE, range)) return false;
    }
    if (q->from && q->if_range && strlen(q->if_range) < VALIDATOR_MAX) {
        (void)snprintf(line, sizeof line, "If-Range: %s", q->if_range);
        add_header(t, line);
    }
    add_header(t, "Accept-Encoding: identity");
    if (bundle && *bundle) (void)a->easy_setopt(e, CURLO_CAINFO, bundle);
    return !a->easy_setopt(e, CURLO_URL, q->url) &&
           !a->easy_setopt(e, CURLO_PROTOCOLS, (long)CURL_PROTOCOLS_HTTP) &&
           !a->easy_setopt(e, CURLO_HTTPHEADER, t->headers) &&
           !a->easy_setopt(e, CURLO_USERAGENT, "merlon/" MERLON_VERSION) &&
           !a->easy_setopt(e, CURLO_NOSIGNAL, 1L) &&
           !a->easy_setopt(e, CURLO_SUPPRESS_CONNECT_HEADERS, 1L) &&
           !a->easy_setopt(e, CURLO_BUFFERSIZE, 256L << 10) &&
           !a->easy_setopt(e, CURLO_CONNECTTIMEOUT, (long)q->silence_s) &&
           !a->easy_setopt(e, CURLO_LOW_SPEED_LIMIT, 1L) &&
           !a->easy_setopt(e, CURLO_LOW_SPEED_TIME, (long)q->silence_s) &&
           /* a connection that another permission has opened is not for this one */
           !a->easy_setopt(e, CURLO_FRESH_CONNECT, q->allow_private ? 0L : 1L) &&
           !a->easy_setopt(e, CURLO_OPENSOCKETFUNCTION, on_socket) &&
           !a->easy_setopt(e, CURLO_OPENSOCKETDATA, t) &&
           !a->easy_setopt(e, CURLO_HEADERFUNCTION, on_header) &&
           !a->easy_setopt(e, CURLO_HEADERDATA, t) &&
           !a->easy_setopt(e, CURLO_WRITEFUNCTION, on_body) &&
           !a->easy_setopt(e, CURLO_WRITEDATA, t) && !a->easy_setopt(e, CURLO_PRIVATE, t);
}

bool http_start(struct http *c, const struct http_request *q, const struct http_sink *sink)
{
    struct transfer *t = calloc(1, sizeof *t);
    if (!t) return false;
    *t = (struct transfer){
        .owner = c, .sink = *sink, .allow_private = q->allow_private, .next = c->transfers};
    t->easy = c->api.easy_init();
    c->transfers = t;
    c->running++;
    if (t->easy && set(t, q) && c->api.multi_add_handle(c->multi, t->easy) == 0) return true;
    drop(t);
    return false;
}

static enum http_failure failure_of(const struct transfer *t, int code)
{
    if (t->refused && code) return HTTP_PRIVATE;
    if (t->stopped) return HTTP_STOPPED;
    switch (code) {
    case CURLE_OK_: return HTTP_FINE;
    case CURLE_UNSUPPORTED_PROTOCOL_:
    case CURLE_URL_MALFORMAT_: return HTTP_BAD_URL;
    case CURLE_SSL_CONNECT_ERROR_:
    case CURLE_PEER_FAILED_:
    case CURLE_SSL_CACERT_BADFILE_: return HTTP_TLS;
    default: return HTTP_NETWORK;
    }
}

static void end(struct transfer *t, int code)
{
    const struct curl_api *a = &t->owner->api;
    struct http_sink sink = t->sink;
    char location[4096] = "";
    const char *where = NULL;
    long status = 0;
    (void)a->easy_getinfo(t->easy, CURLI_RESPONSE_CODE, &status);
    (void)a->easy_getinfo(t->easy, CURLI_REDIRECT_URL, &where);
    if (where) (void)snprintf(location, sizeof location, "%s", where);
    bool cut = where && strlen(where) >= sizeof location;
    struct http_end e = {.failure = failure_of(t, code),
                         .status = status > 0 ? (unsigned)status : 0,
                         .location = where && !cut ? location : NULL,
                         .why = a->easy_strerror(code)};
    drop(t);
    sink.on_end(sink.ctx, &e);
}

void http_run(struct http *c, unsigned wait_ms)
{
    int running, left, ready;
    struct curl_message *m;
    (void)c->api.multi_perform(c->multi, &running);
    while ((m = c->api.multi_info_read(c->multi, &left)) != NULL) {
        void *easy = m->easy;
        int code = m->data.result;
        struct transfer *t = NULL;
        if (m->kind != CURL_MSG_DONE) continue;
        (void)c->api.easy_getinfo(easy, CURLI_PRIVATE, &t);
        if (t) end(t, code);
        wait_ms = 0;
    }
    (void)c->api.multi_poll(c->multi, NULL, 0, (int)wait_ms, &ready);
}

unsigned http_running(const struct http *c)
{
    return c->running;
}

void http_free(struct http *c)
{
    if (!c) return;
    for (struct transfer *t = c->transfers, *next; t; t = next) {
        next = t->next;
        let_go(c, t);
    }
    (void)c->api.multi_cleanup(c->multi);
    free(c);
}
