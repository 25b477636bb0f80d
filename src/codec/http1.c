/* SPDX-License-Identifier: Apache-2.0 */
/* http1.c - heads: where they end, their first line, their fields.
 * A head is cut into lines at CR LF and nothing else. RFC 9112 allows a recipient to accept a bare
 * LF, to unfold continued lines and to skip blank lines; each of these is a way in which two
 * programs can see different messages, so each is refused. */
#include "codec/http1_part.h"
#include "base/ascii.h"

static const struct {
    uint16_t status;
    const char *id, *text;
} faults[HTTP1_FAULTS] = {
    [HTTP1_FINE] = {200, "fine", "nothing is wrong"},
    [HTTP1_HEAD_TOO_LARGE] = {431, "head-too-large", "the head is larger than allowed"},
    [HTTP1_TOO_MANY_FIELDS] = {431, "too-many-fields", "more than 100 header fields"},
    [HTTP1_BARE_LF] = {400, "bare-lf", "a line ends with LF alone"},
    [HTTP1_CONTROL] = {400, "control-byte", "a control byte stands in the head"},
    [HTTP1_EMPTY_LINE] = {400, "empty-line", "an empty line stands before the first line"},
    [HTTP1_FOLDED] = {400, "folded", "a field goes on in the next line"},
    [HTTP1_NO_COLON] = {400, "no-colon", "a header line has no colon"},
    [HTTP1_FIELD_NAME] = {400, "field-name", "a field name has bytes that no name may have"},
    [HTTP1_LOOKALIKE] = {400, "look-alike", "a field name is a framing field with _ for -"},
    [HTTP1_REPEATED] = {400, "repeated", "a field that may stand once stands twice"},
    [HTTP1_REQUEST_LINE] = {400, "request-line", "the first line is not METHOD TARGET VERSION"},
    [HTTP1_METHOD] = {400, "method", "the method is no token of at most 24 bytes"},
    [HTTP1_METHOD_REFUSED] = {405, "method-refused", "CONNECT and TRACE are not for this server"},
    [HTTP1_TARGET] = {400, "target", "the target is not a valid path or URL"},
    [HTTP1_TARGET_DOTS] = {400, "target-dots", "the path has . or .. segments"},
    [HTTP1_TARGET_TOO_LONG] = {414, "target-too-long", "the target is longer than allowed"},
    [HTTP1_VERSION] = {505, "version", "only HTTP/1.1 and HTTP/1.0 are spoken here"},
    [HTTP1_HOST_MISSING] = {400, "host-missing", "there is no Host"},
    [HTTP1_HOST_REPEATED] = {400, "host-repeated", "there is more than one Host"},
    [HTTP1_HOST_BAD] = {400, "host-bad", "Host is no host, or not the target's"},
    [HTTP1_LENGTH_REPEATED] = {400, "length-repeated", "there is more than one Content-Length"},
    [HTTP1_LENGTH_BAD] = {400, "length-bad", "Content-Length is not one decimal number"},
    [HTTP1_LENGTH_AND_CODING] = {400, "length-and-coding",
                                 "there are Content-Length and Transfer-Encoding"},
    [HTTP1_CODING_REPEATED] = {400, "coding-repeated", "there is more than one Transfer-Encoding"},
    [HTTP1_CODING_BAD] = {501, "coding-bad", "Transfer-Encoding is not exactly chunked"},
    [HTTP1_CODING_OLD] = {400, "coding-old", "HTTP/1.0 has no Transfer-Encoding"},
    [HTTP1_CONNECTION_BAD] = {400, "connection-bad",
                              "Connection is no list, or names a field that is not its to name"},
    [HTTP1_EXPECT_BAD] = {417, "expect-bad", "only 100-continue can be expected"},
    [HTTP1_BODY_FORBIDDEN] = {400, "body-forbidden", "there is a body where none may be"},
    [HTTP1_CHUNK_SIZE] = {400, "chunk-size", "a chunk size is not 1 to 15 hexadecimal digits"},
    [HTTP1_CHUNK_EXTENSION] = {400, "chunk-extension", "chunk extensions are not taken"},
    [HTTP1_CHUNK_END] = {400, "chunk-end", "a chunk is not as long as it said"},
    [HTTP1_TRAILER_BAD] = {400, "trailer-bad", "a trailer field that may not be one"},
    [HTTP1_TRAILER_TOO_LARGE] = {431, "trailer-too-large", "the trailer is larger than allowed"},
    [HTTP1_STATUS_LINE] = {502, "status-line", "the first line is not VERSION STATUS REASON"},
};

