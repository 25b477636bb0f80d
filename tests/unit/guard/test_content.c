/* SPDX-License-Identifier: Apache-2.0 */
/* Bodies that gzip, zlib, brotli and zstd packed (tests/makers/make_codings.py): the same wherever
 * they are cut, whole or refused, and never more than was allowed. */
#include "../test.h"
#include "../wrapped_heap.h"
#include "guard/screen/content.h"
#include <stdio.h>

#define MOST ((uint64_t)1 << 20)

struct row {
    const char *file, *coding;
};

static const struct row rows[] = {
    {"plain", ""},
    {"plain", "identity"},
    {"gzip", "gzip"},
    {"gzip", "X-GZip"},
    {"gzip", " , identity , gzip"},
    {"gzip-members", "gzip"},
    {"deflate", "deflate"},
    {"deflate-bare", "deflate"},
    {"br", "br"},
    {"zstd", "zstd"},
    {"zstd-frames", "zstd"},
    {"gzip-br", "gzip, br"},
    {"zstd-gzip", "zstd,gzip"},
};

/* Each file is read once. */
static struct slice golden(const char *name)
{
    struct golden_file {
        const char *name;
        uint8_t bytes[16384];
        size_t n;
    };
    static struct golden_file files[32];
    struct golden_file *f = files;
    char path[512];
    while (f->name && strcmp(f->name, name)) f++;
    if (f->name) return slice_of(f->bytes, f->n);
    (void)snprintf(path, sizeof path, "%s/coding/%s", getenv("GOLDEN"), name);
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    f->name = name;
    f->n = fread(f->bytes, 1, sizeof f->bytes, in);
    (void)fclose(in);
    assert_in_range(f->n, 1, sizeof f->bytes - 1);
    return slice_of(f->bytes, f->n);
}

struct result {
    enum st st;
    struct buf out;
};

/* In pieces of so many bytes; the first is `first` (0: like the others). */
static struct result unpacked(const char *coding, struct slice in, size_t first, size_t piece,
                              uint64_t most)
{
    struct result r = {.st = ST_OK};
    struct content *c = content_new(slice_str(coding), most, &r.st);
    buf_init(&r.out, (size_t)64 << 20);
    for (size_t at = 0; c && r.st == ST_OK && at < in.n;) {
        struct slice s = slice_sub(in, at, at || !first ? piece : first);
        r.st = content_feed(c, s, false, &r.out);
        at += s.n;
    }
    if (c && r.st == ST_OK) r.st = content_feed(c, S(""), true, &r.out);
    content_free(c);
    return r;
}

static void expect(struct result r, enum st st, struct slice text)
{
    assert_int_equal(r.st, st);
    assert_int_equal(r.out.n, text.n);
    if (text.n) assert_memory_equal(r.out.p, text.p, text.n);
    buf_done(&r.out);
}

static void test_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect(unpacked(rows[i].coding, golden(rows[i].file), 0, SIZE_MAX, MOST), ST_OK,
               golden("plain"));
}

static void test_every_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice in = golden(rows[i].file), plain = golden("plain");
        for (size_t cut = 1; cut < in.n; cut++)
            expect(unpacked(rows[i].coding, in, cut, SIZE_MAX, MOST), ST_OK, plain);
        for (size_t piece = 1; piece < 9; piece++)
            expect(unpacked(rows[i].coding, in, 0, piece, MOST), ST_OK, plain);
    }
}

/* Every event of a stream that was flushed behind each is there as soon as its bytes are. */
static void at_once(const char *file, const char *coding)
{
    struct slice in = golden(file), plain = golden("plain");
    enum st st;
    struct content *c = content_new(slice_str(coding), MOST, &st);
    struct buf out;
    size_t end = 0, events = 0;
    buf_init(&out, MOST);
    for (size_t at = 0; at < in.n; events++) {
        size_t n = in.p[at] + 256u * in.p[at + 1];
        assert_int_equal(content_feed(c, slice_sub(in, at + 2, n), false, &out), ST_OK);
        at += 2 + n;
        end += slice_find(slice_sub(plain, end, plain.n), S("\n\n")) + 2;
        assert_int_equal(out.n, end);
        assert_memory_equal(out.p, plain.p, end);
    }
    assert_int_equal(events, 18);
    assert_int_equal(end, plain.n);
    assert_int_equal(content_feed(c, S(""), true, &out), ST_OK);
    buf_done(&out);
    content_free(c);
}

static void test_nothing_waits(void **state)
{
    (void)state;
    at_once("flushed-gzip", "gzip");
    at_once("flushed-br", "br");
    at_once("flushed-zstd", "zstd");
}

