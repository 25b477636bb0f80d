/* SPDX-License-Identifier: Apache-2.0 */
/* Each allocation of a writer, an audit, a reader and a proof fails once: nobody dies, and nothing
 * that was acknowledged is missing afterwards. */
#include "logs.h"
#include "log/prove.h"
#include "../wrapped_heap.h"
#include "log/reader.h"

/* How many records must be there. */
static uint64_t write_some(const char *folder)
{
    struct writer *w = NULL;
    struct buf note, why;
    uint64_t acknowledged = 0;
    struct writer_options o = {.path = folder,
                               .key = &test_key,
                               .segment_bytes = 500,
                               .keep_bytes = 900,
                               .no_sync = true,
                               .now_ms = test_clock};
    buf_init(&note, 4096);
    buf_init(&why, 4096);
    enum st st = writer_open(&o, &w, &note, &why);
    for (unsigned i = 0; st == ST_OK && i < 8; i++) {
        struct event e;
        uint64_t ticket = 0;
        event_start(&e, EVENT_SCAN, test_clock(NULL));
        event_text(&e, EVENT_SUBJECT, S("models/a-rather-long-name-of-a-model.safetensors"));
        if (writer_add(w, &e, &ticket) == WRITER_TAKEN)
            acknowledged += writer_wait(w, ticket, 9000);
    }
    if (st == ST_OK) assert_int_equal(writer_close(w, NULL), ST_OK);
    buf_done(&note);
    buf_done(&why);
    return acknowledged;
}

static void look(const char *folder)
{
    struct audit_result r;
    struct reader reader;
    struct record record;
    struct buf why, out;
    struct audit_options o = {.key = &test_key.public};
    buf_init(&why, 4096);
    buf_init(&out, 1u << 20);
    enum st st = audit_run(folder, &o, &r, &why);
    assert_true(st == ST_OK || st == ST_NOMEM || st == ST_IO);
    assert_true(st != ST_OK || !r.problems);
    st = prove_record(folder, NULL, &test_key.public, r.records ? r.records - 1 : 0, &out, &why);
    assert_true(st == ST_OK || st == ST_NOMEM || st == ST_IO || st == ST_UNSUPPORTED);
    if (reader_open(&reader, folder, NULL)) {
        while (reader_next(&reader, &record) == READER_OK) continue;
        reader_done(&reader);
    }
    buf_done(&why);
    buf_done(&out);
}

static void each_allocation(void **state)
{
    (void)state;
    long k = 0;
    bool over = false;
    for (k = 1; !over; k++) {
        char folder[64];
        struct said s;
        folder_new(folder);
        heap_refuse(k);
        uint64_t acknowledged = write_some(folder);
        look(folder);
        over = heap_calls < k;
        heap_refuse(0);
        audit(folder, S(""), &s);
        assert_string_equal(buf_text(&s.text), "");
        assert_true(s.st == ST_OK && s.r.records >= acknowledged);
        buf_done(&s.text);
        folder_gone(folder);
    }
    assert_true(k > 35);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
