/* SPDX-License-Identifier: Apache-2.0 */
/* http1_model.h - what a connection's bytes mean, told a second time: slowly, obviously, on whole
 * texts, in another order and without a line of the codec's. Where the two differ one is wrong.
 * Both are asked at every cut of the input: see http1_read.h. */
#pragma once
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MODEL_HEAD   4096
#define MODEL_TARGET 1024

enum model_end { MODEL_MORE, MODEL_REFUSED, MODEL_MESSAGE };

struct model {
    char text[1 << 14]; /* of the message at hand, with a 0 behind it */
    size_t size;        /* bytes that the message took */
    char method[32], target[MODEL_TARGET + 1];
    unsigned char body[1 << 14];
    size_t body_size;
};

static const char *const model_known[] = {"te",
                                          "date",
                                          "host",
                                          "cookie",
                                          "expect",
                                          "trailer",
                                          "upgrade",
                                          "connection",
                                          "keep-alive",
                                          "set-cookie",
                                          "content-type",
                                          "authorization",
                                          "content-length",
                                          "http2-settings",
                                          "accept-encoding",
                                          "content-encoding",
                                          "proxy-connection",
                                          "transfer-encoding",
                                          "proxy-authorization"};

static bool model_is_known(const char *name)
{
    for (size_t i = 0; i < sizeof model_known / sizeof model_known[0]; i++)
        if (!strcasecmp(name, model_known[i])) return true;
    return false;
}

static bool model_is_token(const char *s)
{
    for (const char *p = s; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("!#$%&'*+-.^_`|~", *p)) return false;
    return *s;
}

/* Every LF must follow a CR and every CR must be followed by LF; no other control bytes but TAB. */
static bool model_clean(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c == '\n' && (!i || p[i - 1] != '\r')) return false;
        if (c == '\r' && (i + 1 == n || p[i + 1] != '\n')) return false;
        if ((c < 32 && c != '\t' && c != '\r' && c != '\n') || c == 127) return false;
    }
    return true;
}

static bool model_bare_lf(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] == '\n' && (!i || p[i - 1] != '\r' || (i >= 1 && p[i - 1] == '\n'))) return true;
    return false;
}

/* The value of a field in `head` (lines with CR LF), blanks around it taken away; how often it
 * stands there is the result. */
static int model_field(const char *head, const char *name, char *ret, size_t room)
{
    int count = 0;
    for (const char *line = strstr(head, "\r\n") + 2; *line;
         line = strstr(line, "\r\n") ? strstr(line, "\r\n") + 2 : "") {
        size_t n = strlen(name), length = strcspn(line, "\r");
        if (strncasecmp(line, name, n) || line[n] != ':') continue;
        const char *value = line + n + 1, *end = line + length;
        while (value < end && (*value == ' ' || *value == '\t')) value++;
        while (end > value && (end[-1] == ' ' || end[-1] == '\t')) end--;
        (void)snprintf(ret, room, "%.*s", (int)(end - value), value);
        count++;
    }
    return count;
}

static bool model_fields_ok(char *head)
{
    int count = 0;
    char name[MODEL_HEAD], dashed[MODEL_HEAD];
    for (char *line = strstr(head, "\r\n") + 2; strncmp(line, "\r\n", 2);
         line = strstr(line, "\r\n") + 2) {
        size_t length = strcspn(line, "\r"), colon = strcspn(line, ":\r");
        if (++count > 100 || colon == length) return false;
        (void)snprintf(name, sizeof name, "%.*s", (int)colon, line);
        if (!model_is_token(name)) return false;
        (void)snprintf(dashed, sizeof dashed, "%s", name);
        for (char *p = dashed; *p; p++)
            if (*p == '_') *p = '-';
        if (strcmp(name, dashed) && model_is_known(dashed)) return false;
    }
    return true;
}

