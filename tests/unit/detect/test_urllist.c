/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "base/buf.h"
#include "base/st.h"
#include "detect/data/urllist.h"

static void hosts(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        enum url_fault fault;
    } cases[] = {
        {"https://upload.wikimedia.org/a.jpg", URL_FINE},
        {"https://www.wikipedia.org/", URL_FINE},
        {"https://cdn-lfs.huggingface.co/x", URL_FINE},
        {"https://s3.eu-west-1.amazonaws.com/b/k", URL_FINE},
        {"https://s3.cn-north-1.amazonaws.com.cn/b/k", URL_FINE},
        {"https://www.google.co.uk/x.png", URL_FINE},
        {"https://user:pw@example.org:8443/x?y#z", URL_FINE},
        {"https://gitlab.com/a/b", URL_FINE},
        {"https://bitly.example.org/", URL_FINE},
        {"https://notbit.ly/x", URL_FINE},
        {"http://203.0.113.7/cat.jpg", URL_ADDRESS},
        {"http://203.0.113.7:8080/cat.jpg", URL_ADDRESS},
        {"http://[2001:db8::7]/cat.jpg", URL_ADDRESS},
        {"http://3405803783/cat.jpg", URL_ADDRESS},
        {"http://0xcb007107/cat.jpg", URL_ADDRESS},
        {"http://300.1.2.3/cat.jpg", URL_FINE},
        {"http://1.2.3/cat.jpg", URL_FINE},
        {"http://169.254.169.254/latest/", URL_LOCAL},
        {"http://10.1.2.3/x", URL_LOCAL},
        {"http://172.16.0.1/x", URL_LOCAL},
        {"http://172.32.0.1/x", URL_ADDRESS},
        {"http://192.168.1.1/x", URL_LOCAL},
        {"http://2130706433/x", URL_LOCAL},
        {"http://localhost:9000/x", URL_LOCAL},
        {"http://printer/x", URL_LOCAL},
        {"http://metadata.google.internal/x", URL_LOCAL},
        {"http://[::1]/x", URL_LOCAL},
        {"http://[::ffff:10.0.0.1]/x", URL_LOCAL},
        {"file:///etc/passwd", URL_LOCAL},
        {"https://bit.ly/3x", URL_SHORT},
        {"https://www.tinyurl.com/3x", URL_SHORT},
        {"https://cats.duckdns.org/1.jpg", URL_DYNAMIC},
        {"https://a1b2.ngrok-free.app/1.jpg", URL_DYNAMIC},
        {"https://transfer.sh/x/1.jpg", URL_DROP},
        {"https://hugqingface.co/1.jpg", URL_LOOKS},
        {"https://huggingfce.co/1.jpg", URL_LOOKS},
        {"https://g00gle.com/1.jpg", URL_LOOKS},
        {"https://githbu.com/1.jpg", URL_LOOKS},
        {"https://huggingface.co.files.example/1.jpg", URL_LOOKS},
        {"https://wikimedia.org@203.0.113.7/1.jpg", URL_ADDRESS},
        {"https://xn--mnchen-3ya.de/1.jpg", URL_PUNY},
        {"https:///x", URL_FINE},
        {"x", URL_FINE},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum url_fault f = url_fault(slice_str(cases[i].url));
        if (f != cases[i].fault) print_error("%s: %d\n", cases[i].url, (int)f);
        assert_int_equal(f, cases[i].fault);
    }
}

struct notes {
    size_t count;
    uint64_t from;
};

static void note(void *ctx, const struct look_note *n)
{
    struct notes *notes = ctx;
    notes->count++;
    notes->from = n->from;
}

/* A block of lines, each a record. */
static void look(struct urllist *u, struct notes *notes, const char *header, struct buf *text)
{
    uint32_t ends[600];
    struct slice columns[8], rest = slice_str(header), part;
    struct block_table table = {.columns = columns};
    struct block b = {.kind = BLOCK_RECORDS, .text = buf_slice(text), .ends = ends};
    while (slice_split(&rest, ',', &part)) columns[table.column_count++] = part;
    for (size_t i = 0; i < text->n; i++)
        if (text->p[i] == '\n') ends[b.records++] = (uint32_t)i + 1;
    *notes = (struct notes){0};
    urllist_begin(u, &table);
    urllist_look(u, &b, note, notes);
}

