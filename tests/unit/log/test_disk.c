/* SPDX-License-Identifier: Apache-2.0 */
/* The writer on a bad disk: each call fails once, falls short, or fails until somebody makes room.
 */
#include "logs.h"
#include "log/reader.h"
#include <stdatomic.h>

enum fault { FAULT_NOSPC, FAULT_IO, FAULT_SHORT, FAULT_FAULTS };

static struct {
    _Atomic long calls, fail_at; /* the call that fails, counted from 1; 0: none */
    _Atomic bool full;           /* every write and sync fails */
    enum fault fault;
    _Atomic unsigned troubles;
} disk;

static bool hit(void)
{
    long call = ++disk.calls;
    if (call != disk.fail_at && !disk.full) return false;
    errno = disk.fault == FAULT_IO ? EIO : ENOSPC;
    return true;
}

static int bad_open(void *ctx, int folder, const char *name, int flags, unsigned mode)
{
    if ((flags & O_CREAT) && hit()) return -1;
    return log_io_system.open(ctx, folder, name, flags, mode);
}

static ssize_t bad_write(void *ctx, int fd, const void *from, size_t n, uint64_t at)
{
    if (!hit()) return log_io_system.write(ctx, fd, from, n, at);
    if (disk.fault != FAULT_SHORT || disk.full || n < 2) return -1;
    return log_io_system.write(ctx, fd, from, n / 2, at);
}

static int bad_sync(void *ctx, int fd)
{
    (void)ctx;
    (void)fd;
    return hit() ? -1 : 0;
}

static int bad_cut(void *ctx, int fd, uint64_t size)
{
    return hit() ? -1 : log_io_system.cut(ctx, fd, size);
}

static int bad_rename(void *ctx, int folder, const char *from, const char *to)
{
    return hit() ? -1 : log_io_system.rename(ctx, folder, from, to);
}

static int bad_remove(void *ctx, int folder, const char *name)
{
    return hit() ? -1 : log_io_system.remove(ctx, folder, name);
}

static struct log_io bad_disk;

static void on_trouble(void *ctx, const char *text)
{
    (void)ctx;
    (void)text;
    disk.troubles++;
}

static struct writer_options options(void)
{
    bad_disk = log_io_system;
    bad_disk.open = bad_open;
    bad_disk.write = bad_write;
    bad_disk.sync = bad_sync;
    bad_disk.cut = bad_cut;
    bad_disk.rename = bad_rename;
    bad_disk.remove = bad_remove;
    return (struct writer_options){.io = &bad_disk,
                                   .segment_bytes = 700,
                                   .keep_bytes = 1500,
                                   .trouble = on_trouble,
                                   .patience_ms = 60};
}

static struct said look(const char *folder)
{
    struct said s;
    audit(folder, S(""), &s);
    if (s.r.problems) print_message("%s", buf_text(&s.text));
    assert_int_equal(s.st, ST_OK);
    assert_int_equal(s.r.problems, 0);
    return s;
}

/* Once, anywhere: nothing that was acknowledged is missing, and the log goes on. */
static void once_anywhere(void **state)
{
    (void)state;
    long last = 0;
    for (enum fault f = 0; f < FAULT_FAULTS; f++) {
        for (long k = 1; !last || k <= last; k++) {
            char folder[64];
            folder_new(folder);
            disk.fault = f;
            disk.calls = 0;
            disk.fail_at = k;
            uint64_t acknowledged = 0;
            struct writer *w = open_log(folder, options());
            for (unsigned i = 0; w && i < 20; i++)
                if (writer_wait(w, add(w, i), 5000)) acknowledged++;
            if (w) assert_int_equal(acknowledged, 20);
            enum st st = writer_close(w, NULL);
            assert_int_equal(st, ST_OK);
            bool over = disk.calls < k;
            disk.fail_at = 0;
            struct said s = look(folder);
            assert_true(s.r.records >= acknowledged && (!w || s.r.unsigned_yet == 0));
            buf_done(&s.text);
            make_log(folder, 1, 700);
            s = look(folder);
            buf_done(&s.text);
            folder_gone(folder);
            if (over) last = k;
        }
    }
    assert_true(last > 40);
}