static bool model_host_ok(const char *host)
{
    size_t name = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    if (host[0] == '[' ? name < 3 || strspn(host + 1, "0123456789abcdefABCDEF:.") != name - 2
                       : !name || strspn(host, "0123456789abcdefghijklmnopqrstuvwxyz"
                                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ-._") != name)
        return false;
    if (host[0] == '[' && host[name - 1] != ']') return false;
    if (name > (host[0] == '[' ? 257u : 255u)) return false;
    if (!host[name]) return true;
    const char *port = host + name + 1;
    size_t digits = strspn(port, "0123456789");
    long value = strtol(port, NULL, 10);
    return host[name] == ':' && digits == strlen(port) && digits <= 5 && value >= 1 &&
           value <= 65535;
}

/* Percent forms of . / \ undone, parameters cut off at ; and the query taken away: is a segment
 * . or .. then? */
static bool model_dots(const char *target)
{
    char path[MODEL_TARGET + 8] = "", *out = path;
    for (const char *p = target; *p && *p != '?'; p++) {
        if (!strncasecmp(p, "%2e", 3))
            *out++ = '.', p += 2;
        else if (!strncasecmp(p, "%2f", 3) || !strncasecmp(p, "%5c", 3))
            *out++ = '/', p += 2;
        else
            *out++ = *p == ';' ? '/' : *p;
    }
    *out++ = '/';
    *out = 0;
    return strstr(path, "/./") || strstr(path, "/../");
}

static bool model_origin_ok(const char *t)
{
    if (t[0] != '/' || t[1] == '/' || model_dots(t)) return false;
    for (; *t; t++) {
        if (*t == '%') {
            if (!isxdigit((unsigned char)t[1]) || !isxdigit((unsigned char)t[2])) return false;
            if (t[1] == '0' && t[2] == '0') return false;
        } else if (!isalnum((unsigned char)*t) && !strchr("-._~!$&'()*+,;=:@/?", *t))
            return false;
    }
    return true;
}

/* Leaves the authority of an absolute target in `host`, and its path in m->target. */
static bool model_target_ok(struct model *m, char *host)
{
    char *t = m->target;
    *host = 0;
    if (!strcmp(t, "*")) return !strcmp(m->method, "OPTIONS");
    if (*t == '/') return model_origin_ok(t);
    if (strncmp(t, "http://", 7) && strncmp(t, "https://", 8)) return false;
    char *authority = strstr(t, "//") + 2, *slash = strchr(authority, '/');
    if (!slash) return false;
    (void)snprintf(host, MODEL_TARGET, "%.*s", (int)(slash - authority), authority);
    memmove(t, slash, strlen(slash) + 1);
    return model_host_ok(host) && model_origin_ok(t);
}

/* METHOD SP TARGET SP HTTP/1.x; the minor version, or -1. */
static int model_first_line(struct model *m, const char *head, char *host)
{
    char line[MODEL_HEAD + 1];
    (void)snprintf(line, sizeof line, "%.*s", (int)strcspn(head, "\r"), head);
    char *one = strchr(line, ' '), *two = strrchr(line, ' ');
    if (!one || one == two) return -1;
    *one = *two = 0;
    if (strcmp(two + 1, "HTTP/1.1") && strcmp(two + 1, "HTTP/1.0")) return -1;
    if (!model_is_token(line) || strlen(line) > 24 || strlen(one + 1) > MODEL_TARGET) return -1;
    if (!strcmp(line, "CONNECT") || !strcmp(line, "TRACE")) return -1;
    (void)snprintf(m->method, sizeof m->method, "%s", line);
    (void)snprintf(m->target, sizeof m->target, "%s", one + 1);
    return model_target_ok(m, host) ? two[8] - '0' : -1;
}

static bool model_connection_ok(const char *head)
{
    static const char *const never[] = {"host",           "cookie",           "expect",
                                        "set-cookie",     "content-type",     "authorization",
                                        "content-length", "content-encoding", "transfer-encoding"};
    for (const char *line = strstr(head, "\r\n") + 2; strncmp(line, "\r\n", 2);
         line = strstr(line, "\r\n") + 2) {
        char value[MODEL_HEAD];
        if (strncasecmp(line, "connection:", 11)) continue;
        (void)snprintf(value, sizeof value, "%.*s", (int)strcspn(line + 11, "\r"), line + 11);
        char *rest = value, *part;
        while ((part = strsep(&rest, ","))) {
            while (*part == ' ' || *part == '\t') part++;
            size_t n = strlen(part);
            while (n && (part[n - 1] == ' ' || part[n - 1] == '\t')) part[--n] = 0;
            if (!n) continue;
            if (!model_is_token(part) || !strncasecmp(part, "x-merlon-", 9)) return false;
            for (size_t i = 0; i < sizeof never / sizeof never[0]; i++)
                if (!strcasecmp(part, never[i])) return false;
        }
    }
    return true;
}

/* Chunks from text + at on; the offset behind them, 0: more is needed, -1: refused. */
static long model_chunks(struct model *m, const char *p, size_t n)
{
    size_t at = 0;
    for (;;) {
        unsigned long long size = 0;
        size_t digits = 0;
        for (; at < n && isxdigit((unsigned char)p[at]); at++, digits++) {
            if (digits == 15) return -1;
            size = size * 16 + (unsigned)(isdigit((unsigned char)p[at]) ? p[at] - '0'
                                                                        : (p[at] | 32) - 'a' + 10);
        }
        if (at == n) return 0;
        if (!digits || p[at] != '\r') return -1;
        if (at + 1 == n) return 0;
        if (p[at + 1] != '\n') return -1;
        at += 2;
        if (!size) break;
        size_t here = n - at < size ? n - at : (size_t)size;
        memcpy(m->body + m->body_size, p + at, here);
        m->body_size += here;
        at += here;
        if (here < size || at == n) return 0;
        if (p[at] != '\r') return -1;
        if (at + 1 == n) return 0;
        if (p[at + 1] != '\n') return -1;
        at += 2;
    }
    size_t from = at;
    for (size_t line = at; at < n; at++) {
        if (at - from >= 4096) return -1;
        if (p[at] != '\n') continue;
        if (at == line || p[at - 1] != '\r') return -1;
        if (at - line == 1) {
            char trailer[4200], name[4200];
            (void)snprintf(trailer, sizeof trailer, "x\r\n%.*s", (int)(at + 1 - from), p + from);
            if (memchr(p + from, 0, at - from) || !model_clean(p + from, at + 1 - from)) return -1;
            if (!model_fields_ok(trailer)) return -1;
            for (char *l = trailer + 3; strncmp(l, "\r\n", 2); l = strstr(l, "\r\n") + 2) {
                (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(l, ":"), l);
                if (model_is_known(name) || !strncasecmp(name, "x-merlon-", 9)) return -1;
            }
            return (long)at + 1;
        }
        line = at + 1;
    }
    return 0;
}

static enum model_end model_body(struct model *m, const char *head, size_t size, size_t n)
{
    char value[MODEL_HEAD];
    m->body_size = 0;
    if (model_field(head, "transfer-encoding", value, sizeof value)) {
        long used = model_chunks(m, m->text + size, n - size);
        m->size = size + (used > 0 ? (size_t)used : 0);
        return used > 0 ? MODEL_MESSAGE : used < 0 ? MODEL_REFUSED : MODEL_MORE;
    }
    unsigned long long length = 0;
    if (model_field(head, "content-length", value, sizeof value))
        length = strtoull(value, NULL, 10);
    m->body_size = n - size < length ? n - size : (size_t)length;
    memcpy(m->body, m->text + size, m->body_size);
    m->size = size + m->body_size;
    return m->body_size < length ? MODEL_MORE : MODEL_MESSAGE;
}

static bool model_framing_ok(const char *head, int minor, const char *authority)
{
    char v[MODEL_HEAD], w[MODEL_HEAD];
    int te = model_field(head, "transfer-encoding", v, sizeof v);
    if (te > 1 || (te && (strcasecmp(v, "chunked") || !minor))) return false;
    int cl = model_field(head, "content-length", v, sizeof v);
    if (cl > 1 || (cl && te)) return false;
    if (cl && (!*v || strlen(v) > 18 || strspn(v, "0123456789") != strlen(v))) return false;
    int host = model_field(head, "host", w, sizeof w);
    if (host > 1 || (minor && !host) || (host && !model_host_ok(w))) return false;
    if (host && *authority && strcasecmp(authority, w)) return false;
    int expect = model_field(head, "expect", v, sizeof v);
    if (minor && (expect > 1 || (expect && strcasecmp(v, "100-continue")))) return false;
    return model_field(head, "content-type", v, sizeof v) < 2 &&
           model_field(head, "authorization", v, sizeof v) < 2 &&
           model_field(head, "content-encoding", v, sizeof v) < 2;
}

/* The first message in these bytes of a client. */
static inline enum model_end model_request(struct model *m, const unsigned char *bytes, size_t n)
{
    char head[MODEL_HEAD + 1], authority[MODEL_TARGET + 1];
    if (n >= sizeof m->text) n = sizeof m->text - 1;
    memcpy(m->text, bytes, n);
    m->text[n] = 0;
    size_t seen = n < MODEL_HEAD ? n : MODEL_HEAD, size = 0;
    if (n >= 2 && !memcmp(bytes, "\r\n", 2)) return MODEL_REFUSED;
    for (size_t i = 4; i <= seen && !size; i++)
        if (!memcmp(bytes + i - 4, "\r\n\r\n", 4)) size = i;
    if (model_bare_lf(m->text, size ? size : seen)) return MODEL_REFUSED;
    if (!size) return n >= MODEL_HEAD ? MODEL_REFUSED : MODEL_MORE;
    if (memchr(bytes, 0, size) || !model_clean(m->text, size)) return MODEL_REFUSED;
    memcpy(head, bytes, size);
    head[size] = 0;
    int minor = model_first_line(m, head, authority);
    if (minor < 0 || !model_fields_ok(head) || !model_connection_ok(head)) return MODEL_REFUSED;
    return model_framing_ok(head, minor, authority) ? model_body(m, head, size, n) : MODEL_REFUSED;
}
