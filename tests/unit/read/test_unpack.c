/* SPDX-License-Identifier: Apache-2.0 */
#include "told.h"
#include "base/host.h"
#include "make_zip.h"
#include "packed_bytes.h"
#include <unistd.h>

#define BYTES(a) slice_of(a, sizeof(a))

static const struct packed_row {
    const char *name, *format;
    struct slice bytes;
} rows[] = {
    {"m.json.gz", "gzip", {packed_gzip, sizeof packed_gzip}},
    {"m.json.z", "zlib", {packed_zlib, sizeof packed_zlib}},
    {"m.json.bz2", "bzip2", {packed_bzip2, sizeof packed_bzip2}},
    {"m.json.xz", "xz", {packed_xz, sizeof packed_xz}},
    {"m.json.lzma", "lzma", {packed_lzma, sizeof packed_lzma}},
    {"m.json.zst", "zstd", {packed_zstd, sizeof packed_zstd}},
    {"m.json.lz4", "lz4", {packed_lz4, sizeof packed_lz4}},
    {"m.json.lz4", "lz4", {packed_lz4_legacy, sizeof packed_lz4_legacy}},
};

static struct slice doubled(struct buf *b, struct slice s, const char *tail)
{
    buf_init(b, 1u << 20);
    buf_add(b, s);
    buf_add(b, s);
    buf_str(b, tail);
    return buf_slice(b);
}

static void every_format_unpacks(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct told t;
        char line[64];
        assert_int_equal(told_run(&t, rows[i].name, rows[i].bytes), ST_OK);
        snprintf(line, sizeof line, " FORMAT %s", rows[i].format);
        assert_told(&t, line);
        assert_told(&t, "!m.json FORMAT json");
        assert_quiet(&t);
        told_done(&t);
    }
}

static void streams_follow_each_other(void **state)
{
    (void)state;
    static const size_t several[] = {0, 2, 3, 5, 6};
    for (size_t i = 0; i < COUNT_OF(several); i++) {
        struct told t;
        struct buf b;
        const struct packed_row *row = &rows[several[i]];
        assert_int_equal(told_run(&t, row->name, doubled(&b, row->bytes, "")), ST_OK);
        assert_quiet(&t);
        told_done(&t);
        buf_done(&b);
    }
}

static void what_lies_behind_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows) - 1; i++) {
        struct told t;
        struct buf b;
        buf_init(&b, 1u << 20);
        buf_add(&b, rows[i].bytes);
        buf_str(&b, "PKxx trailing text");
        assert_int_equal(told_run(&t, rows[i].name, buf_slice(&b)), ST_OK);
        assert_anomaly(&t, ANOMALY_TRAILING);
        assert_told(&t, "!m.json FORMAT json");
        assert_told(&t, "!(trailing bytes) FORMAT text");
        told_done(&t);
        buf_done(&b);
    }
}

static void zeros_end_as_a_bomb(void **state)
{
    (void)state;
    struct told t;
    uint64_t begin = host_now_ns();
    assert_int_equal(told_run(&t, "m.pkl.bz2", BYTES(packed_zeros_200m)), ST_OK);
    assert_anomaly(&t, ANOMALY_ARCHIVE_BOMB);
    assert_true(t.unread > 0);
    assert_true(host_now_ns() - begin < 20000000000u);
    told_done(&t);
}

/* Fifty bombs in one archive cost little more than one. */
static void many_bombs_end_soon(void **state)
{
    (void)state;
    struct zip_part parts[50];
    struct told t;
    struct buf b;
    buf_init(&b, 1u << 20);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        parts[i] = (struct zip_part){
            .name = "m.pkl", .packed = BYTES(packed_zeros_200m), .method = 12, .size = 200000000};
    zip_put(&b, parts, COUNT_OF(parts), 0);
    assert_int_equal(told_run(&t, "m.zip", buf_slice(&b)), ST_OK);
    assert_anomaly(&t, ANOMALY_ARCHIVE_BOMB);
    assert_told(&t, "members were not opened: the budget of ratio is used up");
    told_done(&t);
    buf_done(&b);
}

static void big_layers_go_to_the_spool(void **state)
{
    (void)state;
    struct told t;
    struct spool spool;
    struct budget budget;
    FILE *f = tmpfile();
    assert_non_null(f);
    spool_init(&spool, fileno(f));
    budget_defaults(&budget);
    /* 3 MiB of memory do not hold 5 MB: only the spool does */
    enum st st =
        told_run_in(&t, "m.dat.bz2", BYTES(packed_zeros_5m), &budget, &spool, 3u << 20, 64u << 10);
    assert_int_equal(st, ST_OK);
    assert_told(&t, "!m.dat BLOB 5000000");
    assert_quiet(&t);
    assert_int_equal(spool.end, 0);
    assert_int_equal(lseek(fileno(f), 0, SEEK_END), 0);
    told_done(&t);
    fclose(f);
}

static void without_spool_memory_is_the_limit(void **state)
{
    (void)state;
    struct told t;
    struct budget budget;
    budget_defaults(&budget);
    enum st st =
        told_run_in(&t, "m.dat.bz2", BYTES(packed_zeros_5m), &budget, NULL, 3u << 20, 64u << 10);
    assert_int_equal(st, ST_OK);
    assert_told(&t, " UNREAD 4 out of memory");
    told_done(&t);
}

static void the_purse_is_shared(void **state)
{
    (void)state;
    struct told t;
    struct budget budget;
    budget_defaults(&budget);
    budget.bytes = 1u << 20;
    assert_int_equal(
        told_run_in(&t, "m.dat.bz2", BYTES(packed_zeros_5m), &budget, NULL, 64u << 20, 64u << 10),
        ST_OK);
    assert_told(&t, " UNREAD 2 the budget of bytes is used up");
    told_done(&t);
}

static void sweeps(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        bool legacy = i + 1 == COUNT_OF(rows); /* may end after any block */
        if (!legacy) sweep_truncation("m.pkl", rows[i].bytes);
        sweep_flips("m.pkl", rows[i].bytes);
        sweep_memory("m.pkl", rows[i].bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_unpacks),
        cmocka_unit_test(streams_follow_each_other),
        cmocka_unit_test(what_lies_behind_is_read),
        cmocka_unit_test(zeros_end_as_a_bomb),
        cmocka_unit_test(many_bombs_end_soon),
        cmocka_unit_test(big_layers_go_to_the_spool),
        cmocka_unit_test(without_spool_memory_is_the_limit),
        cmocka_unit_test(the_purse_is_shared),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
