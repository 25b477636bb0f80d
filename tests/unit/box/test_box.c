/* SPDX-License-Identifier: Apache-2.0 */
/* The box with jobs that behave, crash, break out or hang. */
#include "../test.h"
#include "box/box.h"
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#define SIZES 400u

/* Record i of a job: its size and what it is filled with. */
static size_t size_of(size_t i)
{
    return i % 7 == 3 ? BOX_RECORD_MAX : i % 5 == 2 ? 20000 + i : 1 + i;
}

static void answer_sizes(struct box_job *j)
{
    static uint8_t bytes[BOX_RECORD_MAX];
    for (size_t i = 0; i < SIZES; i++) {
        memset(bytes, (int)(i & 0xff), size_of(i));
        (void)box_reply(j, slice_of(bytes, size_of(i)));
    }
}

static void job(struct box_job *j, int fd, int spool, struct slice request)
{
    char byte = '?';
    if (slice_eq(request, S("read"))) {
        if (pread(fd, &byte, 1, 0) == 1) (void)box_reply(j, slice_of(&byte, 1));
        if (pwrite(spool, "x", 1, 0) == 1) (void)box_reply(j, S("spooled"));
    } else if (slice_eq(request, S("shared"))) {
        const struct slice *shared = box_shared(j);
        if (shared) (void)box_reply(j, *shared);
    } else if (slice_eq(request, S("many"))) {
        for (int i = 0; i < 1000; i++) (void)box_reply(j, S("one of a thousand"));
    } else if (slice_eq(request, S("sizes"))) {
        answer_sizes(j);
    } else if (slice_eq(request, S("crash late"))) {
        for (int i = 0; i < 200; i++) (void)box_reply(j, S("one of many"));
        __builtin_trap();
    } else if (slice_eq(request, S("crash"))) {
        __builtin_trap();
    } else if (slice_eq(request, S("open"))) {
        if (open("/etc/passwd", O_RDONLY) >= 0) (void)box_reply(j, S("escaped"));
    } else if (slice_eq(request, S("socket"))) {
        if (socket(AF_INET, SOCK_STREAM, 0) >= 0) (void)box_reply(j, S("escaped"));
    } else if (slice_eq(request, S("exec"))) {
        void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                       -1, 0);
        if (p != MAP_FAILED) (void)box_reply(j, S("escaped"));
    } else if (slice_eq(request, S("hang"))) {
        for (volatile int i = 0;; i = i + 1) {
        }
    }
}

struct seen {
    size_t records, as_sent; /* as_sent: like answer_sizes() makes them */
    bool escaped, shared;
};

static bool is_as_sent(struct slice record, size_t i)
{
    if (record.n != size_of(i)) return false;
    for (size_t k = 0; k < record.n; k++)
        if (record.p[k] != (i & 0xff)) return false;
    return true;
}

static void on_record(void *ctx, struct slice record)
{
    struct seen *seen = ctx;
    seen->as_sent += is_as_sent(record, seen->records);
    seen->records++;
    seen->escaped |= slice_eq(record, S("escaped"));
    seen->shared |= slice_eq(record, S("what all know"));
}

static struct box *start_as(bool single)
{
    static const struct slice shared = {(const uint8_t *)"what all know", 13};
    struct box *b = NULL;
    struct box_options o = {.workers = 1,
                            .single = single,
                            .memory = 64u << 20,
                            .spool = 1u << 20,
                            .shared = &shared,
                            .sandbox = true};
    assert_int_equal(box_start(&o, job, &b), ST_OK);
    return b;
}

static struct box *start(void)
{
    return start_as(false);
}

static enum box_end run(struct box *b, struct slice what, uint64_t wait_ns, struct seen *seen,
                        char how[64])
{
    int fd = memfd_create("input", 0);
    assert_int_equal(write(fd, "A", 1), 1);
    assert_int_equal(box_begin(b, 0, fd, what), ST_OK);
    close(fd);
    return box_take(b, 0, wait_ns, on_record, seen, how);
}

#define SECOND 1000000000ull

