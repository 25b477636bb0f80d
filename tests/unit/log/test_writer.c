/* SPDX-License-Identifier: Apache-2.0 */
/* The writer: what is acknowledged is there, whatever happens to process and disk. */
#include "logs.h"
#include "log/reader.h"
#include <pthread.h>
#include <sys/file.h>
#include <sys/wait.h>

static void sound(const char *folder, uint64_t records)
{
    struct said s;
    audit(folder, S(""), &s);
    if (s.r.problems) print_message("%s", buf_text(&s.text));
    assert_int_equal(s.st, ST_OK);
    assert_int_equal(s.r.problems, 0);
    assert_int_equal(s.r.records, records);
    buf_done(&s.text);
}

static void a_log_grows(void **state)
{
    (void)state;
    char folder[64];
    struct buf b;
    folder_new(folder);
    buf_init(&b, 1u << 20);
    make_log(folder, 3, 0);
    sound(folder, 4);
    make_log(folder, 2, 0);
    sound(folder, 6);
    file_get(folder, "00000001.log", &b);
    assert_non_null(strstr(buf_text(&b), "{\"n\":1,\"time\":\"2026-11-30T12:00:00.250Z\",\"kind\":"
                                         "\"scan\",\"verdict\":\"pass\",\"subject\":\"models/net-0"
                                         ".pt\",\"files\":0,\"crc\":\""));
    buf_done(&b);
    folder_gone(folder);
}

static void segments_are_bounded(void **state)
{
    (void)state;
    char folder[64], path[128];
    struct stat sb;
    folder_new(folder);
    make_log(folder, 100, 2000);
    make_log(folder, 1, 2000);
    sound(folder, 102);
    for (int i = 1; i < 7; i++) {
        snprintf(path, sizeof path, "%s/%08d.log", folder, i);
        assert_int_equal(stat(path, &sb), 0);
        assert_in_range(sb.st_size, 1000, 2000);
    }
    folder_gone(folder);
}

static void one_at_a_time(void **state)
{
    (void)state;
    char folder[64], want[64];
    struct writer *w = NULL;
    struct buf note, why;
    folder_new(folder);
    struct writer *first = open_log(folder, (struct writer_options){0});
    struct writer_options o = {.path = folder, .key = &test_key};
    buf_init(&note, 4096);
    buf_init(&why, 4096);
    assert_int_equal(writer_open(&o, &w, &note, &why), ST_UNSUPPORTED);
    snprintf(want, sizeof want, "process %ld writes this log", (long)getpid());
    assert_non_null(strstr(buf_text(&why), want));
    assert_int_equal(writer_close(first, NULL), ST_OK);
    assert_int_equal(writer_open(&o, &w, &note, &why), ST_OK);
    assert_int_equal(writer_close(w, NULL), ST_OK);
    buf_done(&note);
    buf_done(&why);
    folder_gone(folder);
}

static void *many(void *ctx)
{
    struct writer *w = ctx;
    for (unsigned i = 0; i < 2000; i++) (void)add(w, i);
    return NULL;
}

static void many_threads(void **state)
{
    (void)state;
    char folder[64];
    pthread_t threads[4];
    folder_new(folder);
    struct writer *w =
        open_log(folder, (struct writer_options){.segment_bytes = 100000, .checkpoint_ms = 1});
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, many, w), 0);
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    uint64_t ticket = add(w, 1);
    assert_true(writer_wait(w, ticket, 10000));
    assert_int_equal(writer_state(w).records, 8002);
    assert_int_equal(writer_close(w, NULL), ST_OK);
    sound(folder, 8002);
    folder_gone(folder);
}

static void a_reader_follows(void **state)
{
    (void)state;
    char folder[64];
    struct reader r;
    struct record record;
    folder_new(folder);
    struct writer *w = open_log(folder, (struct writer_options){.segment_bytes = 500});
    assert_true(reader_open(&r, folder, NULL));
    assert_int_equal(reader_next(&r, &record), READER_OK);
    assert_int_equal(record.n, 0);
    for (unsigned i = 0; i < 50; i++) {
        assert_int_equal(reader_next(&r, &record), READER_END);
        assert_true(writer_wait(w, add(w, i), 10000));
        assert_int_equal(reader_next(&r, &record), READER_OK);
        assert_int_equal(record.n, i + 1);
    }
    assert_true(record.segment > 5);
    assert_true(reader_seek(&r, 17));
    assert_int_equal(reader_next(&r, &record), READER_OK);
    assert_int_equal(record.n, 17);
    uint64_t last;
    assert_true(reader_last(&r, &last));
    assert_int_equal(last, 50);
    reader_done(&r);
    assert_int_equal(writer_close(w, NULL), ST_OK);
    folder_gone(folder);
}

