/* SPDX-License-Identifier: Apache-2.0 */
/* The recorder: what is kept, what is told in which words, and that nobody waits for it. */
#include "records.h"
#include "base/host.h"
#include "log/reader.h"
#include <pthread.h>

/* ---- words ---- */

static void the_words(void **state)
{
    (void)state;
    struct buf b;
    struct guard_record r = sample_blocked();
    buf_init(&b, 1u << 20);
    record_json(&r, true, &b);
    assert_string_equal(
        buf_text(&b),
        "{\"time\":\"2026-11-30T12:00:00.250Z\",\"kind\":\"guard\","
        "\"id\":\"00112233445566778899aabb\",\"route\":\"chat\",\"caller\":\"key:0123456789ab\","
        "\"model\":\"llama-3\",\"surface\":\"openai-chat\",\"verdict\":\"block\","
        "\"action\":\"block\",\"severity\":\"critical\","
        "\"rules\":[\"inject.override\",\"secret.aws.access_key_id\"],\"policy\":\"0f1e2d3c\","
        "\"result\":\"block by inject.override, in the request\",\"findings\":2,"
        "\"bytes_in\":812,\"bytes_out\":0,\"micros\":1500,\"tenant\":\"acme\","
        "\"address\":\"192.0.2.7\",\"mode\":\"enforce\",\"status\":403,"
        "\"request\":{\"verdict\":\"block\",\"action\":\"block\",\"because\":\"inject.override\","
        "\"bytes\":812,\"parts\":4,\"unscanned\":{\"text\":[\"deadline\",\"nested\"]},"
        "\"read_us\":21,\"inspect_us\":340,\"decide_us\":2},"
        "\"matches\":[{\"rule\":\"inject.override\",\"severity\":\"high\",\"action\":\"block\","
        "\"side\":\"request\",\"role\":\"user\",\"channel\":\"text\","
        "\"path\":\"messages[1].content\",\"via\":\"Base64\",\"shown\":\"igno** *** ******** "
        "**********ns\"},"
        "{\"rule\":\"secret.aws.access_key_id\",\"severity\":\"critical\",\"action\":\"redact\","
        "\"side\":\"request\",\"role\":\"tool\",\"channel\":\"tool_result\","
        "\"path\":\"messages[2].content\",\"weak\":true}]}");
    buf_reset(&b);
    record_json(&r, false, &b);
    assert_null(strstr(buf_text(&b), "shown"));
    buf_reset(&b);
    r = sample_passed(7);
    record_json(&r, true, &b);
    assert_non_null(strstr(buf_text(&b), "\"verdict\":\"allow\",\"action\":\"allow\""));
    assert_non_null(strstr(buf_text(&b), "\"mode\":\"observe\",\"status\":200,\"flags\":"
                                         "[\"streamed\"],\"request\":{\"verdict\":\"allow\""));
    assert_non_null(strstr(buf_text(&b), "\"answer\":{\"verdict\":\"allow\""));
    assert_null(strstr(buf_text(&b), "matches"));
    buf_done(&b);
}

/* In observe the answer says flag, and the record says what would have been. */
static void both_sides(void **state)
{
    (void)state;
    struct guard_record r = sample_blocked();
    assert_string_equal(record_verdict_whole(&r), "block");
    r.enforced = false;
    assert_string_equal(record_verdict_whole(&r), "flag");
    r = sample_passed(1);
    r.enforced = true;
    r.side[RECORD_ANSWER].action = ACT_ANONYMISE;
    assert_string_equal(record_verdict_whole(&r), "redact");
    r.side[RECORD_REQUEST].action = ACT_SHADOW;
    assert_string_equal(record_verdict_whole(&r), "redact");
    r.side[RECORD_ANSWER].action = ACT_SHADOW;
    assert_string_equal(record_verdict_whole(&r), "allow");
}

