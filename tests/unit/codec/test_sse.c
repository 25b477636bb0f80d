/* SPDX-License-Identifier: Apache-2.0 */
/* Event streams: what the specification's examples give, and the same wherever the stream is cut.
 */
#include "../test.h"
#include "base/buf.h"
#include "codec/sse.h"

typedef enum cut cut_fn(struct cutter *, struct slice, bool, size_t *);

/* Everything that comes out of a stream, as one text: "[raw|data|name|id]" per event. */
struct run {
    struct cutter cutter;
    cut_fn *cut;
    struct arena arena;
    struct buf out;
    size_t begin, events; /* begin: of the window */
    bool limit;
};

static void run_init(struct run *r, cut_fn *cut, size_t max)
{
    *r = (struct run){.cut = cut};
    cutter_init(&r->cutter, max);
    arena_init(&r->arena, 1u << 20, 4096);
    buf_init(&r->out, 1u << 20);
}

static void run_done(struct run *r)
{
    buf_done(&r->out);
    arena_done(&r->arena);
}

static void show(struct run *r, struct slice raw)
{
    struct sse_event e;
    assert_true(sse_read(raw, &r->arena, &e));
    buf_byte(&r->out, '[');
    buf_add(&r->out, raw);
    buf_byte(&r->out, '|');
    if (e.data_lines) buf_add(&r->out, e.data);
    buf_byte(&r->out, '|');
    buf_add(&r->out, e.name);
    buf_byte(&r->out, '|');
    buf_add(&r->out, e.id);
    buf_str(&r->out, e.complete ? "]" : "~]");
    for (size_t i = 0; i < e.data.n; i++)
        if (e.data.p[i] != '\n') {
            assert_int_equal(raw.p[sse_raw_at(&e, i)], e.data.p[i]);
            assert_int_equal(sse_data_at(&e, sse_raw_at(&e, i)), i);
        }
    r->events++;
}

static void feed(struct run *r, struct slice all, size_t upto, bool ended)
{
    for (;;) {
        size_t n = 0;
        enum cut cut = r->cut(&r->cutter, slice_sub(all, r->begin, upto - r->begin), ended, &n);
        r->limit |= cut == CUT_LIMIT;
        if (cut != CUT_DONE) return;
        assert_true(n > 0);
        show(r, slice_sub(all, r->begin, n));
        r->begin += n;
    }
}

static void expect(cut_fn *cut, const char *in, size_t n, const char *want, size_t want_n)
{
    struct slice all = slice_of(in, n);
    for (size_t a = 0; a <= n; a++) {
        for (size_t b = a; b <= n; b++) {
            struct run r;
            run_init(&r, cut, 1000);
            feed(&r, all, a, false);
            feed(&r, all, b, false);
            feed(&r, all, n, false);
            feed(&r, all, n, true);
            if (!slice_eq(buf_slice(&r.out), slice_of(want, want_n)))
                fail_msg("cut at %zu and %zu: %s", a, b, buf_text(&r.out));
            assert_int_equal(r.begin, n);
            run_done(&r);
        }
    }
}

#define SSE(in, want) expect(sse_cut, in, sizeof(in) - 1, want, sizeof(want) - 1)

static void events(void **state)
{
    (void)state;
    SSE("", "");
    SSE("data: a\n\n", "[data: a\n\n|a||]");
    SSE("data: This is the first message.\n\ndata: This is the second message, it\n"
        "data: has two lines.\n\n",
        "[data: This is the first message.\n\n|This is the first message.||]"
        "[data: This is the second message, it\ndata: has two lines.\n\n"
        "|This is the second message, it\nhas two lines.||]");
    SSE(": test stream\n\ndata: first\nid: 1\n\ndata:second\nid\n\ndata:  third\n\n",
        "[: test stream\n|||][\n|||][data: first\nid: 1\n\n|first||1]"
        "[data:second\nid\n\n|second||][data:  third\n\n| third||]");
    SSE("data\n\ndata\ndata\n\ndata:", "[data\n\n|||][data\ndata\n\n|\n||][data:|||~]");
    SSE("event: add\ndata: 1\nretry: 9\n\n", "[event: add\ndata: 1\nretry: 9\n\n|1|add|]");
    SSE("data:\ndata: x\n\n", "[data:\ndata: x\n\n|\nx||]");
    SSE("Data: x\n data: y\nid: a\0b\n\n", "[Data: x\n data: y\nid: a\0b\n\n|||]");
    SSE("data: a\n: inside\ndata: b\n\n", "[data: a\n: inside\ndata: b\n\n|a\nb||]");
}

