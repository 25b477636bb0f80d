/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"

struct tar_part {
    const char *name, *text, *link;
    char type; /* 0: a plain file */
};

static void put_text(struct buf *b, size_t at, const char *text)
{
    memcpy(&b->p[at], text, strlen(text));
}

static void put_header(struct buf *b, const struct tar_part *p, size_t size, bool ustar)
{
    char number[32];
    size_t at = b->n;
    unsigned sum = 0;
    buf_fill(b, 0, 512);
    put_text(b, at, p->name);
    put_text(b, at + 100, "0000644");
    snprintf(number, sizeof number, "%011zo", size);
    put_text(b, at + 124, number);
    memset(&b->p[at + 148], ' ', 8);
    b->p[at + 156] = (uint8_t)(p->type ? p->type : '0');
    if (p->link) put_text(b, at + 157, p->link);
    if (ustar) memcpy(&b->p[at + 257], "ustar\00000", 8);
    for (size_t i = 0; i < 512; i++) sum += b->p[at + i];
    snprintf(number, sizeof number, "%06o", sum);
    memcpy(&b->p[at + 148], number, 7);
}

static void put_part(struct buf *b, const struct tar_part *p, bool ustar)
{
    size_t n = p->text ? strlen(p->text) : 0;
    put_header(b, p, n, ustar);
    if (n) buf_str(b, p->text);
    buf_fill(b, 0, (512 - n % 512) % 512);
}

static void put_tar(struct buf *b, const struct tar_part *parts, size_t n, bool ustar)
{
    buf_init(b, 1u << 20);
    for (size_t i = 0; i < n; i++) put_part(b, &parts[i], ustar);
    buf_fill(b, 0, 1024);
}

static void read_parts(struct told *t, const struct tar_part *parts, size_t n)
{
    struct buf b;
    put_tar(&b, parts, n, true);
    assert_int_equal(told_run(t, "a.tar", buf_slice(&b)), ST_OK);
    buf_done(&b);
}

static const struct tar_part honest[] = {
    {.name = "dir/", .type = '5'},
    {.name = "dir/a.json", .text = "{\"a\": 1}"},
    {.name = "dir/link", .link = "a.json", .type = '2'},
};

static void honest_is_quiet(void **state)
{
    (void)state;
    for (int ustar = 0; ustar < 2; ustar++) {
        struct told t;
        struct buf b;
        put_tar(&b, honest, COUNT_OF(honest), ustar);
        assert_int_equal(told_run(&t, "a.tar", buf_slice(&b)), ST_OK);
        assert_told(&t, " FORMAT tar");
        assert_told(&t, "!dir/a.json FORMAT json");
        assert_quiet(&t);
        told_done(&t);
        buf_done(&b);
    }
}

static void long_names(void **state)
{
    (void)state;
    struct told t;
    const struct tar_part gnu[] = {{.name = "././@LongLink", .text = "gnu/long.json", .type = 'L'},
                                   {.name = "short", .text = "{\"a\": 1}"}};
    read_parts(&t, gnu, 2);
    assert_told(&t, "!gnu/long.json FORMAT json");
    told_done(&t);
    const struct tar_part pax[] = {{.name = "x", .text = "22 path=pax/long.json\n", .type = 'x'},
                                   {.name = "short", .text = "{\"a\": 1}"}};
    read_parts(&t, pax, 2);
    assert_told(&t, "!pax/long.json FORMAT json");
    assert_quiet(&t);
    told_done(&t);
}

static void escapes_are_told(void **state)
{
    (void)state;
    static const struct {
        struct tar_part part;
        enum anomaly what;
    } bad[] = {
        {{.name = "../evil", .text = "x"}, ANOMALY_ARCHIVE_PATH},
        {{.name = "/etc/cron.d/evil", .text = "x"}, ANOMALY_ARCHIVE_PATH},
        {{.name = "a", .link = "../../etc", .type = '2'}, ANOMALY_ARCHIVE_SYMLINK},
        {{.name = "a", .link = "/etc/passwd", .type = '1'}, ANOMALY_ARCHIVE_SYMLINK},
        {{.name = "a", .type = '3'}, ANOMALY_ARCHIVE_SPECIAL},
        {{.name = "a", .type = '6'}, ANOMALY_ARCHIVE_SPECIAL},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct told t;
        read_parts(&t, &bad[i].part, 1);
        assert_anomaly(&t, bad[i].what);
        told_done(&t);
    }
}

static void archives_may_follow_each_other(void **state)
{
    (void)state;
    struct told t;
    struct buf b;
    put_tar(&b, honest, COUNT_OF(honest), true);
    put_part(&b, &(struct tar_part){.name = "late.json", .text = "{\"b\": 2}"}, true);
    buf_fill(&b, 0, 1024);
    assert_int_equal(told_run(&t, "a.tar", buf_slice(&b)), ST_OK);
    assert_anomaly(&t, ANOMALY_ARCHIVE_CONCATENATED);
    assert_told(&t, "!late.json FORMAT json");
    told_done(&t);
    buf_done(&b);
}

static void a_broken_header_does_not_hide_the_next(void **state)
{
    (void)state;
    struct told t;
    struct buf b;
    put_tar(&b, honest, COUNT_OF(honest), true);
    b.p[512 + 3] ^= 1; /* in the name of dir/a.json: its checksum is wrong now */
    assert_int_equal(told_run(&t, "a.tar", buf_slice(&b)), ST_OK);
    assert_anomaly(&t, ANOMALY_MALFORMED);
    told_done(&t);
    buf_done(&b);
}

static void sizes_of_base_256(void **state)
{
    (void)state;
    struct told t;
    struct buf b;
    unsigned sum = 0;
    char number[8];
    put_tar(&b, &honest[1], 1, true);
    memset(&b.p[124], 0, 12);
    b.p[124] = 0x80;
    b.p[135] = 8;
    memset(&b.p[148], ' ', 8);
    for (size_t i = 0; i < 512; i++) sum += b.p[i];
    snprintf(number, sizeof number, "%06o", sum);
    memcpy(&b.p[148], number, 7);
    assert_int_equal(told_run(&t, "a.tar", buf_slice(&b)), ST_OK);
    assert_told(&t, "!dir/a.json FORMAT json");
    assert_quiet(&t);
    told_done(&t);
    buf_done(&b);
}

/* Steps of 64: a tar file is mostly padding. */
static void sweeps(void **state)
{
    (void)state;
    struct buf b;
    put_tar(&b, &honest[1], 1, true);
    for (size_t n = 0; n < b.n - 1024 + 512; n += 64) {
        struct told t;
        assert_int_equal(told_run(&t, "a.nemo", slice_sub(buf_slice(&b), 0, n)), ST_OK);
        assert_true(t.anomalies + t.unread > 0);
        told_done(&t);
    }
    sweep_flips("a.tar", slice_sub(buf_slice(&b), 0, 1024));
    sweep_memory("a.tar", buf_slice(&b));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_is_quiet),
        cmocka_unit_test(long_names),
        cmocka_unit_test(escapes_are_told),
        cmocka_unit_test(archives_may_follow_each_other),
        cmocka_unit_test(a_broken_header_does_not_hide_the_next),
        cmocka_unit_test(sizes_of_base_256),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