/* A beginning is never whole, except between members, and what came out is a beginning. */
static void test_truncated(void **state)
{
    (void)state;
    for (size_t i = 2; i < COUNT_OF(rows); i++) {
        struct slice in = golden(rows[i].file), plain = golden("plain");
        unsigned whole = 0;
        for (size_t n = 1; n < in.n; n++) {
            struct result r = unpacked(rows[i].coding, slice_sub(in, 0, n), 0, SIZE_MAX, MOST);
            whole += r.st == ST_OK;
            assert_true(r.st == ST_OK || r.st == ST_TRUNCATED);
            assert_true(slice_starts(plain, buf_slice(&r.out)));
            buf_done(&r.out);
        }
        bool members = strstr(rows[i].file, "members"), frames = strstr(rows[i].file, "frames");
        assert_int_equal(whole, frames ? 2 : members ? 1 : 0);
    }
}

/* Damage is told, or it changes some letters: brotli and bare deflate have no checksum. */
static void test_bit_flips(void **state)
{
    (void)state;
    for (size_t i = 2; i < COUNT_OF(rows); i++) {
        struct slice in = golden(rows[i].file);
        static uint8_t bent[16384];
        unsigned refused = 0;
        for (size_t bit = 0; bit < in.n * 8; bit++) {
            memcpy(bent, in.p, in.n);
            bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
            struct result whole = unpacked(rows[i].coding, slice_of(bent, in.n), 0, SIZE_MAX, MOST);
            struct result cut = unpacked(rows[i].coding, slice_of(bent, in.n), 0, 7, MOST);
            refused += whole.st != ST_OK;
            assert_int_not_equal(whole.st, ST_BUG);
            assert_int_equal(whole.st == ST_OK, cut.st == ST_OK);
            if (strcmp(rows[i].coding, "gzip") == 0 && whole.st == ST_OK)
                assert_true(slice_eq(buf_slice(&whole.out), golden("plain")));
            if (whole.st == ST_OK)
                assert_true(slice_eq(buf_slice(&whole.out), buf_slice(&cut.out)));
            buf_done(&whole.out);
            buf_done(&cut.out);
        }
        assert_in_range(refused, in.n * 8 / 4, in.n * 8);
    }
}

static void test_behind_the_end(void **state)
{
    (void)state;
    for (size_t i = 2; i < COUNT_OF(rows); i++) {
        static uint8_t more[16384];
        struct slice in = golden(rows[i].file);
        memcpy(more, in.p, in.n);
        memcpy(more + in.n, "GET / HTTP/1.1\r\n\r\n", 18);
        for (size_t piece = 1; piece < in.n; piece += in.n / 2)
            expect(unpacked(rows[i].coding, slice_of(more, in.n + 18), in.n, piece, MOST),
                   ST_MALFORMED, golden("plain"));
        more[in.n] = 0; /* a single byte, which gzip's tools pass over */
        struct result r = unpacked(rows[i].coding, slice_of(more, in.n + 1), 0, SIZE_MAX, MOST);
        assert_int_not_equal(r.st, ST_OK);
        buf_done(&r.out);
    }
}

static void test_empty(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        expect(unpacked(rows[i].coding, S(""), 0, 1, MOST), ST_OK, S(""));
    expect(unpacked("deflate", S("\x03\x00"), 0, 1, MOST), ST_OK, S(""));
    expect(unpacked("deflate", S("x\x9c\x03\x00\x00\x00\x00\x01"), 0, 1, MOST), ST_OK, S(""));
    expect(unpacked("br", S("\x3b"), 0, 1, MOST), ST_OK, S(""));
    /* a layer below that holds nothing is no body of the layer above */
    expect(unpacked("br, deflate", S("\x03\x00"), 0, 1, MOST), ST_TRUNCATED, S(""));
    expect(unpacked("deflate", S("x"), 0, 1, MOST), ST_TRUNCATED, S(""));
}

static void test_unknown(void **state)
{
    static const char *const codings[] = {"compress",         "gzip;q=1", "gzip br",
                                          "br, lzma",         "dcz",      "gzip, br, gzip",
                                          "gzip, gzip, gzip", "*"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(codings); i++) {
        enum st why = ST_OK;
        assert_null(content_new(slice_str(codings[i]), MOST, &why));
        assert_int_equal(why, ST_UNSUPPORTED);
    }
}

static void test_refused_by_the_format(void **state)
{
    (void)state;
    struct result window = unpacked("zstd", golden("zstd-window-16MiB"), 0, 64, MOST);
    assert_int_equal(window.st, ST_UNSUPPORTED);
    buf_done(&window.out);
    /* a dictionary that we do not have: FDICT of zlib */
    expect(unpacked("deflate", S("\x78\xbb\x01\x02\x03\x04\x03\x00"), 0, 1, MOST), ST_UNSUPPORTED,
           S(""));
    /* declared one thing, being another */
    expect(unpacked("br", golden("gzip"), 0, 1, MOST), ST_MALFORMED, S(""));
    expect(unpacked("gzip", golden("zstd"), 0, 1, MOST), ST_MALFORMED, S(""));
    expect(unpacked("zstd", golden("plain"), 0, 1, MOST), ST_MALFORMED, S(""));
    expect(unpacked("gzip", golden("deflate"), 0, 1, MOST), ST_MALFORMED, S(""));
}

