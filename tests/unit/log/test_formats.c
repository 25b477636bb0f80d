/* SPDX-License-Identifier: Apache-2.0 */
/* Lines, events, times, keys and checkpoints: what is written is read again, and nothing else is.
 */
#include "logs.h"
#include "base/host.h"
#include "log/line.h"
#include "log/lines.h"
#include "log/stamp.h"

static void times(void **state)
{
    (void)state;
    struct buf b;
    int64_t ms, got;
    buf_init(&b, 64);
    for (int i = 0; i < 20000; i++) {
        ms = (int64_t)i * 12622780123 % 253402300799999;
        buf_reset(&b);
        stamp_write(ms, &b);
        assert_true(stamp_read(buf_slice(&b), &got));
        assert_int_equal(got, ms);
    }
    assert_true(stamp_read(S("2026-11-30T12:00:00Z"), &got));
    assert_int_equal(got, 1796040000000);
    static const char *const none[] = {"",
                                       "2026-11-30T12:00:00",
                                       "2026-11-30T12:00:00.25Z",
                                       "2026-13-30T12:00:00Z",
                                       "2026-11-30T24:00:00Z",
                                       "2026-11-30 12:00:00Z",
                                       "+026-11-30T12:00:00Z",
                                       "2026-11-30T12:00:00.250z"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_false(stamp_read(slice_str(none[i]), &got));
    buf_done(&b);
}

static void lines_of_records(void **state)
{
    (void)state;
    struct buf b;
    struct line line;
    buf_init(&b, 1u << 16);
    line_write(17, S("\"kind\":\"x\""), &b);
    struct slice text = slice_sub(buf_slice(&b), 0, b.n - 1);
    assert_int_equal(b.p[b.n - 1], '\n');
    assert_int_equal(line_read(text, &line), LINE_OK);
    assert_int_equal(line.n, 17);
    assert_slice(line.body, "\"kind\":\"x\"");
    for (size_t i = 0; i < text.n; i++) {
        assert_int_not_equal(line_read(slice_sub(text, 0, i), &line), LINE_OK);
        for (int bit = 0; bit < 8; bit++) {
            b.p[i] ^= (uint8_t)(1 << bit);
            assert_int_not_equal(line_read(text, &line), LINE_OK);
            b.p[i] ^= (uint8_t)(1 << bit);
        }
    }
    buf_reset(&b);
    line_write(UINT64_MAX, S("\"a\":1"), &b);
    assert_int_equal(line_read(slice_sub(buf_slice(&b), 0, b.n - 1), &line), LINE_OK);
    assert_true(line.n == UINT64_MAX);
    buf_done(&b);
}

static void full_event(enum event_kind k, struct event *e)
{
    event_start(e, k, 1796040000250);
    for (enum event_field f = 0; f < EVENT_FIELDS; f++) {
        if (!(event_kind(k)->fields >> f & 1)) continue;
        if (event_field(f)->type == EVENT_NUMBER)
            event_number(e, f, 1234567890123u + f);
        else if (event_field(f)->type == EVENT_WORDS)
            event_text(e, f, S("pii.iban secret.aws.access_key_id"));
        else if (event_field(f)->type == EVENT_JSON)
            event_text(e, f, S("[{\"rule\":\"pii.iban\",\"at\":[1,{}]},{}]"));
        else
            event_text(e, f, S("a \"quoted\"\n\x1b[31m text \xc3\xa9"));
    }
}

static void events(void **state)
{
    (void)state;
    struct buf body, text;
    struct arena arena;
    arena_init(&arena, 1u << 20, 4096);
    buf_init(&body, 1u << 16);
    buf_init(&text, 1u << 16);
    for (enum event_kind k = 0; k < EVENT_KINDS; k++) {
        struct event e, got;
        struct slice why;
        full_event(k, &e);
        buf_reset(&body);
        buf_reset(&text);
        event_write(&e, &body);
        line_write(3, buf_slice(&body), &text);
        assert_int_equal(event_read(buf_slice(&text), &arena, &got, &why), ST_OK);
        assert_int_equal(got.kind, k);
        assert_int_equal(got.time_ms, e.time_ms);
        assert_int_equal(got.has, e.has);
        for (enum event_field f = 0; f < EVENT_FIELDS; f++) {
            assert_int_equal(got.number[f], e.number[f]);
            assert_true(slice_eq(got.text[f], e.text[f]));
        }
        for (size_t i = 0; i + 1 < text.n; i++) {
            enum st st = event_read(slice_sub(buf_slice(&text), 0, i), &arena, &got, &why);
            assert_int_equal(st, ST_MALFORMED);
            assert_true(why.n > 0);
        }
    }
    buf_done(&body);
    buf_done(&text);
    arena_done(&arena);
}

/* The longest event that there can be fits into a line. */
static void long_events(void **state)
{
    (void)state;
    char long_text[5000], long_json[EVENT_JSON_MAX];
    struct buf b;
    memset(long_json, ' ', sizeof long_json);
    long_json[0] = '[', long_json[sizeof long_json - 1] = ']';
    memset(long_text, 1, sizeof long_text); /* six bytes each in JSON */
    buf_init(&b, 1u << 20);
    for (enum event_kind k = 0; k < EVENT_KINDS; k++) {
        struct event e;
        full_event(k, &e);
        for (enum event_field f = 0; f < EVENT_FIELDS; f++)
            if (event_has(&e, f) && event_field(f)->type == EVENT_JSON)
                event_text(&e, f, slice_of(long_json, sizeof long_json));
            else if (event_has(&e, f) && event_field(f)->type != EVENT_NUMBER)
                event_text(&e, f, slice_of(long_text, sizeof long_text));
        buf_reset(&b);
        event_write(&e, &b);
        assert_true(b.n + 64 <= LINE_MAX);
    }
    struct event e;
    memset(long_text, 'a', sizeof long_text);
    memcpy(&long_text[EVENT_TEXT_MAX - 1], "\xc3\xa9", 2); /* not cut in the middle */
    event_start(&e, EVENT_SCAN, 0);
    event_text(&e, EVENT_SUBJECT, slice_of(long_text, sizeof long_text));
    buf_reset(&b);
    event_write(&e, &b);
    assert_null(strstr(buf_text(&b), "\xef\xbf\xbd"));
    buf_done(&b);
}

static void broken_events(void **state)
{
    (void)state;
    static const char *const none[] = {
        "",
        "[]",
        "{}",
        "{\"time\":\"2026-11-30T12:00:00.250Z\"}",
        "{\"kind\":\"scan\"}",
        "{\"time\":1,\"kind\":\"scan\"}",
        "{\"time\":\"2026-11-30T12:00:00.250Z\",\"kind\":\"scan\",\"kind\":\"sign\"}",
        ("{\"time\":\"2026-11-30T12:00:00.250Z\",\"time\":\"2026-11-30T12:00:00.250Z\",\"kind\":"
         "\"scan\"}"),
        "{\"time\":\"2026-11-30T12:00:00.250Z\",\"kind\":\"scan\",\"files\":\"3\"}",
        "{\"time\":\"2026-11-30T12:00:00.250Z\",\"kind\":\"scan\",\"files\":3,\"files\":3}",
        "{\"time\":\"2026-11-30T12:00:00.250Z\",\"kind\":\"scan\",\"subject\":3}",
        "{\"time\":\"2026-11-30T12:00:00.250Z\",\"kind\":\"scan\",\"rules\":\"a\"}",
        "{\"time\":\"2026-11-30T12:00:00.250Z\",\"kind\":\"scan\"} x",
    };
    struct arena arena;
    struct event e;
    struct slice why;
    arena_init(&arena, 1u << 20, 4096);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        assert_int_equal(event_read(slice_str(none[i]), &arena, &e, &why), ST_MALFORMED);
    /* what a later version writes */
    assert_int_equal(event_read(S("{\"time\":\"2026-11-30T12:00:00.250Z\",\"kind\":\"later\","
                                  "\"new\":{\"a\":[1]},\"model\":\"m\"}"),
                                &arena, &e, &why),
                     ST_OK);
    assert_int_equal(e.kind, EVENT_KINDS);
    assert_slice(e.name, "later");
    assert_slice(e.text[EVENT_MODEL], "m");
    arena_done(&arena);
}

/* The example of C2SP's signed-note. */
static void keys_of_others(void **state)
{
    (void)state;
    struct note_public p;
    struct buf b;
    assert_true(notekey_read_public(
        S("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"), &p));
    assert_string_equal(p.name, "example.com/foo");
    static const char text[] =
        "This is an example message.\n\n"
        "\xe2\x80\x94 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZX"
        "sYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    struct arena arena;
    struct note n;
    struct slice why;
    arena_init(&arena, 1u << 20, 4096);
    assert_int_equal(note_read(slice_str(text), &arena, &n, &why), ST_OK);
    assert_memory_equal(n.signatures[0].hint, p.hint, 4);
    assert_true(ed25519_valid(n.text, n.signatures[0].bytes.p, p.key));
    buf_init(&b, 1024);
    notekey_write_public(&p, &b);
    assert_string_equal(buf_text(&b),
                        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n");
    buf_done(&b);
    arena_done(&arena);
}

static void keys_of_ours(void **state)
{
    (void)state;
    struct note_key k, got;
    struct note_public p;
    struct buf b;
    assert_true(notekey_make(&k));
    buf_init(&b, 1024);
    notekey_write(&k, &b);
    assert_true(notekey_read(buf_slice(&b), &got));
    assert_memory_equal(&k, &got, sizeof k);
    for (size_t i = 0; i + 3 < b.n; i++)
        assert_false(notekey_read(slice_sub(buf_slice(&b), 0, i), &got));
    buf_reset(&b);
    notekey_write_public(&k.public, &b);
    assert_true(notekey_read_public(buf_slice(&b), &p));
    assert_true(notekey_same(&p, &k.public));
    assert_false(notekey_read(buf_slice(&b), &got));
    buf_done(&b);
}

static void make_head(unsigned records, struct head *h)
{
    *h = (struct head){.segment = 31, .bytes = 1048233, .time_ms = 1796040000250};
    for (unsigned i = 0; i < records; i++) {
        struct merkle_hash leaf;
        merkle_leaf(slice_of(&i, sizeof i), &leaf);
        merkle_add(&h->tree, &leaf);
    }
}

static void checkpoints(void **state)
{
    (void)state;
    struct note_key k;
    struct buf b;
    struct arena arena;
    struct head h, got;
    struct slice why;
    assert_true(notekey_make(&k));
    arena_init(&arena, 1u << 22, 1u << 14);
    buf_init(&b, HEAD_MAX);
    for (unsigned records = 0; records < 40; records++) {
        make_head(records, &h);
        h.sealed = records % 2;
        buf_reset(&b);
        head_write(&h, &k, &b);
        assert_int_equal(head_read(buf_slice(&b), &k.public, &arena, &got, &why), ST_OK);
        assert_int_equal(got.tree.size, records);
        assert_int_equal(got.segment, 31);
        assert_int_equal(got.bytes, 1048233);
        assert_int_equal(got.time_ms, h.time_ms);
        assert_true(got.sealed == h.sealed);
        assert_true(head_adds_up(&h.tree, &got.root));
        assert_true(head_adds_up(&got.tree, &got.root));
    }
    for (size_t i = 0; i < b.n; i++) {
        assert_int_equal(head_read(slice_sub(buf_slice(&b), 0, i), &k.public, &arena, &got, &why),
                         ST_MALFORMED);
        b.p[i] ^= 1;
        assert_int_equal(head_read(buf_slice(&b), &k.public, &arena, &got, &why), ST_MALFORMED);
        b.p[i] ^= 1;
        arena_reset(&arena);
    }
    buf_done(&b);
    arena_done(&arena);
}

/* Memory that runs out at any allocation. */
static void no_memory(void **state)
{
    (void)state;
    struct note_key k;
    struct buf b, body;
    struct head h, got;
    struct event e, event;
    struct slice why;
    assert_true(notekey_make(&k));
    buf_init(&b, HEAD_MAX);
    buf_init(&body, 1u << 16);
    make_head(5, &h);
    head_write(&h, &k, &b);
    full_event(EVENT_GUARD, &e);
    buf_byte(&body, '{');
    event_write(&e, &body);
    buf_byte(&body, '}');
    unsigned heads = 0, events_failed = 0;
    for (size_t cap = 0; cap < 20000; cap += 16) {
        struct arena arena;
        arena_init(&arena, cap, 0);
        enum st st = head_read(buf_slice(&b), &k.public, &arena, &got, &why);
        assert_true(st == ST_OK || st == ST_NOMEM);
        heads += st == ST_NOMEM;
        arena_done(&arena);
        arena_init(&arena, cap, 0);
        st = event_read(buf_slice(&body), &arena, &event, &why);
        assert_true(st == ST_OK || st == ST_NOMEM);
        events_failed += st == ST_NOMEM;
        arena_done(&arena);
    }
    assert_true(heads > 2 && events_failed > 10);
    buf_done(&b);
    buf_done(&body);
}

/* Lines in pieces, too long, and torn. */
static void reading_lines(void **state)
{
    (void)state;
    char folder[64], path[128];
    struct buf b;
    struct lines l = {0};
    struct slice text;
    folder_new(folder);
    buf_init(&b, 4u << 20);
    buf_str(&b, "one\n");
    buf_fill(&b, 'x', LINE_MAX - 1);
    buf_byte(&b, '\n');
    buf_fill(&b, 'y', LINE_MAX);
    buf_byte(&b, '\n');
    buf_fill(&b, 'z', (size_t)600 << 10);
    buf_str(&b, "\n\nlast\ntorn");
    file_put(folder, "f", buf_slice(&b));
    file_path(path, folder, "f");
    int fd = open(path, O_RDWR);
    lines_start(&l, &log_io_system, fd, 0);
    assert_int_equal(lines_next(&l, &text), LINES_OK);
    assert_slice(text, "one");
    assert_int_equal(lines_next(&l, &text), LINES_OK);
    assert_int_equal(text.n, LINE_MAX - 1);
    assert_int_equal(lines_next(&l, &text), LINES_LONG);
    assert_int_equal(lines_next(&l, &text), LINES_LONG);
    assert_int_equal(lines_next(&l, &text), LINES_OK);
    assert_int_equal(text.n, 0);
    assert_int_equal(lines_next(&l, &text), LINES_OK);
    assert_slice(text, "last");
    assert_int_equal(l.at, b.n - 4);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(lines_next(&l, &text), LINES_TORN);
        assert_slice(text, "torn");
    }
    assert_int_equal(pwrite(fd, " no more\n", 9, (off_t)b.n), 9);
    assert_int_equal(lines_next(&l, &text), LINES_OK);
    assert_slice(text, "torn no more");
    assert_int_equal(lines_next(&l, &text), LINES_END);
    lines_done(&l);
    close(fd);
    buf_done(&b);
    folder_gone(folder);
}

/* The page that strangers read knows every kind and every field. */
static void the_page(void **state)
{
    (void)state;
    struct buf page, want;
    char path[512];
    buf_init(&page, 1u << 20);
    buf_init(&want, 256);
    (void)snprintf(path, sizeof path, "%s/../../doc", getenv("GOLDEN"));
    int fd = open(path, O_RDONLY | O_DIRECTORY);
    assert_true(fd >= 0);
    assert_true(log_load(&log_io_system, fd, "format-log.md", 1u << 20, &page));
    close(fd);
    for (enum event_kind k = 0; k < EVENT_KINDS; k++) {
        buf_reset(&want);
        buf_printf(&want, "\n| `%s` |", event_kind(k)->name);
        if (!strstr(buf_text(&page), buf_text(&want))) fail_msg("%s", event_kind(k)->name);
    }
    for (enum event_field f = 0; f < EVENT_FIELDS; f++) {
        static const char *const types[] = {"text", "name", "list of texts", "number", "JSON"};
        buf_reset(&want);
        buf_printf(&want, "\n| `%s` | %s | %s |\n", event_field(f)->key,
                   types[event_field(f)->type], event_field(f)->says);
        if (!strstr(buf_text(&page), buf_text(&want))) fail_msg("%s", event_field(f)->key);
    }
    buf_done(&page);
    buf_done(&want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times),         cmocka_unit_test(lines_of_records),
        cmocka_unit_test(events),        cmocka_unit_test(long_events),
        cmocka_unit_test(broken_events), cmocka_unit_test(keys_of_others),
        cmocka_unit_test(keys_of_ours),  cmocka_unit_test(checkpoints),
        cmocka_unit_test(no_memory),     cmocka_unit_test(reading_lines),
        cmocka_unit_test(the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