unsigned http1_fault_status(enum http1_fault fault)
{
    return faults[fault].status;
}

const char *http1_fault_id(enum http1_fault fault)
{
    return faults[fault].id;
}

const char *http1_fault_text(enum http1_fault fault)
{
    return faults[fault].text;
}

/* ---- where a head ends ---- */

enum http1_step http1_scan(struct http1_scan *s, struct slice in, const struct http1_limits *limits)
{
    struct slice head = slice_sub(in, 0, limits->head);
    while (s->seen < head.n) {
        const uint8_t *lf = memchr(head.p + s->seen, '\n', head.n - s->seen);
        if (!lf) break;
        size_t at = (size_t)(lf - head.p), begin = s->line;
        if (at == begin || head.p[at - 1] != '\r') {
            s->fault = HTTP1_BARE_LF;
            return HTTP1_BAD;
        }
        s->seen = s->line = at + 1;
        if (at - begin > 1) continue;
        s->size = s->line;
        return HTTP1_DONE;
    }
    s->seen = head.n;
    if (in.n < limits->head) return HTTP1_MORE;
    s->fault = HTTP1_HEAD_TOO_LARGE;
    return HTTP1_BAD;
}

/* ---- bytes ---- */

enum { TOKEN = 1, TEXT = 2 }; /* TEXT: HTAB, SP, VCHAR and obs-text of field values */

/* clang-format off */
#define HIGH 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2
static const uint8_t kinds[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, /* HTAB */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    2, 3, 2, 3, 3, 3, 3, 3, 2, 2, 3, 3, 2, 3, 3, 2, /* no tokens: SP " ( ) , / */
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 2, /* : ; < = > ? */
    2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, /* @ */
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 2, 2, 3, 3, /* [ \ ] */
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2, 3, 2, 3, 0, /* { }, and DEL */
    HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH, HIGH,
};
#undef HIGH
/* clang-format on */

bool http1_token_byte(uint8_t c)
{
    return kinds[c] & TOKEN;
}

bool http1_token(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(kinds[s.p[i]] & TOKEN)) return false;
    return s.n;
}

static bool text(struct slice s)
{
    unsigned all = TEXT;
    for (size_t i = 0; i < s.n; i++) all &= kinds[s.p[i]];
    return all;
}

/* The next line without its CR LF; it is there, http1_scan() saw it. */
static bool next_line(struct slice *rest, struct slice *ret)
{
    size_t lf = slice_find_byte(*rest, '\n');
    if (lf == SIZE_MAX || !lf) return false;
    *ret = slice_sub(*rest, 0, lf - 1);
    *rest = slice_sub(*rest, lf + 1, rest->n);
    return true;
}

/* ---- fields ---- */

static const struct {
    const char *name;
    uint8_t n;
    bool hop;
} names[HTTP1_NAMES] = {
    [HTTP1_OTHER] = {"", 0, false},
    [HTTP1_TE] = {"te", 2, true},
    [HTTP1_DATE] = {"date", 4, false},
    [HTTP1_HOST] = {"host", 4, false},
    [HTTP1_COOKIE] = {"cookie", 6, false},
    [HTTP1_EXPECT] = {"expect", 6, true}, /* answered here */
    [HTTP1_TRAILER] = {"trailer", 7, true},
    [HTTP1_UPGRADE] = {"upgrade", 7, true},
    [HTTP1_CONNECTION] = {"connection", 10, true},
    [HTTP1_KEEP_ALIVE] = {"keep-alive", 10, true},
    [HTTP1_SET_COOKIE] = {"set-cookie", 10, false},
    [HTTP1_CONTENT_TYPE] = {"content-type", 12, false},
    [HTTP1_AUTHORIZATION] = {"authorization", 13, false},
    [HTTP1_CONTENT_LENGTH] = {"content-length", 14, true}, /* written anew with the body */
    [HTTP1_HTTP2_SETTINGS] = {"http2-settings", 14, true},
    [HTTP1_ACCEPT_ENCODING] = {"accept-encoding", 15, false},
    [HTTP1_CONTENT_ENCODING] = {"content-encoding", 16, false},
    [HTTP1_PROXY_CONNECTION] = {"proxy-connection", 16, true},
    [HTTP1_TRANSFER_ENCODING] = {"transfer-encoding", 17, true},
    [HTTP1_PROXY_AUTHORIZATION] = {"proxy-authorization", 19, true},
};