static void old_segments_go(void **state)
{
    (void)state;
    char folder[64], path[128];
    struct said s;
    struct stat sb;
    folder_new(folder);
    struct writer *w =
        open_log(folder, (struct writer_options){.segment_bytes = 1000, .keep_bytes = 2500});
    for (unsigned i = 0; i < 60; i++) assert_true(writer_wait(w, add(w, i), 10000));
    assert_int_equal(writer_close(w, NULL), ST_OK);
    audit(folder, S(""), &s);
    assert_string_equal(buf_text(&s.text), "");
    assert_true(s.r.dropped > 3 && s.r.segments <= 4 && s.r.first > 20);
    assert_true(s.r.records > 60);
    file_path(path, folder, "00000001.sig");
    assert_int_equal(stat(path, &sb), 0);
    /* gone without a word */
    for (unsigned i = 1; i < 100; i++) {
        snprintf(path, sizeof path, "%s/%08u.log", folder, i);
        if (unlink(path) == 0) break;
    }
    buf_done(&s.text);
    audit(folder, S(""), &s);
    assert_said(&s, "no signed record says that they were dropped");
    buf_done(&s.text);
    folder_gone(folder);
}

/* ---- kill -9 ---- */

/* Appends, and writes each number that is acknowledged to the pipe. */
static void child(const char *folder, int pipe)
{
    struct writer *w = open_log(
        folder,
        (struct writer_options){.segment_bytes = 3000, .checkpoint_ms = 1, .no_sync = true});
    for (unsigned i = 0; w; i++) {
        uint64_t first = add(w, i), ticket = first;
        for (unsigned k = 0; k < i % 7; k++) ticket = add(w, i);
        uint64_t many_more = ticket - first + 1;
        if (!writer_wait(w, ticket, 10000)) break;
        (void)!write(pipe, &many_more, sizeof many_more);
    }
    _exit(1);
}

/* Killed a moment after so many acknowledgements; how many records were acknowledged in all. */
static uint64_t run_and_kill(const char *folder, unsigned least, unsigned us)
{
    int ends[2];
    uint64_t sum = 0, n;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        close(ends[0]);
        child(folder, ends[1]);
    }
    close(ends[1]);
    for (unsigned i = 0; i < least && read(ends[0], &n, sizeof n) == sizeof n; i++) sum += n;
    usleep(us);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    while (read(ends[0], &n, sizeof n) == sizeof n) sum += n;
    close(ends[0]);
    return sum;
}

static uint64_t records_of(const char *folder)
{
    struct said s;
    audit(folder, S(""), &s);
    if (s.r.problems) print_message("%s", buf_text(&s.text));
    assert_int_equal(s.st, ST_OK);
    assert_int_equal(s.r.problems, 0);
    buf_done(&s.text);
    return s.r.records;
}

static void killed_at_any_time(void **state)
{
    (void)state;
    char folder[64];
    uint64_t before = 0;
    unsigned seed = 7;
    folder_new(folder);
    for (int i = 0; i < 60; i++) {
        seed = seed * 1103515245 + 12345;
        uint64_t acknowledged = run_and_kill(folder, (seed >> 24) % 8, (seed >> 16) % 1500);
        uint64_t now = records_of(folder);
        assert_true(now >= before + acknowledged);
        before = now;
    }
    assert_true(before > 100);
    make_log(folder, 1, 3000); /* it goes on, and may say that it was killed */
    assert_in_range(records_of(folder), before + 1, before + 2);
    folder_gone(folder);
}

/* As a kill leaves it: cut at every byte behind the last checkpoint, and what a new start does. */
static void cut_at_every_byte(void **state)
{
    (void)state;
    char folder[64];
    struct buf log, sig;
    struct said s;
    folder_new(folder);
    buf_init(&log, 1u << 20);
    buf_init(&sig, 1u << 20);
    make_log(folder, 2, 0);
    file_get(folder, "00000001.log", &log);
    file_get(folder, "00000001.sig", &sig);
    size_t signed_to = log.n, sig_to = sig.n;
    make_log(folder, 3, 0);
    file_get(folder, "00000001.log", &log);
    for (size_t n = signed_to; n <= log.n; n++) {
        size_t whole = 0;
        for (size_t i = 0; i < n; i++) whole += log.p[i] == '\n';
        file_put(folder, "00000001.log", slice_sub(buf_slice(&log), 0, n));
        file_put(folder, "00000001.sig", slice_sub(buf_slice(&sig), 0, sig_to));
        audit(folder, S(""), &s);
        assert_string_equal(buf_text(&s.text), "");
        assert_int_equal(s.r.records, whole);
        assert_int_equal(s.r.unsigned_yet, whole - 3);
        assert_int_equal(s.r.torn > 0, log.p[n - 1] != '\n');
        buf_done(&s.text);
        make_log(folder, 1, 0);
        sound(folder, whole + 1 + (n > signed_to));
    }
    buf_done(&log);
    buf_done(&sig);
    folder_gone(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_log_grows),        cmocka_unit_test(segments_are_bounded),
        cmocka_unit_test(one_at_a_time),      cmocka_unit_test(many_threads),
        cmocka_unit_test(a_reader_follows),   cmocka_unit_test(old_segments_go),
        cmocka_unit_test(killed_at_any_time), cmocka_unit_test(cut_at_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