static void line_ends(void **state)
{
    (void)state;
    SSE("data: a\r\n\r\ndata: b\r\n\r\n", "[data: a\r\n\r\n|a||][data: b\r\n\r\n|b||]");
    SSE("data: a\r\rdata: b\r\r", "[data: a\r\r|a||][data: b\r\r|b||]");
    SSE("data: a\r\r\n\ndata: b\n\n", "[data: a\r\r|a||][\n\n|||][data: b\n\n|b||]");
    SSE("data: a\r\ndata: b\n\r", "[data: a\r\ndata: b\n\r|a\nb||]");
    SSE("data: a\n\r\ndata: b\r\n\n", "[data: a\n\r\n|a||][data: b\r\n\n|b||]");
    SSE(":x\r\n\r\n:y\n\n\n", "[:x\r\n|||][\r\n|||][:y\n|||][\n|||][\n|||]");
    SSE(":x\r:y\r\ndata: z\r\r\n", "[:x\r|||][:y\r|||][\ndata: z\r\r|z||][\n|||]");
    SSE("data: \xe2\x80\xa8 \x0b \x0c \xc2\x85\n\n",
        "[data: \xe2\x80\xa8 \x0b \x0c \xc2\x85\n\n|\xe2\x80\xa8 \x0b \x0c \xc2\x85||]");
}

static void byte_order_mark(void **state)
{
    (void)state;
    SSE("\xef\xbb\xbf"
        "data: a\n\n",
        "[\xef\xbb\xbf"
        "data: a\n\n|a||]");
    SSE("\xef\xbb\xbf\n\n", "[\xef\xbb\xbf\n|||][\n|||]");
    SSE("\xef\xbb\xbf: hi\ndata: a\n\n", "[\xef\xbb\xbf: hi\n|||][data: a\n\n|a||]");
    SSE("\xef\xbb", "[\xef\xbb|||~]");
}

static void json_lines(void **state)
{
    (void)state;
#define LINES(in, want) expect(lines_cut, in, sizeof(in) - 1, want, sizeof(want) - 1)
    LINES("", "");
    LINES("{}\n{}\r\n\n{", "[{}\n|||~][{}\r\n|||~][\n|||][{|||~]");
}

static void limits(void **state)
{
    static const struct {
        const char *in;
        size_t max;
        bool limit;
    } rows[] = {{"data: a\n\n", 9, false},  {"data: a\n\n", 8, true},
                {"data: aaaaa", 11, false}, {"data: aaaaa", 10, true},
                {"data: a\r\r", 9, false},  {"data: a\n\r\n", 10, false},
                {"data: a\n\r\n", 9, true}, {":a\ndata: a\n\n", 9, false}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice all = slice_str(rows[i].in);
        for (size_t a = 0; a <= all.n; a++) {
            struct run r;
            run_init(&r, sse_cut, rows[i].max);
            feed(&r, all, a, false);
            feed(&r, all, all.n, false);
            feed(&r, all, all.n, true);
            assert_int_equal(r.limit, rows[i].limit);
            if (rows[i].limit) {
                size_t n;
                assert_int_equal(sse_cut(&r.cutter, S("\n\n"), false, &n), CUT_LIMIT);
            }
            run_done(&r);
        }
    }
}

/* Every stream of a few bytes over the bytes that matter: whole and byte by byte. */
static void every_small_stream(void **state)
{
    static const char letters[] = {'\r', '\n', ':', 'd'};
    (void)state;
    for (unsigned code = 0; code < 1u << 16; code++) {
        char in[8];
        for (size_t i = 0; i < sizeof in; i++) in[i] = letters[code >> (2 * i) & 3];
        struct slice all = slice_of(in, sizeof in);
        struct run whole, bytes;
        run_init(&whole, sse_cut, 1000);
        run_init(&bytes, sse_cut, 1000);
        feed(&whole, all, sizeof in, true);
        for (size_t i = 0; i <= sizeof in; i++) feed(&bytes, all, i, false);
        feed(&bytes, all, sizeof in, true);
        if (!slice_eq(buf_slice(&whole.out), buf_slice(&bytes.out)))
            fail_msg("%u: %s instead of %s", code, buf_text(&bytes.out), buf_text(&whole.out));
        assert_int_equal(whole.begin, sizeof in);
        run_done(&whole);
        run_done(&bytes);
    }
}

static void memory(void **state)
{
    struct arena arena;
    struct sse_event e;
    (void)state;
    arena_init(&arena, 4, 0);
    assert_false(sse_read(S("data: a\ndata: b\n\n"), &arena, &e));
    assert_true(sse_read(S("data: a\n\n"), &arena, &e));
    assert_slice(e.data, "a");
    arena_done(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events),          cmocka_unit_test(line_ends),
        cmocka_unit_test(byte_order_mark), cmocka_unit_test(json_lines),
        cmocka_unit_test(limits),          cmocka_unit_test(every_small_stream),
        cmocka_unit_test(memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
