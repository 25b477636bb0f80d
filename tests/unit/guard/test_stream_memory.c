/* SPDX-License-Identifier: Apache-2.0 */
/* A stream when memory runs out, when it is cut off and when bits of it flip: what is not read does
 * not pass, and nothing of a value that is known passes either. */
#include "../wrapped_heap.h"
#include "stream_rig.h"

#define AWS      "AKIAYQFODESARIWXLIXQ"
#define OF(text) SSE("{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" text "\"}}]}")
#define CALL(text)                                                                          \
    SSE("{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{" \
        "\"arguments\":\"" text "\"}}]}}]}")

static const char talk[] = SSE("{\"id\":\"a\",\"model\":\"" AWS "\",\"choices\":[]}")
    OF("The key is AKIAYQFO") CALL("{\\\"k\\\":\\\"\\\\u0041KIAYQFO") OF("DESARIWXLIXQ, [EMAIL")
        CALL("DESARIWXLIXQ\\\",\\\"n\\\":4929722653797141}") OF("_1] so") OF(", that is it.")
            SSE("[DONE]");

static struct played played;
static struct buf said;

static enum stream_step talk_once(struct guard_stream *s, struct slice in)
{
    enum stream_step step = STREAM_GO;
    for (size_t at = 0; step == STREAM_GO && at <= in.n; at += 64)
        step = stream_feed(s, slice_sub(in, at, 64), at + 64 > in.n, &played.out);
    return step;
}

static bool leaks(void)
{
    return slice_has(buf_slice(&played.out), S("QFODESARIWX"));
}

static void no_memory(void **state)
{
    (void)state;
    size_t refused = 0;
    for (long k = 1;; k++) {
        buf_reset(&played.out);
        heap_refuse(k);
        struct guard_stream *s = rig_stream(&protocols[0], &played.record);
        enum stream_step step = s ? talk_once(s, slice_str(talk)) : STREAM_BLOCKED;
        stream_free(s);
        long calls = heap_calls;
        heap_refuse(0);
        if (leaks()) fail_msg("%ld: %s", k, buf_text(&played.out));
        if (step == STREAM_BLOCKED) refused++;
        if (s && step == STREAM_BLOCKED) {
            const struct record_side_of *side = &played.record.side[RECORD_ANSWER];
            bool told = side->unread & UNREAD_MEMORY;
            for (size_t c = 0; c < CHECKS; c++) told |= side->unscanned[c] & UNSCANNED_MEMORY;
            assert_true(told);
            assert_int_equal(side->action, ACT_BLOCK);
        }
        if (calls < k) break;
    }
    assert_true(refused > 5);
    assert_true(slice_has(buf_slice(&played.out), S("[redacted]")));
}

/* The second half of a long stream asks for nothing. */
static void steady(void **state)
{
    (void)state;
    struct guard_stream *s = rig_stream(&protocols[0], &played.record);
    long before = 0;
    for (size_t i = 0; i < 400; i++) {
        if (i == 200) before = heap_calls;
        buf_reset(&played.out);
        (void)stream_feed(s, S(OF(" and so") OF(" it is, with") OF(" more ")), false, &played.out);
    }
    assert_int_equal(heap_calls, before);
    stream_free(s);
}

static void cut_off(void **state)
{
    (void)state;
    for (size_t n = 0; n <= sizeof talk - 1; n++) {
        buf_reset(&played.out);
        struct guard_stream *s = rig_stream(&protocols[0], &played.record);
        (void)talk_once(s, slice_of(talk, n));
        stream_free(s);
        if (leaks()) fail_msg("%zu: %s", n, buf_text(&played.out));
        assert_true(heard(&protocols[0], buf_slice(&played.out), PART_TEXT, 0, &said));
    }
}

/* What is told to be read is read the same way by whoever reads it next. */
static void flipped(void **state)
{
    (void)state;
    static char bad[sizeof talk];
    for (size_t at = 0; at < sizeof talk - 1; at++)
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy(bad, talk, sizeof talk);
            bad[at] = (char)(bad[at] ^ (1 << bit));
            buf_reset(&played.out);
            struct guard_stream *s = rig_stream(&protocols[0], &played.record);
            (void)talk_once(s, slice_of(bad, sizeof talk - 1));
            stream_free(s);
            assert_true(heard(&protocols[0], buf_slice(&played.out), PART_TEXT, 0, &said));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_memory), cmocka_unit_test(steady),
                                       cmocka_unit_test(cut_off), cmocka_unit_test(flipped)};
    buf_init(&played.out, 16u << 20);
    buf_init(&said, 64u << 20);
    int failed = cmocka_run_group_tests(tests, rig_begin, rig_end);
    buf_done(&played.out);
    buf_done(&said);
    return failed;
}
