/* SPDX-License-Identifier: Apache-2.0 */
#include "make_zip.h"
#include "told.h"
#include <sys/mman.h>

#define TEXT_A S("alpha alpha\n")
#define TEXT_B S("beta beta\n")

/* "alpha alpha\n" as one block of DEFLATE */
static const uint8_t packed_alpha[] = {0x4b, 0xcc, 0x29, 0xc8, 0x48, 0x54,
                                       0x48, 0x04, 0x91, 0x5c, 0x00};

static void honest_parts(struct zip_part p[2])
{
    p[0] = zip_stored("a.txt", TEXT_A);
    p[1] = zip_stored("dir/b.txt", TEXT_B);
}

/* Local headers are peeked at where there is a file: the same has to be told. */
static void read_from_file(struct slice bytes, const struct told *expected)
{
    struct told t;
    struct budget budget;
    int fd = memfd_create("a.zip", MFD_CLOEXEC);
    assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
    budget_defaults(&budget);
    assert_int_equal(told_run_from(&t, "a.zip", bytes, &fd, &budget, NULL, 256u << 20, 64u << 10),
                     ST_OK);
    assert_string_equal(buf_text(&t.text), buf_text((struct buf *)&expected->text));
    told_done(&t);
    close(fd);
}

static void read_parts(struct told *t, struct zip_part *parts, size_t n)
{
    struct buf b;
    buf_init(&b, 1u << 20);
    zip_put(&b, parts, n, 0);
    assert_int_equal(told_run(t, "a.zip", buf_slice(&b)), ST_OK);
    read_from_file(buf_slice(&b), t);
    buf_done(&b);
}

static void honest_is_quiet(void **state)
{
    (void)state;
    struct zip_part p[2];
    struct told t;
    honest_parts(p);
    p[0].packed = slice_of(packed_alpha, sizeof packed_alpha);
    p[0].method = 8;
    read_parts(&t, p, 2);
    assert_quiet(&t);
    assert_told(&t, " FORMAT zip");
    assert_told(&t, "!a.txt FORMAT text");
    assert_told(&t, "!dir/b.txt FORMAT text");
    told_done(&t);
}

static void duplicates_are_both_read(void **state)
{
    (void)state;
    struct zip_part p[2];
    struct told t;
    honest_parts(p);
    p[1].name = "a.txt";
    p[1].packed = S("{\"a\": 1}");
    p[1].size = 8;
    p[1].crc = crc32_add(0, p[1].packed);
    read_parts(&t, p, 2);
    assert_anomaly(&t, ANOMALY_ARCHIVE_DUPLICATE);
    assert_told(&t, "!a.txt FORMAT text");
    assert_told(&t, "!a.txt FORMAT json");
    told_done(&t);
}

static void headers_are_compared(void **state)
{
    (void)state;
    struct zip_part p[2];
    struct told t;
    honest_parts(p);
    p[0].local_name = "b.pkl";
    read_parts(&t, p, 2);
    assert_anomaly(&t, ANOMALY_ARCHIVE_HEADERS_DIFFER);
    told_done(&t);
    honest_parts(p);
    p[0].local_method_xor = 8;
    read_parts(&t, p, 2);
    assert_told(&t, "a.txt: method 8 in the local header, 0 in the directory");
    told_done(&t);
}

/* A field that no program writes is read like a member; a header may be longer than a peek. */
static void local_extra_fields(void **state)
{
    (void)state;
    static char extra[900] = "\x7a\x7a\x80\x03{\"in\": \"the field\"}";
    struct zip_part p[2];
    struct told t;
    for (unsigned round = 0; round < 2; round++) {
        honest_parts(p);
        extra[2] = round ? (char)0x80 : 0x20;
        extra[3] = round ? 0x03 : 0;
        memset(extra + 23, ' ', sizeof extra - 23);
        p[0].local_extra = slice_of(extra, round ? sizeof extra : 36);
        read_parts(&t, p, 2);
        assert_told(&t, "!(extra field) FORMAT json");
        assert_told(&t, "!a.txt FORMAT text");
        told_done(&t);
    }
}