/* Whatever clients write, the line is JSON, has room in the log, and says what it can. */
static void the_worst(void **state)
{
    (void)state;
    struct guard_record r = sample_worst();
    struct record_event made;
    struct event e;
    struct slice why = S("");
    struct arena arena;
    struct buf line;
    buf_init(&line, 1u << 20);
    arena_init(&arena, 1u << 20, 4096);
    for (int shown = 0; shown < 2; shown++) {
        buf_reset(&line);
        record_json(&r, shown, &line);
        assert_true(line.n < RECORD_EVENT_MOST);
        assert_int_equal(event_read(buf_slice(&line), &arena, &e, &why), ST_OK);
        assert_int_equal(e.number[EVENT_FINDINGS], 3 * RECORD_MATCHES);
        assert_true(event_has(&e, EVENT_REQUEST) && event_has(&e, EVENT_ANSWER));
        assert_true(e.text[EVENT_MATCHES].n > 1000);
        assert_slice(e.text[EVENT_RULES], "inject.override secret.aws.access_key_id");
    }
    record_event_make(&r, false, &made);
    assert_true(made.event.text[EVENT_MATCHES].n <= EVENT_JSON_MAX);
    record_event_done(&made);
    buf_done(&line);
    arena_done(&arena);
}

/* ---- the newest ---- */

static void the_newest(void **state)
{
    (void)state;
    struct recorder *r = open_recorder((struct recorder_options){.lines = -1});
    struct guard_record got, sent = sample_blocked();
    char id[32];
    recorder_tell(r, &sent);
    assert_true(recorder_find(r, slice_str(sent.id), &got));
    assert_memory_equal(&got.matches, &sent.matches, 2 * sizeof got.matches[0]);
    assert_int_equal(got.match_count, 2);
    for (unsigned i = 0; i < RECORDER_KEEPS + 88; i++) {
        struct guard_record one = sample_passed(i);
        recorder_tell(r, &one);
    }
    for (unsigned i = 0; i < RECORDER_KEEPS + 88; i++) {
        sample_id(id, i);
        assert_int_equal(recorder_find(r, slice_str(id), &got), i >= 88);
        if (i >= 88) assert_int_equal(got.started_ms, SAMPLE_TIME + i);
    }
    assert_false(recorder_find(r, slice_str(sent.id), &got));
    assert_false(recorder_find(r, S(""), &got));
    assert_false(recorder_find(r, S("0"), &got));
    assert_true(recorder_ready(r)); /* there is no log that could be full */
    assert_int_equal(recorder_health(r), RECORDER_WELL);
    recorder_free(r);
    recorder_free(NULL);
}

/* ---- callers ---- */

static void callers(void **state)
{
    (void)state;
    struct note_key key, other;
    assert_true(notekey_make(&key) && notekey_make(&other));
    char a[RECORDER_CALLER], b[RECORDER_CALLER];
    struct recorder_options o = {.lines = -1, .key = &key};
    struct recorder *r = open_recorder(o), *again = open_recorder(o);
    recorder_caller(r, S("Bearer sk-abc"), a);
    assert_int_equal(strlen(a), 16);
    assert_memory_equal(a, "key:", 4);
    assert_int_equal(strspn(a + 4, "0123456789abcdef"), 12);
    assert_null(strstr(a, "sk-"));
    const struct slice same[] = {S("sk-abc"), S("  bearer   sk-abc "), S("BEARER sk-abc")};
    for (size_t i = 0; i < 3; i++) {
        recorder_caller(r, same[i], b);
        assert_string_equal(a, b);
    }
    recorder_caller(again, S("sk-abc"), b); /* a restart */
    assert_string_equal(a, b);
    recorder_caller(r, S("sk-abd"), b);
    assert_string_not_equal(a, b);
    recorder_caller(r, S(" "), b);
    assert_string_equal(b, "");
    recorder_caller(r, S("Bearer "), b);
    assert_string_equal(b, "");
    recorder_free(again);
    o.key = &other;
    again = open_recorder(o);
    recorder_caller(again, S("sk-abc"), b);
    assert_string_not_equal(a, b);
    recorder_free(again);
    o.key = NULL;
    again = open_recorder(o);
    recorder_caller(again, S("sk-abc"), b);
    assert_string_not_equal(a, b);
    recorder_free(again);
    recorder_free(r);
}

/* ---- counters ---- */

