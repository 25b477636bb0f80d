/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that two programs could read in two ways. Each row says how it would be abused and where
 * that is described: RFC sections, or the class of attack as it is known. None may pass. The rows
 * are asked at every cut of their bytes, and so are a quarter of a million damaged ones, beside a
 * second model of framing (http1_model.h). */
#include "../test.h"
#include "../../tools/http1_read.h"
#include <stdio.h>

#define GET  "GET / HTTP/1.1\r\nHost: a\r\n"
#define POST "POST / HTTP/1.1\r\nHost: a\r\n"
#define TE   POST "Transfer-Encoding: chunked\r\n\r\n"

static const struct {
    const char *text;
    enum http1_fault fault;
    const char *source;
} rows[] = {
    /* two framings */
    {POST "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
     HTTP1_LENGTH_AND_CODING, "CL.TE: one end counts, the other reads chunks; RFC 9112, 6.1"},
    {POST "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n8\r\nSMUGGLED\r\n0\r\n\r\n",
     HTTP1_LENGTH_AND_CODING, "TE.CL: the other way round"},
    {POST "Content-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     HTTP1_LENGTH_AND_CODING, "CL.0 with a coding"},
    {POST "Content-Length: 5\r\nTransfer-Encoding: identity\r\n\r\nhello", HTTP1_LENGTH_AND_CODING,
     "a coding that nobody has beside a length"},
    {POST "Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", HTTP1_LENGTH_REPEATED,
     "equal lengths: RFC 9112, 6.3 lets them be merged, we do not"},
    {POST "Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd", HTTP1_LENGTH_REPEATED, "CL.CL"},
    {POST "Content-Length: 4, 4\r\n\r\nabcd", HTTP1_LENGTH_REPEATED, "a list of equal lengths"},
    {POST "Content-Length: 4,5\r\n\r\nabcd", HTTP1_LENGTH_REPEATED, "a list of lengths"},
    {POST "Content-Length: +4\r\n\r\nabcd", HTTP1_LENGTH_BAD, "a sign: strtol() takes it"},
    {POST "Content-Length: -4\r\n\r\nabcd", HTTP1_LENGTH_BAD, "a negative length"},
    {POST "Content-Length: 0x4\r\n\r\nabcd", HTTP1_LENGTH_BAD, "strtol(, 0) reads hexadecimal"},
    {POST "Content-Length: 4 \r\nContent-Length:\r\n\r\nabcd", HTTP1_LENGTH_REPEATED,
     "an empty one"},
    {POST "Content-Length: \r\n\r\n", HTTP1_LENGTH_BAD, "no number: 0 for one, refused by another"},
    {POST "Content-Length: 4 4\r\n\r\nabcd", HTTP1_LENGTH_BAD, "two numbers and a blank"},
    {POST "Content-Length: 4_0\r\n\r\nabcd", HTTP1_LENGTH_BAD, "Python's int() takes 4_0"},
    {POST "Content-Length: 4.0\r\n\r\nabcd", HTTP1_LENGTH_BAD, "a fraction"},
    {POST "Content-Length: \"4\"\r\n\r\nabcd", HTTP1_LENGTH_BAD, "in quotes"},
    {POST "Content-Length: 18446744073709551620\r\n\r\nabcd", HTTP1_LENGTH_BAD,
     "2^64 + 4 wraps to 4"},
    {POST "Content-Length: 9223372036854775808\r\n\r\n", HTTP1_LENGTH_BAD, "beyond signed 64 bit"},
    {POST "Content-Length: \xd9\xa4\r\n\r\nabcd", HTTP1_LENGTH_BAD, "a digit of another script"},
    {POST "Content-Length: 4;a\r\n\r\nabcd", HTTP1_LENGTH_BAD, "a parameter"},
    /* codings */
    {POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", HTTP1_CODING_BAD,
     "TE.TE: a word that ends with chunked"},
    {POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
     HTTP1_CODING_REPEATED, "TE.TE: only the first or the last counts"},
    {POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     HTTP1_CODING_REPEATED, "chunked twice; RFC 9112, 6.1"},
    {POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", HTTP1_CODING_BAD,
     "chunked twice"},
    {POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", HTTP1_CODING_BAD,
     "a coding whose content nobody here could inspect"},
    {POST "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", HTTP1_CODING_BAD,
     "chunked is not last: RFC 9112, 6.3"},
    {POST "Transfer-Encoding: identity\r\n\r\n", HTTP1_CODING_BAD,
     "RFC 2616 had identity, 7230 not"},
    {POST "Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n", HTTP1_CODING_BAD,
     "an empty list element"},
    {POST "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n", HTTP1_CODING_BAD,
     "an empty list element"},
    {POST "Transfer-Encoding:\r\n\r\n", HTTP1_CODING_BAD,
     "empty: none for one, unknown for another"},
    {POST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", HTTP1_CODING_BAD, "in quotes"},
    {POST "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", HTTP1_CODING_BAD, "a parameter"},
    {POST "Transfer-Encoding: chunk\r\n\r\n0\r\n\r\n", HTTP1_CODING_BAD, "cut short"},
    {POST "Transfer-Encoding: \x0b"
          "chunked\r\n\r\n0\r\n\r\n",
     HTTP1_CONTROL, "TE.TE: a vertical tab is white space to isspace()"},
    {POST "Transfer-Encoding: chunked\x0c\r\n\r\n0\r\n\r\n", HTTP1_CONTROL, "a form feed"},
    {POST "Transfer-Encoding: \xa0"
          "chunked\r\n\r\n0\r\n\r\n",
     HTTP1_CODING_BAD, "a no-break space is white space to Latin-1 programs"},
    {"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", HTTP1_CODING_OLD,
     "RFC 9112, 6.1: its framing is faulty"},
    /* names */
    {POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", HTTP1_FIELD_NAME,
     "a blank before the colon: RFC 9112, 5.1; many CVEs of 2019 on"},
    {POST "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n", HTTP1_FIELD_NAME, "a tab before it"},
    {POST "Content-Length : 4\r\n\r\nabcd", HTTP1_FIELD_NAME, "the same of a length"},
    {POST " Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", HTTP1_FOLDED,
     "a blank before the first name: RFC 9112, 2.2"},
    {"POST / HTTP/1.1\r\n Host: a\r\nContent-Length: 4\r\n\r\nabcd", HTTP1_FOLDED,
     "a blank behind the first line: RFC 9112, 2.2"},
    {POST "X: y\r\n Transfer-Encoding: chunked\r\n\r\n", HTTP1_FOLDED, "obs-fold: RFC 9112, 5.2"},
    {POST "X: y\r\n\tz\r\n\r\n", HTTP1_FOLDED, "obs-fold with a tab"},
    {POST "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", HTTP1_FOLDED,
     "the value in the next line: llhttp, CVE-2022-32215 class"},
    {POST "Content_Length: 4\r\n\r\nabcd", HTTP1_LOOKALIKE,
     "CGI and WSGI write - and _ alike: a second length behind us"},
    {POST "Transfer_Encoding: chunked\r\n\r\n", HTTP1_LOOKALIKE, "the same of a coding"},
    {GET "X_Y: fine\r\nho_st: fine\r\nTransfer-Encoding\x01: chunked\r\n\r\n", HTTP1_CONTROL,
     "a control byte in a name"},
    {POST "\xef\xbb\xbf"
          "Content-Length: 4\r\n\r\nabcd",
     HTTP1_FIELD_NAME, "a byte order mark before a name"},
    {POST "Content-Length\xad: 4\r\n\r\nabcd", HTTP1_FIELD_NAME, "a soft hyphen in a name"},
    {POST ": x\r\n\r\n", HTTP1_FIELD_NAME, "no name: llhttp and haproxy, CVE-2023-25725 class"},
    {POST "nonsense\r\n\r\n", HTTP1_NO_COLON, "a line without a colon"},
    {GET "Foo\"bar: x\r\n\r\n", HTTP1_FIELD_NAME, "quotes in a name"},
    {GET "Foo(bar): x\r\n\r\n", HTTP1_FIELD_NAME, "RFC 9110, 5.6.2: not a token"},
    /* line ends */
    {"GET / HTTP/1.1\nHost: a\n\n", HTTP1_BARE_LF, "RFC 9112, 2.2 allows it, so not all agree"},
    {GET "X: y\nTransfer-Encoding: chunked\r\n\r\n", HTTP1_BARE_LF, "one LF among CR LFs"},
    {GET "X: y\r\n\n", HTTP1_BARE_LF, "the empty line is LF alone"},
    {GET "X: y\rTransfer-Encoding: chunked\r\n\r\n", HTTP1_CONTROL,
     "a bare CR is a line end for some: llhttp, CVE-2022-32214 class"},
    {GET "X: y\r\r\n\r\n", HTTP1_CONTROL, "CR CR LF"},
    {"GET / HTTP/1.1\r\nHost: a\r\n\rX: y\r\n\r\n", HTTP1_CONTROL, "CR at the start of a line"},
    {"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_EMPTY_LINE,
     "RFC 9112, 2.2 lets it be skipped; then bodies one CR LF too long go unseen"},
    {"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_BARE_LF, "LF first"},
    {GET "X: a\x7f"
         "b\r\n\r\n",
     HTTP1_CONTROL, "DEL in a value"},
    {GET "X: a\x1b[2J\r\n\r\n", HTTP1_CONTROL, "terminal escapes in a value"},
    /* first line */
    {"GET /\r\n\r\n", HTTP1_REQUEST_LINE, "HTTP/0.9"},
    {"GET / HTTP/0.9\r\n\r\n", HTTP1_VERSION, "HTTP/0.9 by name"},
    {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", HTTP1_VERSION, "HTTP/2 is not this"},
    {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", HTTP1_VERSION, "a minor that nobody has"},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP1_VERSION, "the preface of HTTP/2; RFC 9113, 3.4"},
    {"GET / HTTP/1.10\r\nHost: a\r\n\r\n", HTTP1_REQUEST_LINE, "a version of two digits"},
    {"GET / http/1.1\r\nHost: a\r\n\r\n", HTTP1_REQUEST_LINE, "RFC 9112, 2.3: case counts"},
    {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", HTTP1_REQUEST_LINE, "a blank at the end"},
    {"GET / HTTP/1,1\r\nHost: a\r\n\r\n", HTTP1_REQUEST_LINE, "no version"},
    {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "two blanks: RFC 9112, 3"},
    {"GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_REQUEST_LINE, "tabs"},
    {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_METHOD, "a blank first"},
    {"G\"T / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_METHOD, "no token"},
    {"G:T / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_METHOD, "a colon: a field line for some"},
    {"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", HTTP1_METHOD_REFUSED, "a tunnel through us"},
    {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_METHOD_REFUSED, "echoes credentials"},
    {"GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "a blank in the path"},
    {"GET /a HTTP/1.1 HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "a line inside the line"},
    {"GET a HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "no slash: RFC 9112, 3.2"},
    {"GET //evil/ HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "an authority for some"},
    {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "RFC 9112, 3.2.4: OPTIONS only"},
    {"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "another scheme"},
    {"GET http://a HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "no path"},
    {"GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "RFC 9110, 4.2.4: a user"},
    {"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_HOST_BAD,
     "two hosts: RFC 9112, 3.2.2 lets Host be ignored; routes and caches differ"},
    {"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "a fragment is never sent"},
    {"GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "a slash for some"},
    {"GET /a%00 HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "a string's end for some"},
    {"GET /a%0 HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "half an escape"},
    {"GET /a%zz HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "no escape"},
    {"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET, "not ASCII"},
    {"GET /v1/../admin HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET_DOTS,
     "a route that is not taken"},
    {"GET /v1/. HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET_DOTS, "dropped by some"},
    {"GET /v1/%2e%2E/admin HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET_DOTS, "the same, escaped"},
    {"GET /v1/..%2fadmin HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET_DOTS, "with an escaped slash"},
    {"GET /v1/%2e.%5Cadmin HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET_DOTS, "and a backslash"},
    {"GET /v1/..;x/admin HTTP/1.1\r\nHost: a\r\n\r\n", HTTP1_TARGET_DOTS, "servlets cut ;x off"},
    /* Host */
    {"GET / HTTP/1.1\r\n\r\n", HTTP1_HOST_MISSING, "RFC 9112, 3.2"},
    {GET "Host: a\r\n\r\n", HTTP1_HOST_REPEATED, "twice the same"},
    {GET "Host: b\r\n\r\n", HTTP1_HOST_REPEATED, "host header attacks: two hosts"},
    {"GET / HTTP/1.1\r\nHost:\r\n\r\n", HTTP1_HOST_BAD, "empty: nothing to route by"},
    {"GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", HTTP1_HOST_BAD, "a list"},
    {"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", HTTP1_HOST_BAD, "a blank"},
    {"GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", HTTP1_HOST_BAD, "a user"},
    {"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", HTTP1_HOST_BAD, "a path in it"},
    {"GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n", HTTP1_HOST_BAD, "two ports"},
    {"GET / HTTP/1.1\r\nHost: a:0\r\n\r\n", HTTP1_HOST_BAD, "no port"},
    {"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", HTTP1_HOST_BAD, "no end"},
    {"GET / HTTP/1.1\r\nho_st: x\r\n\r\n", HTTP1_HOST_MISSING, "another name"},
    /* connection and expectations */
    {GET "Connection: close, Host\r\n\r\n", HTTP1_CONNECTION_BAD,
     "hop-by-hop abuse: Host is dropped"},
    {POST "Connection: Content-Length\r\nContent-Length: 4\r\n\r\nabcd", HTTP1_CONNECTION_BAD,
     "the length is dropped behind the first proxy"},
    {GET "Connection: Authorization\r\n\r\n", HTTP1_CONNECTION_BAD, "the credential is dropped"},
    {GET "Connection: X-Merlon-Verdict\r\n\r\n", HTTP1_CONNECTION_BAD, "our own words are dropped"},
    {GET "Connection: a b\r\n\r\n", HTTP1_CONNECTION_BAD, "no token"},
    {POST "Expect: 100-continue, x\r\nContent-Length: 1\r\n\r\nx", HTTP1_EXPECT_BAD,
     "RFC 9110, 10.1.1"},
    {POST "Expect: y\r\nContent-Length: 1\r\n\r\nx", HTTP1_EXPECT_BAD,
     "0.CL and CL.0 through Expect, 2025: an odd one loses the body at some servers"},
    {POST "Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
     HTTP1_EXPECT_BAD, "twice"},
    {POST "Content-Type: text/plain\r\nContent-Type: application/json\r\n\r\n", HTTP1_REPEATED,
     "inspected as one, served as the other"},
    {POST "Content-Encoding: gzip\r\nContent-Encoding: identity\r\n\r\n", HTTP1_REPEATED,
     "the same"},
    {GET "Authorization: a\r\nAuthorization: b\r\n\r\n", HTTP1_REPEATED, "two tenants"},
    /* chunks */
    {TE "\r\n", HTTP1_CHUNK_SIZE, "no size"},
    {TE "-1\r\n", HTTP1_CHUNK_SIZE, "a sign"},
    {TE "0x5\r\nhello\r\n0\r\n\r\n", HTTP1_CHUNK_SIZE, "0x: strtol(, 16) takes it"},
    {TE "5 \r\nhello\r\n0\r\n\r\n", HTTP1_CHUNK_SIZE,
     "a blank behind: bad in RFC 7230, seen by some"},
    {TE " 5\r\nhello\r\n0\r\n\r\n", HTTP1_CHUNK_SIZE, "a blank before"},
    {TE "5_0\r\nhello\r\n0\r\n\r\n", HTTP1_CHUNK_SIZE, "Python's int(, 16) takes it"},
    {TE "fffffffffffffffff\r\n", HTTP1_CHUNK_SIZE, "68 bits: some keep the low ones"},
    {TE "10000000000000005\r\nhello\r\n0\r\n\r\n", HTTP1_CHUNK_SIZE, "wraps to 5"},
    {TE "5\nhello\r\n0\r\n\r\n", HTTP1_BARE_LF, "LF behind the size: CVE-2024/2025 class"},
    {TE "5\r\nhello\n0\r\n\r\n", HTTP1_CHUNK_END, "LF behind the content"},
    {TE "5\r\nhelloX\r\n0\r\n\r\n", HTTP1_CHUNK_END, "one byte more than said"},
    {TE "5\r\nhello0\r\n\r\n", HTTP1_CHUNK_END, "no line end behind the content"},
    {TE "5\r\nhello\r0\r\n\r\n", HTTP1_CHUNK_END, "half a line end"},
    {TE "5\rXhello\r\n0\r\n\r\n", HTTP1_CHUNK_SIZE, "half a line end behind the size"},
    {TE "5;x\r\nhello\r\n0\r\n\r\n", HTTP1_CHUNK_EXTENSION, "TERM.EXT and EXT.TERM, 2025"},
    {TE "5;x\nGET /smuggled HTTP/1.1\r\n", HTTP1_CHUNK_EXTENSION, "a line end inside an extension"},
    {TE "0\r\nContent-Length: 9\r\n\r\n", HTTP1_TRAILER_BAD, "RFC 9110, 6.5.1: no framing"},
    {TE "0\r\nHost: evil\r\n\r\n", HTTP1_TRAILER_BAD, "nor routing"},
    {TE "0\r\nAuthorization: x\r\n\r\n", HTTP1_TRAILER_BAD, "nor credentials"},
    {TE "0\r\nX-Merlon-Verdict: allow\r\n\r\n", HTTP1_TRAILER_BAD, "nor our verdict"},
    {TE "0\r\nX : y\r\n\r\n", HTTP1_FIELD_NAME, "a trailer is fields"},
    {TE "0\r\nX: y\n\r\n", HTTP1_BARE_LF, "with whole line ends"},
    {TE "0\r\n\n", HTTP1_BARE_LF, "also the last"},
    {TE "0\r\nX: y\r\n z\r\n\r\n", HTTP1_FOLDED, "and no folding"},
};

static struct read_one one, cut;
static struct model model;

static void every_row_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        read_init(&one);
        read_feed(&one, (const unsigned char *)rows[i].text, strlen(rows[i].text));
        if (one.end != HTTP1_BAD || one.fault != rows[i].fault)
            print_error("%s instead of %s: %s\n%s\n", http1_fault_id(one.fault),
                        http1_fault_id(rows[i].fault), rows[i].source, rows[i].text);
        assert_int_equal(one.end, HTTP1_BAD);
        assert_int_equal(one.fault, rows[i].fault);
        assert_true(http1_fault_status(one.fault) >= 400);
    }
    print_message("%zu requests, each refused\n", COUNT_OF(rows));
}

static void with_a_nul(void **state)
{
    (void)state;
    static const char text[] = POST "Transfer-Encoding: chunked\0\r\n\r\n0\r\n\r\n";
    read_init(&one);
    read_feed(&one, (const unsigned char *)text, sizeof text - 1);
    assert_int_equal(one.fault, HTTP1_CONTROL);
}

/* Fed byte by byte the outcome is that of all at once: at each length, and in the end. */
static void same_in_pieces(const unsigned char *p, size_t n)
{
    static struct read_one whole;
    read_init(&cut);
    for (size_t i = 0; i <= n; i++) {
        if (cut.end == HTTP1_MORE) read_feed(&cut, p, i);
        if (i % 7 && i != n && cut.end == HTTP1_MORE) continue;
        read_init(&whole);
        read_feed(&whole, p, i);
        if (whole.end != cut.end || whole.fault != cut.fault)
            print_error("%zu of: %.*s\n", i, (int)n, (const char *)p);
        assert_int_equal(whole.end, cut.end);
        assert_int_equal(whole.fault, cut.fault);
        if (cut.end == HTTP1_BAD) return;
        if (cut.end == HTTP1_DONE) assert_int_equal(whole.size, cut.size);
        if (cut.end == HTTP1_DONE) return;
    }
}

static void cuts_change_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        same_in_pieces((const unsigned char *)rows[i].text, strlen(rows[i].text));
}

static void same_as_model(const unsigned char *p, size_t n)
{
    read_init(&one);
    read_feed(&one, p, n);
    enum model_end end = model_request(&model, p, n);
    const char *differs = read_differs(&one, &model, end);
    if (differs)
        print_error("%s (codec: %d %s, model: %d): %.*s\n", differs, one.end,
                    http1_fault_id(one.fault), end, (int)n, (const char *)p);
    assert_null(differs);
}

static void model_agrees(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t n = 0; n <= strlen(rows[i].text); n++)
            same_as_model((const unsigned char *)rows[i].text, n);
}

static uint64_t seed = 0x9e3779b97f4a7c15u;

static size_t pick(size_t below)
{
    seed ^= seed >> 12;
    seed ^= seed << 25;
    seed ^= seed >> 27;
    return (size_t)((seed * 0x2545f4914f6cdd1dull >> 33) % below);
}

static const char *const good[] = {
    GET "Accept: */*\r\nTE: trailers\r\nConnection: te, keep-alive\r\n\r\n",
    POST "Content-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"a\":\"b\\n\"}GET",
    TE "5\r\nhello\r\n00a\r\n0123456789\r\n0\r\nX-Sum: 7\r\nY:\r\n\r\nPOST / HTTP/1.1\r\n",
    "OPTIONS * HTTP/1.1\r\nhost: [::1]:80\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n",
    "GET http://a.example/x%2Fy?z=../. HTTP/1.1\r\nHost: a.example\r\nExpect: 100-continue\r\n\r\n",
    "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
};

static const char *const words[] = {"\r\n",
                                    "\n",
                                    "\r",
                                    " ",
                                    "\t",
                                    ":",
                                    ",",
                                    "0",
                                    ";",
                                    "chunked",
                                    "Transfer-Encoding: chunked\r\n",
                                    "Content-Length: 3\r\n",
                                    "Host: a\r\n",
                                    "../",
                                    "%2e",
                                    "\x80",
                                    "_",
                                    "x-merlon-",
                                    "-",
                                    "a"};

/* One of the texts, damaged in up to four places; some of the places take a word, others a byte. */
static size_t damaged(unsigned char *out)
{
    size_t which = pick(COUNT_OF(good) + COUNT_OF(rows));
    const char *from = which < COUNT_OF(good) ? good[which] : rows[which - COUNT_OF(good)].text;
    size_t n = strlen(from);
    memcpy(out, from, n);
    for (size_t times = 1 + pick(4); times && n; times--) {
        size_t at = pick(n), gone = pick(3), old = n;
        const char *word = words[pick(COUNT_OF(words))];
        size_t add = pick(2) ? strlen(word) : pick(2);
        unsigned char byte = (unsigned char)pick(256);
        if (gone > old - at) gone = old - at;
        memmove(out + at + add, out + at + gone, old - at - gone);
        memcpy(out + at, add == 1 ? (const char *)&byte : word, add);
        n = old + add - gone;
    }
    return n;
}

static void damaged_ones_too(void **state)
{
    (void)state;
    unsigned char text[2048];
    size_t accepted = 0, rounds = 250000;
    for (size_t i = 0; i < rounds; i++) {
        size_t n = damaged(text);
        same_as_model(text, n);
        accepted += one.end == HTTP1_DONE;
        if (i % 8 == 0) same_in_pieces(text, n);
    }
    print_message("%zu damaged requests, %zu still whole ones\n", rounds, accepted);
    assert_true(accepted > rounds / 50);
}

/* Appends; how much that was. */
static size_t put(char *p, const char *what)
{
    memcpy(p, what, strlen(what) + 1);
    return strlen(what);
}

static void limits(void **state)
{
    (void)state;
    static char text[3 * MODEL_HEAD];
    static const char begin[] = GET "X: ";
    for (size_t n = MODEL_HEAD - 100; n < MODEL_HEAD + 100; n++) {
        memset(text, 'x', sizeof text);
        memcpy(text, begin, sizeof begin - 1);
        memcpy(text + n - 4, "\r\n\r\n", 4);
        read_init(&one);
        read_feed(&one, (unsigned char *)text, n);
        assert_int_equal(one.fault, n <= MODEL_HEAD ? HTTP1_FINE : HTTP1_HEAD_TOO_LARGE);
    }
    char *p = text + put(text, GET);
    for (size_t i = 0; i < 101; i++) p += put(p, "A: b\r\n");
    put(p, "\r\n");
    read_init(&one);
    read_feed(&one, (unsigned char *)text, strlen(text));
    assert_int_equal(one.fault, HTTP1_TOO_MANY_FIELDS);
    memset(text, 'x', sizeof text);
    memcpy(text, "GET /", 5);
    put(text + 5 + MODEL_TARGET, " HTTP/1.1\r\nHost: a\r\n\r\n");
    read_init(&one);
    read_feed(&one, (unsigned char *)text, strlen(text));
    assert_int_equal(one.fault, HTTP1_TARGET_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_refused), cmocka_unit_test(with_a_nul),
        cmocka_unit_test(cuts_change_nothing),  cmocka_unit_test(model_agrees),
        cmocka_unit_test(damaged_ones_too),     cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
