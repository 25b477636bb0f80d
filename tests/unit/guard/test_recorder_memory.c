/* SPDX-License-Identifier: Apache-2.0 */
/* Each allocation of a recorder fails once: nobody dies, nothing waits, and what reaches the log is
 * whole. */
#include "records.h"
#include "../wrapped_heap.h"
#include "log/reader.h"

/* False: it could not begin. */
static bool one_life(const char *folder, int lines)
{
    struct guard_record blocked = sample_blocked(), passed = sample_passed(1), got;
    struct writer *w = NULL;
    struct buf note, why, out;
    const struct writer_options o = {
        .path = folder, .key = &test_key, .no_sync = true, .now_ms = test_clock};
    buf_init(&note, 4096);
    buf_init(&why, 4096);
    buf_init(&out, 1u << 20);
    bool ok = writer_open(&o, &w, &note, &why) == ST_OK;
    const struct recorder_options ro = {.writer = w, .key = &test_key, .lines = lines};
    struct recorder *r = ok ? recorder_new(&ro) : NULL;
    if (r) {
        recorder_tell(r, &blocked);
        recorder_tell(r, &passed);
        assert_true(recorder_find(r, slice_str(blocked.id), &got)); /* that needs no memory */
        recorder_say(r, &out);
        buf_reset(&out);
        record_json(&got, true, &out);
        assert_int_equal(recorder_health(r) == RECORDER_FULL, false);
    }
    recorder_free(r);
    (void)!writer_close(w, NULL);
    buf_done(&note);
    buf_done(&why);
    buf_done(&out);
    return r;
}

/* Whatever is in the log can be read; how many exchanges are. */
static unsigned look(const char *folder)
{
    struct reader reader;
    struct record record;
    struct arena arena;
    unsigned n = 0;
    arena_init(&arena, 1u << 20, 4096);
    if (!reader_open(&reader, folder, NULL)) return 0;
    while (reader_next(&reader, &record) == READER_OK) {
        struct event e;
        struct slice why;
        assert_int_equal(event_read(record.text, &arena, &e, &why), ST_OK);
        n += e.kind == EVENT_GUARD;
        arena_reset(&arena);
    }
    reader_done(&reader);
    arena_done(&arena);
    return n;
}

static void each_allocation(void **state)
{
    (void)state;
    unsigned begun = 0, whole = 0, k = 1;
    int null = open("/dev/null", O_WRONLY);
    for (bool over = false; !over; k++) {
        char folder[64];
        folder_new(folder);
        heap_refuse((long)k);
        begun += one_life(folder, null);
        over = heap_calls < k;
        heap_refuse(0);
        whole += look(folder) == 2;
        folder_gone(folder);
    }
    close(null);
    assert_true(k > 10 && begun > 2 && whole > 1 && begun < k);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
