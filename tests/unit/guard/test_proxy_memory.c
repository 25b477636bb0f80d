/* SPDX-License-Identifier: Apache-2.0 */
/* The k-th piece of memory is not given, for each k of an exchange: the client gets a whole answer,
 * an error, or the end of its connection, never half an answer that looks whole; and the next
 * client is served. */
#include "../wrapped_heap.h"
#include "rig.h"

static struct rig rig;
static void send_all(int fd, const char *text)
{
    (void)send(fd, text, strlen(text), MSG_NOSIGNAL);
    rig_run(&rig);
}

/* What the client has heard in the end. */
static enum rig_end exchange(int c, struct buf *heard)
{
    send_all(c, "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe");
    send_all(c, "llo\r\n0\r\n\r\n");
    int u = rig_accept(&rig, 0);
    if (u >= 0) {
        send_all(u, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab");
        send_all(u, "c\r\n0\r\n\r\n");
    }
    long calls = heap_calls, fails = heap_fails;
    heap_refuse(0);
    enum rig_end end = rig_hear(&rig, c, heard);
    heap_calls = calls;
    heap_fails = fails;
    if (u >= 0) close(u);
    return end;
}

static bool whole(const struct buf *heard)
{
    struct slice s = buf_slice(heard);
    return slice_starts(s, S("HTTP/1.1 200 ")) && slice_ends(s, S("0\r\n\r\n"));
}

/* False: nothing failed, so the sweep is over. */
static bool sweep(long k)
{
    struct buf heard;
    rig_start(&rig, RIG_ONE, NULL);
    buf_init(&heard, 1u << 16);
    heap_refuse(k);
    int c = rig_client(&rig);
    enum rig_end end = exchange(c, &heard);
    bool failed = heap_calls >= k;
    heap_refuse(0);
    struct slice s = buf_slice(&heard);
    if (!whole(&heard)) {
        bool error = slice_starts(s, S("HTTP/1.1 50"));
        bool cut = slice_starts(s, S("HTTP/1.1 200 ")) || !s.n;
        if (!error && (!cut || end == RIG_OPEN))
            print_error("k = %ld, end %d: %s\n", k, end, buf_text(&heard));
        assert_true(error || (cut && end != RIG_OPEN));
    } else
        assert_true(slice_has(s, S("2\r\nab\r\n1\r\nc\r\n")));
    close(c);
    rig_run(&rig);
    buf_reset(&heard);
    c = rig_client(&rig);
    (void)exchange(c, &heard);
    assert_true(whole(&heard));
    close(c);
    buf_done(&heard);
    rig_stop(&rig);
    return failed;
}

static void every_allocation(void **state)
{
    (void)state;
    long k = 1;
    while (k < 1000 && sweep(k)) k++;
    print_message("%ld allocations\n", k - 1);
    assert_true(k > 5 && k < 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