static void an_encryption_flag_hides_nothing(void **state)
{
    (void)state;
    struct zip_part p[2];
    struct told t;
    honest_parts(p);
    p[0].flags = 1;
    read_parts(&t, p, 2);
    assert_told(&t, "a.txt is marked as encrypted, but is not");
    assert_told(&t, "!a.txt FORMAT text");
    assert_int_equal(t.unread, 0);
    told_done(&t);
    honest_parts(p);
    p[0].flags = 1;
    p[0].crc ^= 1;
    read_parts(&t, p, 2);
    assert_told(&t, " UNREAD 0 a.txt is encrypted");
    told_done(&t);
}

static void unlisted_members_are_found(void **state)
{
    (void)state;
    struct zip_part p[3];
    struct told t;
    honest_parts(p);
    p[2] = zip_stored("c.json", S("{\"hidden\": true}"));
    p[2].unlisted = true;
    read_parts(&t, p, 3);
    assert_anomaly(&t, ANOMALY_ARCHIVE_HIDDEN_MEMBER);
    assert_told(&t, "!c.json FORMAT json");
    told_done(&t);
}

static void archives_may_follow_each_other(void **state)
{
    (void)state;
    struct zip_part p[2], q[1] = {zip_stored("late.json", S("{\"k\": 2}"))};
    struct told t;
    struct buf b;
    buf_init(&b, 1u << 20);
    honest_parts(p);
    zip_put(&b, p, 2, 0);
    zip_put(&b, q, 1, (uint32_t)b.n);
    assert_int_equal(told_run(&t, "a.zip", buf_slice(&b)), ST_OK);
    assert_anomaly(&t, ANOMALY_ARCHIVE_CONCATENATED);
    assert_anomaly(&t, ANOMALY_ARCHIVE_PREFIX);
    assert_told(&t, "!a.txt FORMAT text");
    assert_told(&t, "!late.json FORMAT json");
    told_done(&t);
    buf_done(&b);
}

static void prefix_and_tail(void **state)
{
    (void)state;
    struct zip_part p[2];
    struct told t;
    struct buf b;
    for (uint32_t absolute = 0; absolute < 2; absolute++) {
        buf_init(&b, 1u << 20);
        buf_fill(&b, 0xee, 100);
        honest_parts(p);
        zip_put(&b, p, 2, absolute ? 0 : 100);
        buf_str(&b, "tail");
        assert_int_equal(told_run(&t, "a.zip", buf_slice(&b)), ST_OK);
        assert_anomaly(&t, ANOMALY_ARCHIVE_PREFIX);
        assert_anomaly(&t, ANOMALY_TRAILING);
        assert_told(&t, "!dir/b.txt FORMAT text");
        told_done(&t);
        buf_done(&b);
    }
}

static void checksums_are_checked_and_bytes_read_anyway(void **state)
{
    (void)state;
    struct zip_part p[2];
    struct told t;
    honest_parts(p);
    p[0].crc = 7;
    read_parts(&t, p, 2);
    assert_anomaly(&t, ANOMALY_ARCHIVE_CRC);
    assert_told(&t, "!a.txt FORMAT text");
    told_done(&t);
}

static void names_that_escape(void **state)
{
    (void)state;
    static const char *const bad[] = {"../x",  "a/../../x", "/etc/x",       "C:\\x",
                                      "..\\x", "a\x01z",    "\\\\server\\x"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct zip_part p[1] = {zip_stored(bad[i], TEXT_A)};
        struct told t;
        read_parts(&t, p, 1);
        assert_anomaly(&t, ANOMALY_ARCHIVE_PATH);
        told_done(&t);
    }
}