static void counters(void **state)
{
    (void)state;
    struct recorder *r = open_recorder((struct recorder_options){.lines = -1});
    struct guard_record blocked = sample_blocked(), worst = sample_worst();
    struct guard_record passed = sample_passed(1);
    struct buf b;
    blocked.side[RECORD_REQUEST].unread = UNREAD_CODING;
    recorder_tell(r, &blocked);
    recorder_tell(r, &passed);
    recorder_tell(r, &worst);
    buf_init(&b, 1u << 20);
    recorder_say(r, &b);
    static const char *const lines[] = {
        "merlon_guard_verdicts_total{side=\"request\",verdict=\"allow\"} 1\n",
        "merlon_guard_verdicts_total{side=\"request\",verdict=\"block\"} 2\n",
        "merlon_guard_verdicts_total{side=\"answer\",verdict=\"allow\"} 2\n",
        "merlon_guard_matches_total{rule=\"inject.override\"} 24\n",
        "merlon_guard_matches_total{rule=\"secret.aws.access_key_id\"} 2\n",
        "merlon_guard_matches_total{rule=\"other\"} 48\n",
        "merlon_guard_unscanned_total{side=\"request\",reason=\"deadline\"} 2\n",
        "merlon_guard_unscanned_total{side=\"request\",reason=\"coding\"} 1\n",
        "merlon_guard_unscanned_total{side=\"answer\",reason=\"held\"} 1\n",
        "merlon_guard_inspect_seconds_bucket{side=\"request\",le=\"0.000128\"} 1\n",
        "merlon_guard_inspect_seconds_bucket{side=\"request\",le=\"0.000512\"} 3\n",
        "merlon_guard_inspect_seconds_bucket{side=\"request\",le=\"+Inf\"} 3\n",
        "merlon_guard_inspect_seconds_count{side=\"answer\"} 2\n",
        "merlon_guard_log_lost_total 0\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (!strstr(buf_text(&b), lines[i])) print_message("%s%s", buf_text(&b), lines[i]);
        assert_non_null(strstr(buf_text(&b), lines[i]));
    }
    assert_null(strstr(buf_text(&b), "acme")); /* nothing that a client wrote */
    buf_done(&b);
    recorder_free(r);
}

/* ---- the log ---- */

/* Guard events in the log, the newest into *ret. */
static unsigned events_of(const char *folder, struct event *ret, struct arena *arena)
{
    struct reader reader;
    struct record record;
    unsigned n = 0;
    assert_true(reader_open(&reader, folder, NULL));
    while (reader_next(&reader, &record) == READER_OK) {
        struct event e;
        struct slice why, line = arena_copy(arena, record.text);
        assert_int_equal(event_read(line, arena, &e, &why), ST_OK);
        if (e.kind != EVENT_GUARD) continue;
        *ret = e;
        n++;
    }
    reader_done(&reader);
    return n;
}

static void to_the_log(void **state)
{
    (void)state;
    char folder[64];
    struct event e;
    struct arena arena;
    struct said said;
    folder_new(folder);
    arena_init(&arena, 1u << 22, 4096);
    struct writer *w = open_log(folder, (struct writer_options){.full = WRITER_BLOCK});
    struct recorder *r = open_recorder((struct recorder_options){.writer = w, .lines = -1});
    struct guard_record passed = sample_passed(1), blocked = sample_blocked();
    recorder_tell(r, &passed);
    recorder_tell(r, &blocked);
    recorder_free(r);
    assert_int_equal(writer_close(w, NULL), ST_OK);
    assert_int_equal(events_of(folder, &e, &arena), 2);
    assert_slice(e.text[EVENT_ID], "00112233445566778899aabb");
    assert_slice(e.text[EVENT_CALLER], "key:0123456789ab");
    assert_slice(e.text[EVENT_VERDICT], "block");
    assert_slice(e.text[EVENT_TENANT], "acme");
    assert_int_equal(e.number[EVENT_STATUS], 403);
    assert_int_equal(e.time_ms, SAMPLE_TIME);
    assert_true(slice_starts(e.text[EVENT_MATCHES], S("[{\"rule\":\"inject.override\"")));
    assert_false(slice_has(e.text[EVENT_MATCHES], S("shown"))); /* it cannot forget */
    audit(folder, S(""), &said);
    assert_int_equal(said.r.problems, 0);
    buf_done(&said.text);
    arena_done(&arena);
    folder_gone(folder);
}