#define ROWS 200

static void what_is_a_list(void **state)
{
    (void)state;
    static const struct {
        const char *header, *row; /* two numbers go into the row */
        size_t urls, hashed, http;
    } cases[] = {
        {"url,caption", "https://a%zu.example.org/%zu,a cat\n", ROWS, 0, 0},
        {"url,x", "http://a%zu.example.org/%zu.jpg,a cat\n", ROWS, 0, ROWS},
        {"url,md5", "https://a%zu.example.org/%zu.jpg,0123456789abcdef0123456789abcdef\n", ROWS,
         ROWS, 0},
        {"a,b", "\"https://a%zu.example.org/0123456789abcdef0123456789abcdef/%zu.jpg\",x\n", ROWS,
         0, 0},
        {"a",
         "{\"url\": \"https://a%zu.example.org/%zu\", \"sha256\": "
         "\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"}\n",
         ROWS, ROWS, 0},
        /* a company's page is nothing to download */
        {"name,website", "c%zu,https://c%zu.example.org\n", 0, 0, 0},
        /* a link in a sentence is no value */
        {"text,caption", "see https://a%zu.example.org/%zu.jpg for it,b\n", 0, 0, 0},
        {"n,caption", "%zu,%zu\n", 0, 0, 0},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct urllist u;
        struct notes notes;
        struct buf b;
        buf_init(&b, 1u << 20);
        for (size_t k = 0; k < ROWS; k++) {
            char row[400];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
            (void)snprintf(row, sizeof row, cases[i].row, k, k);
#pragma GCC diagnostic pop
            buf_str(&b, row);
        }
        look(&u, &notes, cases[i].header, &b);
        if (u.urls != cases[i].urls || u.hashed != cases[i].hashed) print_error("case %zu\n", i);
        assert_int_equal(u.urls, cases[i].urls);
        assert_int_equal(u.hashed, cases[i].hashed);
        assert_int_equal(u.http, cases[i].http);
        assert_int_equal(notes.count, 0);
        buf_done(&b);
    }
}

/* Single addresses become notes with their place, up to a number that people can read. */
static void faults_are_notes(void **state)
{
    (void)state;
    struct urllist u;
    struct notes notes;
    struct buf b;
    buf_init(&b, 1u << 20);
    for (size_t k = 0; k < ROWS; k++) buf_str(&b, "https://a.example.org/1.jpg,x\n");
    uint64_t at = b.n;
    buf_str(&b, "https://bit.ly/3x,y\n");
    look(&u, &notes, "url,caption", &b);
    assert_int_equal(notes.count, 1);
    assert_int_equal(notes.from, at);
    buf_reset(&b);
    for (size_t k = 0; k < ROWS; k++) buf_str(&b, "http://127.0.0.1/1.jpg,x\n");
    look(&u, &notes, "url,caption", &b);
    assert_int_equal(notes.count, 50);
    assert_int_equal(u.odd, ROWS);
    buf_done(&b);
}

/* Every place and length of the mark, as the vector pass sees it. */
static void marks_at_every_place(void **state)
{
    (void)state;
    for (size_t pad = 0; pad < 70; pad++) {
        struct urllist u;
        struct notes notes;
        struct buf b;
        buf_init(&b, 1u << 16);
        for (size_t k = 0; k < 5; k++) {
            buf_fill(&b, 'x', pad);
            buf_str(&b, ",http://a.b/c.png\n");
        }
        look(&u, &notes, "name,url", &b);
        assert_int_equal(u.urls, 5);
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hosts),
        cmocka_unit_test(what_is_a_list),
        cmocka_unit_test(faults_are_notes),
        cmocka_unit_test(marks_at_every_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