static void a_job_answers(void **state)
{
    (void)state;
    struct box *b = start();
    struct seen seen = {0};
    char how[64];
    assert_int_equal(run(b, S("read"), 5 * SECOND, &seen, how), BOX_DONE);
    assert_int_equal(seen.records, 2);
    assert_int_equal(run(b, S("many"), 5 * SECOND, &seen, how), BOX_DONE);
    assert_int_equal(seen.records, 1002);
    box_stop(b);
}

static void records_of_any_size_come_in_order(void **state)
{
    (void)state;
    struct box *b = start();
    struct seen seen = {0};
    char how[64];
    assert_int_equal(run(b, S("sizes"), 20 * SECOND, &seen, how), BOX_DONE);
    assert_int_equal(seen.records, SIZES);
    assert_int_equal(seen.as_sent, SIZES);
    box_stop(b);
}

static void what_came_before_a_crash_stays(void **state)
{
    (void)state;
    struct box *b = start();
    struct seen seen = {0};
    char how[64];
    assert_int_equal(run(b, S("crash late"), 5 * SECOND, &seen, how), BOX_DIED);
    assert_true(seen.records >= 64 && seen.records < 200);
    box_stop(b);
}

static void memory_is_shared(void **state)
{
    (void)state;
    for (int single = 0; single < 2; single++) {
        struct box *b = start_as(single);
        struct seen seen = {0};
        char how[64];
        assert_int_equal(run(b, S("shared"), 5 * SECOND, &seen, how), BOX_DONE);
        assert_true(seen.shared);
        box_stop(b);
    }
}

static void a_dead_worker_is_replaced(void **state)
{
    (void)state;
    struct box *b = start();
    static const char *const deaths[] = {"crash", "open", "socket", "exec"};
    for (size_t i = 0; i < 4; i++) {
        struct seen seen = {0};
        char how[64] = "";
        enum box_end end = run(b, slice_str(deaths[i]), 5 * SECOND, &seen, how);
        assert_int_equal(end, BOX_DIED);
        assert_false(seen.escaped);
        assert_true(strlen(how) > 5);
        assert_int_equal(run(b, S("read"), 5 * SECOND, &seen, how), BOX_DONE);
    }
    box_stop(b);
}

static void a_late_worker_can_be_abandoned(void **state)
{
    (void)state;
    struct box *b = start();
    struct seen seen = {0};
    char how[64];
    assert_int_equal(run(b, S("hang"), SECOND / 20, &seen, how), BOX_PENDING);
    box_abandon(b, 0);
    assert_int_equal(run(b, S("read"), 5 * SECOND, &seen, how), BOX_DONE);
    box_stop(b);
}

/* Walls are the same without a nursery; there is no second worker. */
static void a_single_worker(void **state)
{
    (void)state;
    static const char *const deaths[] = {"crash", "open", "socket", "exec"};
    for (size_t i = 0; i < 4; i++) {
        struct box *b = start_as(true);
        struct seen seen = {0};
        char how[64] = "";
        struct box_state s = box_state(b);
        assert_true(s.seccomp);
        assert_int_equal(run(b, S("read"), 5 * SECOND, &seen, how), BOX_DONE);
        assert_int_equal(seen.records, 2);
        assert_int_equal(run(b, slice_str(deaths[i]), 5 * SECOND, &seen, how), BOX_DIED);
        assert_false(seen.escaped);
        assert_true(strlen(how) > 5);
        assert_int_equal(box_begin(b, 0, -1, S("read")), ST_IO);
        box_stop(b);
    }
    struct box *b = start_as(true);
    struct seen seen = {0};
    char how[64];
    assert_int_equal(run(b, S("hang"), SECOND / 20, &seen, how), BOX_PENDING);
    box_stop(b); /* also in the middle of a job */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_job_answers),
        cmocka_unit_test(records_of_any_size_come_in_order),
        cmocka_unit_test(what_came_before_a_crash_stays),
        cmocka_unit_test(memory_is_shared),
        cmocka_unit_test(a_dead_worker_is_replaced),
        cmocka_unit_test(a_late_worker_can_be_abandoned),
        cmocka_unit_test(a_single_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