/* ---- a full disk ---- */

static void until(struct recorder *r, bool ready)
{
    for (int i = 0; i < 5000 && recorder_ready(r) != ready; i++) usleep(1000);
    assert_int_equal(recorder_ready(r), ready);
}

/* No more may begin, and all that had begun, ever so large, is in the log when it works again. */
static void full_and_blocking(void **state)
{
    (void)state;
    struct full_rig f;
    struct guard_record worst = sample_worst();
    struct event e;
    struct arena arena;
    unsigned told = 0;
    arena_init(&arena, 64u << 20, 4096);
    full_start(&f, WRITER_BLOCK, 300);
    disk_full = true;
    for (; recorder_ready(f.recorder) && told < 1000; told++) recorder_tell(f.recorder, &worst);
    assert_true(told > 1 && told < 100);
    assert_int_equal(recorder_health(f.recorder), RECORDER_FULL);
    assert_string_equal(recorder_health_name(RECORDER_FULL), "log-full");
    for (unsigned i = 0; i < 300; i++, told++) recorder_tell(f.recorder, &worst);
    disk_full = false;
    until(f.recorder, true);
    recorder_tell(f.recorder, &worst);
    assert_int_equal(recorder_health(f.recorder), RECORDER_WELL);
    recorder_free(f.recorder);
    assert_int_equal(writer_close(f.writer, NULL), ST_OK);
    assert_int_equal(events_of(f.folder, &e, &arena), told + 1);
    assert_int_equal(f.troubles, 2); /* it fails, it works */
    arena_done(&arena);
    folder_gone(f.folder);
}

static void full_and_going_on(void **state)
{
    (void)state;
    struct full_rig f;
    struct guard_record worst = sample_worst();
    struct buf b;
    uint64_t lost = 0;
    full_start(&f, WRITER_CONTINUE, 300);
    disk_full = true;
    for (unsigned i = 0; i < 2000; i++) {
        assert_true(recorder_ready(f.recorder));
        recorder_tell(f.recorder, &worst);
    }
    assert_int_equal(recorder_health(f.recorder), RECORDER_LOSING);
    buf_init(&b, 1u << 20);
    recorder_say(f.recorder, &b);
    assert_null(strstr(buf_text(&b), "merlon_guard_log_lost_total 0\n"));
    assert_non_null(strstr(buf_text(&b), "merlon_guard_log_troubled 1\n"));
    buf_done(&b);
    disk_full = false;
    for (int i = 0; i < 5000 && writer_state(f.writer).troubled; i++) usleep(1000);
    assert_int_equal(recorder_health(f.recorder), RECORDER_WELL);
    recorder_free(f.recorder);
    assert_int_equal(writer_close(f.writer, &lost), ST_IO);
    assert_true(lost > 0);
    folder_gone(f.folder);
}

/* A clock that leaps back and forth: records stand as they ended, each with its own time. */
static void a_leaping_clock(void **state)
{
    (void)state;
    static const uint64_t times[] = {SAMPLE_TIME, 0, SAMPLE_TIME - 86400000, 4102444800000u, 1};
    char folder[64];
    struct reader reader;
    struct record record;
    struct arena arena;
    struct said said;
    size_t n = 0;
    folder_new(folder);
    arena_init(&arena, 1u << 20, 4096);
    struct writer *w = open_log(folder, (struct writer_options){.full = WRITER_BLOCK});
    struct recorder *r = open_recorder((struct recorder_options){.writer = w, .lines = -1});
    for (size_t i = 0; i < COUNT_OF(times); i++) {
        struct guard_record one = sample_passed((unsigned)i);
        one.started_ms = times[i];
        recorder_tell(r, &one);
    }
    recorder_free(r);
    assert_int_equal(writer_close(w, NULL), ST_OK);
    assert_true(reader_open(&reader, folder, NULL));
    while (reader_next(&reader, &record) == READER_OK) {
        struct event e;
        struct slice why;
        assert_int_equal(event_read(record.text, &arena, &e, &why), ST_OK);
        if (e.kind == EVENT_GUARD) assert_int_equal(e.time_ms, times[n++]);
    }
    assert_int_equal(n, COUNT_OF(times));
    reader_done(&reader);
    arena_done(&arena);
    audit(folder, S(""), &said);
    assert_int_equal(said.r.problems, 0);
    buf_done(&said.text);
    folder_gone(folder);
}

