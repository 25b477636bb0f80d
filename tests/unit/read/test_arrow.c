/* SPDX-License-Identifier: Apache-2.0 */
/* Arrow IPC: the makers' goldens (tests/makers/columnar.mjs), whole and damaged. */
#include "golden_file.h"
#include "told.h"

static void read_golden(struct told *t, const char *name)
{
    struct buf b = golden_file("arrow", name);
    assert_int_equal(told_run(t, name, buf_slice(&b)), ST_OK);
    buf_done(&b);
}

static void honest_ones_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *name, *lines[4];
    } cases[] = {
        {"honest-js-file-plain.feather",
         {" FORMAT arrow file", " TABLE_END 60 0\n", "=note 58 about", "tags.item=tag 12.0\n"}},
        {"honest-js-stream-zstd.arrow",
         {" FORMAT arrow stream", " CARD 19 zstd", "turns.item.content=turn 4.0\n"}},
        {"honest-js-file-lz4.feather", {" CARD 19 lz4_frame", "kind=amber\n", "code=20003481\n"}},
        {"honest-arrow-rs-stream.arrows", {"kind=fern\n", "turns.item.role=system\n"}},
        {"honest-js-stream-batches.arrow", {" TABLE_END 15 0\n", "text=batch 2 line 4\n"}},
        {"honest-js-kinds.arrow",
         {"point.deep.id=9000007\n", "pair.x=b7\n", "map.entries.value=w2\n", "x=7000007\n"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct told t;
        read_golden(&t, cases[i].name);
        assert_quiet(&t);
        for (size_t k = 0; k < 4 && cases[i].lines[k]; k++) assert_told(&t, cases[i].lines[k]);
        told_done(&t);
    }
}

/* The row of a value in lists of lists is that of the outermost list; of a dictionary's value, the
 * first that uses it. */
static void rows_are_found(void **state)
{
    (void)state;
    static const char *const cells[][3] = {
        {"honest-js-kinds.arrow", "5", "lists.item.item=n5.1.1\n"},
        {"honest-js-kinds.arrow", "4", "pair.x=a4\n"},
        {"honest-js-kinds.arrow", "7", "map.entries.key=k7\n"},
        {"honest-js-file-plain.feather", "11", "kind=fern\n"},
        {"honest-js-file-batches.arrow", "14", "n=8000014\n"},
    };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct told t;
        read_golden(&t, cells[i][0]);
        struct slice text = buf_slice(&t.text);
        size_t at = slice_find(text, slice_str(cells[i][2]));
        assert_true(at != SIZE_MAX);
        size_t line = slice_rfind_byte(slice_sub(text, 0, at), '\n') + 1;
        char want[32];
        (void)snprintf(want, sizeof want, " CELL %s ", cells[i][1]);
        assert_true(slice_starts(slice_sub(text, line, SIZE_MAX), slice_str(want)));
        told_done(&t);
    }
}

static void broken_ones_are_told(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"malformed-cut.arrow", " ANOMALY 1 "},
        {"malformed-no-end.arrows", " ANOMALY 1 the stream has no end"},
        {"malformed-behind-the-end.arrows", " ANOMALY 3 "},
        {"malformed-feather-v1.feather", " UNREAD 1 "},
        {"malformed-message-length.arrow", " UNREAD 3 "},
        {"malformed-offsets.arrow", " ANOMALY 2 column text: offsets"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct told t;
        read_golden(&t, cases[i][0]);
        assert_told(&t, cases[i][1]);
        told_done(&t);
    }
}

/* Readers of files go by the footer, so that anything can lie between it and the end mark. */
static void what_lies_before_the_footer_is_opened(void **state)
{
    (void)state;
    static const uint8_t end[] = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0};
    struct buf file = golden_file("arrow", "honest-js-file-batches.arrow"), b;
    struct slice all = buf_slice(&file);
    size_t tail = all.n - 10, cut = tail - (all.p[tail] | (size_t)all.p[tail + 1] << 8);
    struct told t;
    assert_true(slice_ends(slice_sub(all, 0, cut), slice_of(end, sizeof end)));
    buf_init(&b, 1u << 16);
    buf_add(&b, slice_sub(all, 0, cut));
    buf_add(&b, S("\x80\x02"
                  "cposix\nsystem\n)\x85R."));
    buf_add(&b, slice_sub(all, cut, SIZE_MAX));
    assert_int_equal(told_run(&t, "x.arrow", buf_slice(&b)), ST_OK);
    assert_told(&t, "!(before the footer) FORMAT pickle");
    told_done(&t);
    buf_done(&b);
    buf_done(&file);
}

/* Kinds that nothing reads are said to be so. */
static void avro_and_orc_are_not_passed_over(void **state)
{
    (void)state;
    static const char orc[] = "ORC.....................ORC\x17";
    struct told t;
    assert_int_equal(told_run(&t, "x.avro",
                              S("Obj\x01\x02\x16"
                                "avro.schema")),
                     ST_OK);
    assert_told(&t, " FORMAT avro ");
    assert_told(&t, " UNREAD 1 ");
    told_done(&t);
    assert_int_equal(told_run(&t, "part-0", slice_of(orc, sizeof orc - 1)), ST_OK);
    assert_told(&t, " FORMAT orc ");
    assert_told(&t, " UNREAD 1 ");
    told_done(&t);
}

/* Streams have no magic number: shape alone, and for the old form also the name. */
static void streams_are_recognised(void **state)
{
    (void)state;
    struct buf b = golden_file("arrow", "honest-js-stream-batches.arrow");
    struct slice s = buf_slice(&b), legacy = slice_sub(s, 4, SIZE_MAX);
    static const struct {
        const char *name;
        bool legacy, arrow;
    } cases[] = {{"data-00000-of-00001.arrow", false, true},
                 {"cache", false, true},
                 {"x.arrows", true, true},
                 {"x.feather", true, true},
                 {"cache", true, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct told t;
        assert_int_equal(told_run(&t, cases[i].name, cases[i].legacy ? legacy : s), ST_OK);
        assert_int_equal(told_has(&t, " FORMAT arrow stream"), cases[i].arrow);
        told_done(&t);
    }
    buf_done(&b);
}

/* A message that says its batch has 2^62 rows, and so on: each number of the batch, grown. */
static void lengths_that_lie_are_told(void **state)
{
    (void)state;
    struct buf b = golden_file("arrow", "honest-js-file-batches.arrow");
    size_t odd = 0;
    for (size_t at = 8; at + 8 < b.n; at += 8) {
        struct told t;
        uint8_t before = b.p[at + 7];
        b.p[at + 7] = 0x3f;
        assert_int_equal(told_run(&t, "x.arrow", buf_slice(&b)), ST_OK);
        odd += t.anomalies + t.unread > 0;
        told_done(&t);
        b.p[at + 7] = before;
    }
    assert_true(odd > 20);
    buf_done(&b);
}

static void sweeps(void **state)
{
    (void)state;
    static const char *const names[] = {"honest-js-file-batches.arrow",
                                        "honest-js-stream-batches.arrow"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct buf b = golden_file("arrow", names[i]);
        sweep_truncation(names[i], buf_slice(&b));
        sweep_flips(names[i], buf_slice(&b));
        sweep_memory(names[i], buf_slice(&b));
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_ones_are_read),
        cmocka_unit_test(rows_are_found),
        cmocka_unit_test(broken_ones_are_told),
        cmocka_unit_test(streams_are_recognised),
        cmocka_unit_test(lengths_that_lie_are_told),
        cmocka_unit_test(what_lies_before_the_footer_is_opened),
        cmocka_unit_test(avro_and_orc_are_not_passed_over),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