static bool same_name(struct slice s, enum http1_name known)
{
    const char *name = names[known].name;
    for (size_t i = 0; i < s.n; i++)
        if (ascii_to_lower(s.p[i]) != (uint8_t)name[i]) return false;
    return true;
}

enum http1_name http1_name_of(struct slice name)
{
    for (enum http1_name i = HTTP1_TE; i < HTTP1_NAMES && names[i].n <= name.n; i++)
        if (names[i].n == name.n && same_name(name, i)) return i;
    return HTTP1_OTHER;
}

/* Gateways to CGI and WSGI write - and _ alike: "content_length" there is a second Content-Length.
 */
static bool lookalike(struct slice name)
{
    uint8_t dashed[20];
    if (name.n > sizeof dashed || slice_find_byte(name, '_') == SIZE_MAX) return false;
    for (size_t i = 0; i < name.n; i++) dashed[i] = name.p[i] == '_' ? '-' : name.p[i];
    return http1_name_of(slice_of(dashed, name.n)) != HTTP1_OTHER;
}

static struct slice without_blanks(struct slice s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t')) s = slice_sub(s, 1, s.n);
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t')) s.n--;
    return s;
}

static enum http1_fault field(struct slice line, struct http1_field *ret)
{
    size_t n = 0;
    if (line.p[0] == ' ' || line.p[0] == '\t') return HTTP1_FOLDED;
    while (n < line.n && (kinds[line.p[n]] & TOKEN)) n++;
    if (n == line.n) return HTTP1_NO_COLON;
    if (line.p[n] != ':' || !n) return text(line) ? HTTP1_FIELD_NAME : HTTP1_CONTROL;
    ret->name = slice_sub(line, 0, n);
    ret->value = slice_sub(line, n + 1, line.n);
    if (!text(ret->value)) return HTTP1_CONTROL;
    ret->value = without_blanks(ret->value);
    ret->known = http1_name_of(ret->name);
    ret->hop = names[ret->known].hop;
    return ret->known == HTTP1_OTHER && lookalike(ret->name) ? HTTP1_LOOKALIKE : HTTP1_FINE;
}

enum http1_fault http1_fields(struct slice lines, struct http1_head *ret)
{
    struct slice line;
    ret->field_count = 0;
    while (next_line(&lines, &line) && line.n) {
        if (ret->field_count == HTTP1_FIELDS_MAX) return HTTP1_TOO_MANY_FIELDS;
        enum http1_fault fault = field(line, &ret->fields[ret->field_count++]);
        if (fault) return fault;
    }
    return HTTP1_FINE;
}

bool http1_is_own(struct slice name)
{
    return slice_eq_nocase(slice_sub(name, 0, 9), S("x-merlon-"));
}

/* RFC 9110, 6.5.1: nothing that frames the message, routes or authorises it, or says what its
 * content is: all of that was decided before the trailer came. */
enum http1_fault http1_trailer_fields(struct slice lines)
{
    struct slice line;
    struct http1_field f;
    while (next_line(&lines, &line) && line.n) {
        enum http1_fault fault = field(line, &f);
        if (fault) return fault;
        if (f.known != HTTP1_OTHER) return HTTP1_TRAILER_BAD;
        if (http1_is_own(f.name)) return HTTP1_TRAILER_BAD;
    }
    return HTTP1_FINE;
}