/* ---- lines ---- */

static void lines(void **state)
{
    (void)state;
    int ends[2];
    char got[8192];
    assert_int_equal(pipe(ends), 0);
    struct recorder *r = open_recorder((struct recorder_options){.lines = ends[1]});
    struct guard_record blocked = sample_blocked(), passed = sample_passed(3);
    recorder_tell(r, &blocked);
    recorder_tell(r, &passed);
    recorder_free(r);
    close(ends[1]);
    size_t n = 0;
    for (ssize_t got_n; (got_n = read(ends[0], got + n, sizeof got - n - 1)) > 0;)
        n += (size_t)got_n;
    got[n] = 0;
    close(ends[0]);
    char *second = strchr(got, '\n');
    assert_true(second && second[1] == '{' && strchr(second + 1, '\n') == got + n - 1);
    assert_non_null(strstr(got, "\"id\":\"00112233445566778899aabb\""));
    assert_non_null(strstr(second, "\"id\":\"000000000000000000000003\""));
}

/* Nobody reads: nothing waits for that, and what was left out is counted. */
static void nobody_reads(void **state)
{
    (void)state;
    int ends[2];
    struct buf b;
    struct guard_record worst = sample_worst();
    assert_int_equal(pipe(ends), 0);
    struct recorder *r = open_recorder((struct recorder_options){.lines = ends[1]});
    uint64_t from = host_now_ns();
    for (unsigned i = 0; i < 4 * RECORDER_KEEPS; i++) recorder_tell(r, &worst);
    assert_true(host_now_ns() - from < 2000000000u);
    usleep(100000);
    char piece[65536];
    assert_true(read(ends[0], piece, sizeof piece) > 0); /* somebody reads a little */
    usleep(100000);
    buf_init(&b, 1u << 20);
    recorder_say(r, &b);
    assert_null(strstr(buf_text(&b), "merlon_guard_lines_missed_total 0\n"));
    from = host_now_ns();
    recorder_free(r);
    assert_true(host_now_ns() - from < 5000000000u);
    close(ends[0]);
    close(ends[1]);
    buf_done(&b);
}

/* ---- threads ---- */

static void *tell_many(void *ctx)
{
    struct recorder *r = ctx;
    struct guard_record got;
    for (unsigned i = 0; i < 2000; i++) {
        struct guard_record one = i % 3 ? sample_passed(i) : sample_blocked();
        if (recorder_ready(r)) recorder_tell(r, &one);
        if (i % 64 == 0) (void)recorder_find(r, slice_str(one.id), &got);
    }
    return NULL;
}

static void many_threads(void **state)
{
    (void)state;
    char folder[64];
    struct event e;
    struct arena arena;
    pthread_t threads[4];
    int null = open("/dev/null", O_WRONLY);
    folder_new(folder);
    arena_init(&arena, 256u << 20, 1u << 16);
    struct writer *w =
        open_log(folder, (struct writer_options){.queue_bytes = recorder_queue(WRITER_BLOCK, 100)});
    struct recorder *r = open_recorder((struct recorder_options){.writer = w, .lines = null});
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, tell_many, r), 0);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    recorder_free(r);
    assert_int_equal(writer_close(w, NULL), ST_OK);
    assert_int_equal(events_of(folder, &e, &arena), 8000);
    close(null);
    arena_done(&arena);
    folder_gone(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_words),         cmocka_unit_test(both_sides),
        cmocka_unit_test(the_worst),         cmocka_unit_test(the_newest),
        cmocka_unit_test(callers),           cmocka_unit_test(counters),
        cmocka_unit_test(to_the_log),        cmocka_unit_test(full_and_blocking),
        cmocka_unit_test(full_and_going_on), cmocka_unit_test(lines),
        cmocka_unit_test(nobody_reads),      cmocka_unit_test(many_threads),
        cmocka_unit_test(a_leaping_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