static void fill_disk(void)
{
    disk.fault = FAULT_NOSPC;
    disk.full = true;
}

static struct writer *open_full(const char *folder, enum writer_full policy)
{
    struct writer_options o = options();
    disk.full = false;
    disk.fail_at = 0;
    disk.troubles = 0;
    o.full = policy;
    o.queue_bytes = 2000;
    o.segment_bytes = o.keep_bytes = 0;
    return open_log(folder, o);
}

/* Until the queue is full; how many were taken. */
static unsigned fill_queue(struct writer *w, enum writer_end want)
{
    struct event e;
    event_start(&e, EVENT_SCAN, test_clock(NULL));
    event_text(&e, EVENT_SUBJECT, S("a"));
    for (unsigned i = 0; i < 1000; i++) {
        enum writer_end end = writer_add(w, &e, NULL);
        if (end == WRITER_TAKEN) continue;
        assert_int_equal(end, want);
        return i;
    }
    fail();
    return 0;
}

static void full_and_blocking(void **state)
{
    (void)state;
    char folder[64];
    folder_new(folder);
    struct writer *w = open_full(folder, WRITER_BLOCK);
    fill_disk();
    uint64_t ticket = add(w, 1);
    assert_false(writer_wait(w, ticket, 50));
    unsigned taken = fill_queue(w, WRITER_REFUSED);
    assert_true(writer_state(w).troubled && disk.troubles == 1);
    disk.full = false; /* somebody made room */
    assert_true(writer_wait(w, ticket + taken, 5000));
    assert_false(writer_state(w).troubled);
    assert_int_equal(disk.troubles, 2);
    assert_int_equal(writer_close(w, NULL), ST_OK);
    struct said s = look(folder);
    assert_int_equal(s.r.records, 2 + taken);
    buf_done(&s.text);
    folder_gone(folder);
}

static uint64_t lost_in(const char *folder)
{
    struct reader r;
    struct record record;
    struct arena arena;
    uint64_t lost = 0;
    arena_init(&arena, 1u << 20, 4096);
    assert_true(reader_open(&r, folder, NULL));
    while (reader_next(&r, &record) == READER_OK) {
        struct event e;
        struct slice why;
        assert_int_equal(event_read(record.text, &arena, &e, &why), ST_OK);
        if (e.kind == EVENT_LOG_LOST) lost += e.number[EVENT_RECORDS];
        arena_reset(&arena);
    }
    reader_done(&r);
    arena_done(&arena);
    return lost;
}

static void full_and_going_on(void **state)
{
    (void)state;
    char folder[64];
    uint64_t lost = 0;
    folder_new(folder);
    struct writer *w = open_full(folder, WRITER_CONTINUE);
    fill_disk();
    uint64_t ticket = add(w, 1);
    assert_false(writer_wait(w, ticket, 50));
    unsigned taken = fill_queue(w, WRITER_LOST);
    assert_int_equal(fill_queue(w, WRITER_LOST), 0);
    disk.full = false;
    assert_true(writer_wait(w, ticket + taken, 5000));
    assert_int_equal(writer_state(w).lost, 2);
    assert_int_equal(writer_close(w, &lost), ST_IO);
    assert_int_equal(lost, 2);
    assert_int_equal(lost_in(folder), 2); /* the log itself says it */
    struct said s = look(folder);
    buf_done(&s.text);
    folder_gone(folder);
}

static void full_for_good(void **state)
{
    (void)state;
    char folder[64];
    uint64_t lost = 0;
    folder_new(folder);
    struct writer *w = open_full(folder, WRITER_BLOCK);
    fill_disk();
    for (unsigned i = 0; i < 5; i++) add(w, i);
    assert_int_equal(writer_close(w, &lost), ST_IO);
    assert_int_equal(lost, 5);
    assert_int_equal(disk.troubles, 2);
    struct said s = look(folder);
    assert_int_equal(s.r.records, 1);
    buf_done(&s.text);
    folder_gone(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once_anywhere),
        cmocka_unit_test(full_and_blocking),
        cmocka_unit_test(full_and_going_on),
        cmocka_unit_test(full_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
