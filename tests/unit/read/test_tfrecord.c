/* SPDX-License-Identifier: Apache-2.0 */
/* Records of TensorFlow (tests/makers/make_records.py). */
#include "base/crc32c.h"
#include "golden_file.h"
#include "told.h"

static void read_records(struct told *t, const char *name)
{
    struct buf b = golden_file("tfrecord", name);
    assert_int_equal(told_run(t, name, buf_slice(&b)), ST_OK);
    buf_done(&b);
}

/* RFC 3720, B.4 */
static void checksums(void **state)
{
    (void)state;
    static const uint8_t zeros[32];
    assert_int_equal(crc32c_add(0, S("123456789")), 0xe3069283);
    assert_int_equal(crc32c_add(0, slice_of(zeros, 32)), 0x8a9136aa);
    assert_int_equal(crc32c_add(crc32c_add(0, S("1234")), S("56789")), 0xe3069283);
}

static void examples_are_rows(void **state)
{
    (void)state;
    struct told t;
    read_records(&t, "honest.tfrecord");
    assert_quiet(&t);
    assert_told(&t, " TABLE records 3\n");
    assert_told(&t, "CELL 0 0 -1:-1 28 text=the sea is calm\n");
    assert_told(&t, "CELL 1 -1 -1:-1 ");
    assert_told(&t, "phone=4930901820\n");
    assert_told(&t, "text=a ship\n");
    assert_told(&t, "text=a boat\n");
    assert_told(&t, " TABLE_END 3 0\n");
    assert_told(&t, " CARD 15  3\n");
    told_done(&t);
    read_records(&t, "honest-sequence.tfrecord");
    assert_quiet(&t);
    assert_told(&t, "id=dialogue 1\n");
    assert_told(&t, "turns=good day\n");
    told_done(&t);
    read_records(&t, "honest-lines.tfrec");
    assert_quiet(&t);
    assert_told(&t, "CELL 1 0 -1:-1 ");
    assert_told(&t, "record=another one\n");
    told_done(&t);
}

static void put_checked(struct buf *b, struct slice s)
{
    uint32_t crc = crc32c_add(0, s);
    buf_add(b, s);
    buf_u32le(b, (crc >> 15 | crc << 17) + 0xa282ead8u);
}

static void put_message(struct buf *b, uint8_t tag, struct slice s)
{
    buf_byte(b, tag);
    buf_byte(b, (uint8_t)(s.n & 0x7f) | 0x80);
    buf_byte(b, (uint8_t)(s.n >> 7));
    buf_add(b, s);
}

/* Wrapped again and again: int64_list, Feature, entry, Features, Example, record. */
static void long_lists_are_read_to_their_end(void **state)
{
    (void)state;
    static const uint8_t tags[] = {0x0a, 0x1a, 0x12, 0x0a, 0x0a};
    struct buf in, out;
    struct told t;
    uint8_t length[8] = {0};
    buf_init(&in, 4096);
    buf_init(&out, 4096);
    for (int i = 0; i < 900; i++) buf_byte(&in, 7);
    buf_add(&in, S("\xbc\xc9\x9f\xaf\x12")); /* 4930921660 */
    for (size_t i = 0; i < COUNT_OF(tags); i++) {
        buf_reset(&out);
        if (tags[i] == 0x12) buf_str(&out, "\n\x01n");
        put_message(&out, tags[i], buf_slice(&in));
        buf_reset(&in);
        buf_add(&in, buf_slice(&out));
    }
    length[0] = (uint8_t)in.n;
    length[1] = (uint8_t)(in.n >> 8);
    buf_reset(&out);
    put_checked(&out, slice_of(length, 8));
    put_checked(&out, buf_slice(&in));
    assert_int_equal(told_run(&t, "a.tfrecord", buf_slice(&out)), ST_OK);
    assert_quiet(&t);
    assert_told(&t, " n=4930921660\n");
    told_done(&t);
    buf_done(&in);
    buf_done(&out);
}

static void members_and_streams(void **state)
{
    (void)state;
    struct told t;
    read_records(&t, "honest-packed.tfrecord.gz");
    assert_quiet(&t);
    assert_told(&t, "text=the sea is calm\n");
    told_done(&t);
    read_records(&t, "honest-pictures.tfrecord-00000-of-00001");
    assert_quiet(&t);
    assert_told(&t, "!image row 2 FORMAT image webp");
    told_done(&t);
    read_records(&t, "malicious-pickle.tfrecord");
    assert_told(&t, "!blob row 1 FORMAT pickle");
    told_done(&t);
    read_records(&t, "malicious-behind.tfrecord");
    assert_anomaly(&t, ANOMALY_MALFORMED);
    assert_told(&t, "!(trailing bytes) FORMAT pickle");
    told_done(&t);
}

static void what_is_wrong_is_told(void **state)
{
    (void)state;
    struct told t;
    read_records(&t, "malformed-data.tfrecord");
    assert_told(&t, "ANOMALY 2 the checksum of the record's data is wrong");
    assert_told(&t, " TABLE_END 3 1\n");
    told_done(&t);
    read_records(&t, "malformed-length.tfrecord");
    assert_told(&t, "ANOMALY 2 the checksum of the record's length is wrong");
    told_done(&t);
    read_records(&t, "malformed-cut.tfrecord");
    assert_anomaly(&t, ANOMALY_TRUNCATED);
    told_done(&t);
}

static void sweeps(void **state)
{
    (void)state;
    struct buf b = golden_file("tfrecord", "honest.tfrecord");
    size_t second = 16 + b.p[0], third = second + 16 + b.p[second];
    for (size_t n = 12; n < b.n; n++) {
        struct told t;
        uint8_t *p = told_exact(slice_sub(buf_slice(&b), 0, n));
        assert_int_equal(told_run(&t, "a.tfrecord", slice_of(p, n)), ST_OK);
        /* a file that ends behind a record is a whole one */
        assert_true(t.anomalies + t.unread > 0 || n == second || n == third);
        told_done(&t);
        free(p);
    }
    sweep_flips("a.tfrecord", buf_slice(&b));
    sweep_memory("a.tfrecord", buf_slice(&b));
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checksums),
        cmocka_unit_test(examples_are_rows),
        cmocka_unit_test(long_lists_are_read_to_their_end),
        cmocka_unit_test(members_and_streams),
        cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
