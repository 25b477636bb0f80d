/* SPDX-License-Identifier: Apache-2.0 */
/* What the gateway's own paths say about recorded exchanges and a log that is full. */
#include "records.h"
#include "rig.h"

static struct rig rig;

#define ASK(path) "GET /merlon/" path " HTTP/1.1\r\nHost: a\r\n\r\n"

static void one_request(void **state)
{
    (void)state;
    struct recorder *r = open_recorder((struct recorder_options){.lines = -1});
    struct guard_record blocked = sample_blocked();
    rig_start(&rig, RIG_ONE, NULL);
    int c = rig_client(&rig);
    rig_say(&rig, c, ASK("requests/00112233445566778899aabb"));
    rig_expect_status(&rig, c, "404", "request-unknown", RIG_OPEN);
    proxy_record(rig.proxy, r);
    rig_say(&rig, c, ASK("requests/00112233445566778899aabb"));
    rig_expect_status(&rig, c, "404", "request-unknown", RIG_OPEN);
    recorder_tell(r, &blocked);
    rig_say(&rig, c, ASK("requests/00112233445566778899aabb"));
    rig_expect_status(&rig, c, "200", "\"because\":\"inject.override\"", RIG_OPEN);
    rig_say(&rig, c, ASK("requests/00112233445566778899aabb?x"));
    rig_expect_status(&rig, c, "200", "\"shown\":\"igno**", RIG_OPEN);
    rig_say(&rig, c, ASK("requests/"));
    rig_expect_status(&rig, c, "404", "request-unknown", RIG_OPEN);
    rig_say(&rig, c, ASK("metrics"));
    rig_expect_status(&rig, c, "200", "matches_total{rule=\"inject.override\"} 1\n", RIG_OPEN);
    rig_say(&rig, c, ASK("ready"));
    rig_expect_status(&rig, c, "200", "{\"status\":\"ready\"}", RIG_OPEN);
    close(c);
    rig_stop(&rig);
    recorder_free(r);
}

static void a_full_log(void **state)
{
    (void)state;
    static const struct {
        enum writer_full full;
        enum recorder_health health;
        const char *status, *word;
    } rows[] = {{WRITER_BLOCK, RECORDER_FULL, "503", "log-full"},
                {WRITER_CONTINUE, RECORDER_LOSING, "200", "log-losing"}};
    struct guard_record worst = sample_worst();
    for (size_t i = 0; i < 2; i++) {
        struct full_rig f;
        struct buf b;
        uint64_t lost;
        full_start(&f, rows[i].full, 10);
        rig_start(&rig, RIG_ONE, NULL);
        proxy_record(rig.proxy, f.recorder);
        disk_full = true;
        recorder_tell(f.recorder, &worst);
        for (int n = 0; n < 5000 && !writer_state(f.writer).troubled; n++) usleep(1000);
        for (int n = 0; n < 20000 && recorder_health(f.recorder) != rows[i].health; n++)
            recorder_tell(f.recorder, &worst);
        int c = rig_client(&rig);
        rig_say(&rig, c, ASK("ready"));
        buf_init(&b, 1u << 16);
        (void)rig_hear(&rig, c, &b);
        if (!strstr(buf_text(&b), rows[i].word)) print_error("%s\n", buf_text(&b));
        assert_true(strstr(buf_text(&b), rows[i].word) && strstr(buf_text(&b), rows[i].status));
        buf_done(&b);
        disk_full = false;
        close(c);
        rig_stop(&rig);
        recorder_free(f.recorder);
        (void)!writer_close(f.writer, &lost);
        folder_gone(f.folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_request),
        cmocka_unit_test(a_full_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