/* Frames from before the format was settled, which the library could read. */
static void test_old_frames(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 256; first++) {
        uint8_t frame[] = {(uint8_t)first, 0xb5, 0x2f, 0xfd, 4, 4, 0, 0, 0, 0, 0};
        if (first == 0x28) continue;
        expect(unpacked("zstd", slice_of(frame, sizeof frame), 0, SIZE_MAX, MOST), ST_MALFORMED,
               S(""));
        expect(unpacked("zstd", slice_of(frame, sizeof frame), 0, 1, MOST), ST_MALFORMED, S(""));
    }
}

static void test_bombs(void **state)
{
    static const struct row bombs[] = {{"bomb-gzip", "gzip"},
                                       {"bomb-br", "br"},
                                       {"bomb-zstd", "zstd"},
                                       {"bomb-gzip-gzip", "gzip, gzip"}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bombs); i++)
        for (size_t piece = 1; piece < 10000; piece *= 99) {
            struct slice in = golden(bombs[i].file);
            struct result r = unpacked(bombs[i].coding, in, 0, piece, UINT64_MAX);
            assert_int_equal(r.st, ST_LIMIT);
            assert_in_range(r.out.n, 1, 65536 + RATIO_MOST * in.n);
            buf_done(&r.out);
        }
}

static void test_most(void **state)
{
    (void)state;
    struct slice plain = golden("plain");
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t most = 0; most < plain.n; most += 331) {
            expect(unpacked(rows[i].coding, golden(rows[i].file), 0, 5, most), ST_LIMIT,
                   slice_sub(plain, 0, most));
        }
    expect(unpacked("gzip", golden("gzip"), 0, 1, plain.n), ST_OK, plain);
    expect(unpacked("identity", plain, 0, 1, plain.n), ST_OK, plain);
}

/* Ten thousand members of nothing: no state is made anew for each. */
static void test_many_members(void **state)
{
    static const uint8_t nothing[] = {31, 139, 8, 0, 0, 0, 0, 0, 0, 3,
                                      3,  0,   0, 0, 0, 0, 0, 0, 0, 0};
    enum st st;
    struct buf out;
    (void)state;
    buf_init(&out, MOST);
    struct content *c = content_new(S("gzip"), MOST, &st);
    heap_refuse(0);
    for (size_t i = 0; i < 10000; i++)
        assert_int_equal(content_feed(c, slice_of(nothing, sizeof nothing), false, &out), ST_OK);
    assert_in_range(heap_calls, 1, 8);
    assert_int_equal(content_feed(c, S(""), true, &out), ST_OK);
    assert_int_equal(out.n, 0);
    content_free(c);
    buf_done(&out);
}

static void test_it_stays_refused(void **state)
{
    enum st st;
    struct buf out;
    (void)state;
    buf_init(&out, MOST);
    struct content *c = content_new(S("gzip"), MOST, &st);
    assert_int_equal(content_feed(c, S("no gzip at all"), false, &out), ST_MALFORMED);
    assert_int_equal(content_feed(c, golden("gzip"), true, &out), ST_MALFORMED);
    assert_int_equal(out.n, 0);
    content_free(c);
    content_free(NULL);
    buf_done(&out);
}

static void test_no_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct slice in = golden(rows[i].file);
        long k = 1;
        for (;; k++) {
            heap_refuse(k);
            struct result r = unpacked(rows[i].coding, in, 0, 64, MOST);
            bool all = heap_calls < k;
            heap_refuse(0);
            assert_int_equal(r.st, all ? ST_OK : ST_NOMEM);
            buf_done(&r.out);
            if (all) break;
        }
        assert_in_range(k, 2, 1000);
    }
}

/* What the caller's buffer cannot take is no good end either. */
static void test_full_buffer(void **state)
{
    enum st st;
    struct buf out;
    (void)state;
    buf_init(&out, 100);
    struct content *c = content_new(S("br"), MOST, &st);
    assert_int_equal(content_feed(c, golden("br"), true, &out), ST_NOMEM);
    content_free(c);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_every_split),
        cmocka_unit_test(test_nothing_waits),
        cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_bit_flips),
        cmocka_unit_test(test_behind_the_end),
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_unknown),
        cmocka_unit_test(test_refused_by_the_format),
        cmocka_unit_test(test_old_frames),
        cmocka_unit_test(test_bombs),
        cmocka_unit_test(test_most),
        cmocka_unit_test(test_many_members),
        cmocka_unit_test(test_it_stays_refused),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_full_buffer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