static void links_that_escape(void **state)
{
    (void)state;
    struct zip_part p[1] = {zip_stored("dir/link", S("../../etc/passwd"))};
    struct told t;
    p[0].attributes = 0120777u << 16;
    read_parts(&t, p, 1);
    assert_anomaly(&t, ANOMALY_ARCHIVE_SYMLINK);
    told_done(&t);
    p[0] = zip_stored("dir/link", S("../a.txt"));
    p[0].attributes = 0120777u << 16;
    read_parts(&t, p, 1);
    assert_quiet(&t);
    told_done(&t);
}

static void overlaps_are_told(void **state)
{
    (void)state;
    struct zip_part p[2];
    struct told t;
    struct buf b;
    buf_init(&b, 1u << 20);
    honest_parts(p);
    p[1].unwritten = true;
    p[1].at = 0; /* both entries point to the first local header */
    zip_put(&b, p, 2, 0);
    assert_int_equal(told_run(&t, "a.zip", buf_slice(&b)), ST_OK);
    assert_anomaly(&t, ANOMALY_ARCHIVE_OVERLAP);
    told_done(&t);
    buf_done(&b);
}

static void the_layout_follows_the_names(void **state)
{
    (void)state;
    struct zip_part p[3] = {zip_stored("m/version", S("3\n")), zip_stored("m/data/0", TEXT_A),
                            zip_stored("m/byteorder", S("little"))};
    struct told t;
    read_parts(&t, p, 3);
    assert_told(&t, " FORMAT zip");
    told_done(&t);
    struct zip_part k[2] = {zip_stored("config.json", S("{}")),
                            zip_stored("model.weights.h5", S("\x89HDF\r\n\x1a\n"))};
    read_parts(&t, k, 2);
    assert_told(&t, " FORMAT keras");
    assert_told(&t, " UNREAD 1 keras");
    told_done(&t);
}

/* Bytes that belong to nothing are read like members. */
static void nothing_is_left_out(void **state)
{
    (void)state;
    struct zip_part p[2];
    struct told t;
    struct buf b;
    buf_init(&b, 1u << 20);
    honest_parts(p);
    zip_put(&b, p, 2, 0);
    b.p[b.n - 2] = 21; /* the length of the comment */
    buf_str(&b, "{\"in the comment\": 1}");
    buf_str(&b, "{\"behind everything\": 2}");
    assert_int_equal(told_run(&t, "a.zip", buf_slice(&b)), ST_OK);
    assert_told(&t, "!(comment) FORMAT json");
    assert_told(&t, "!(unlisted bytes) FORMAT json");
    assert_anomaly(&t, ANOMALY_TRAILING);
    told_done(&t);
    buf_done(&b);
}

static void sweeps(void **state)
{
    (void)state;
    struct zip_part p[2];
    struct buf b;
    buf_init(&b, 1u << 20);
    honest_parts(p);
    p[0].packed = slice_of(packed_alpha, sizeof packed_alpha);
    p[0].method = 8;
    zip_put(&b, p, 2, 0);
    sweep_truncation("a.npz", buf_slice(&b));
    sweep_flips("a.zip", buf_slice(&b));
    sweep_memory("a.zip", buf_slice(&b));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_is_quiet),
        cmocka_unit_test(duplicates_are_both_read),
        cmocka_unit_test(headers_are_compared),
        cmocka_unit_test(local_extra_fields),
        cmocka_unit_test(an_encryption_flag_hides_nothing),
        cmocka_unit_test(unlisted_members_are_found),
        cmocka_unit_test(archives_may_follow_each_other),
        cmocka_unit_test(prefix_and_tail),
        cmocka_unit_test(checksums_are_checked_and_bytes_read_anyway),
        cmocka_unit_test(names_that_escape),
        cmocka_unit_test(links_that_escape),
        cmocka_unit_test(overlaps_are_told),
        cmocka_unit_test(the_layout_follows_the_names),
        cmocka_unit_test(nothing_is_left_out),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