const struct http1_field *http1_field(const struct http1_head *h, enum http1_name known)
{
    for (size_t i = 0; i < h->field_count; i++)
        if (h->fields[i].known == known) return &h->fields[i];
    return NULL;
}

const struct http1_field *http1_field_named(const struct http1_head *h, struct slice name)
{
    for (size_t i = 0; i < h->field_count; i++)
        if (slice_eq_nocase(h->fields[i].name, name)) return &h->fields[i];
    return NULL;
}

/* ---- first lines ---- */

static enum http1_fault version(struct slice s, unsigned *ret_minor)
{
    if (slice_eq(s, S("HTTP/1.1")) || slice_eq(s, S("HTTP/1.0"))) {
        *ret_minor = s.p[7] - '0';
        return HTTP1_FINE;
    }
    bool shape = s.n == 8 && slice_starts(s, S("HTTP/")) && ascii_digit(s.p[5]) && s.p[6] == '.' &&
                 ascii_digit(s.p[7]);
    return shape ? HTTP1_VERSION : HTTP1_REQUEST_LINE;
}

static enum http1_fault request_line(struct slice line, const struct http1_limits *limits,
                                     struct http1_head *ret)
{
    size_t first = slice_find_byte(line, ' '), last = slice_rfind_byte(line, ' ');
    if (!line.n) return HTTP1_EMPTY_LINE;
    if (!text(line)) return HTTP1_CONTROL;
    if (first == SIZE_MAX || first == last) return HTTP1_REQUEST_LINE;
    enum http1_fault fault = version(slice_sub(line, last + 1, line.n), &ret->minor);
    if (fault) return fault;
    ret->method = slice_sub(line, 0, first);
    if (ret->method.n > 24 || !http1_token(ret->method)) return HTTP1_METHOD;
    if (slice_eq(ret->method, S("CONNECT")) || slice_eq(ret->method, S("TRACE")))
        return HTTP1_METHOD_REFUSED;
    struct slice target = slice_sub(line, first + 1, last - first - 1);
    if (target.n > limits->target) return HTTP1_TARGET_TOO_LONG;
    return http1_target(target, ret);
}

/* HTTP/1.1 200 OK; the blank before an empty reason may be missing, as many servers have it. */
static enum http1_fault status_line(struct slice line, struct http1_head *ret)
{
    unsigned status = 0;
    if (!text(line)) return HTTP1_CONTROL;
    if (line.n < 12 || version(slice_sub(line, 0, 8), &ret->minor) || line.p[8] != ' ')
        return HTTP1_STATUS_LINE;
    for (size_t i = 9; i < 12; i++) {
        if (!ascii_digit(line.p[i])) return HTTP1_STATUS_LINE;
        status = status * 10 + line.p[i] - '0';
    }
    if (status < 100 || status > 599 || (line.n > 12 && line.p[12] != ' '))
        return HTTP1_STATUS_LINE;
    ret->status = status;
    ret->reason = slice_sub(line, 13, line.n);
    return HTTP1_FINE;
}

/* Everything but the fields, which are written one by one: 4 KB need not be cleared each time. */
static void clear(struct http1_head *h)
{
    memset(h, 0, offsetof(struct http1_head, fields));
}

enum http1_fault http1_request(struct slice head, const struct http1_limits *limits,
                               struct http1_head *ret)
{
    struct slice line = {0};
    clear(ret);
    if (!next_line(&head, &line)) return HTTP1_REQUEST_LINE;
    enum http1_fault fault = request_line(line, limits, ret);
    if (!fault) fault = http1_fields(head, ret);
    return fault ? fault : http1_frame_request(ret);
}

enum http1_fault http1_answer(struct slice head, bool to_head, struct http1_head *ret)
{
    struct slice line = {0};
    clear(ret);
    if (!next_line(&head, &line)) return HTTP1_STATUS_LINE;
    enum http1_fault fault = status_line(line, ret);
    if (!fault) fault = http1_fields(head, ret);
    return fault ? fault : http1_frame_answer(ret, to_head);
}
