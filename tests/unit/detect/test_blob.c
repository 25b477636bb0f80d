/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "base/buf.h"
#include "detect/blob.h"
#include <fcntl.h>
#include <unistd.h>

#define ROOM 8

static size_t search(struct slice s, struct blob_hit hits[ROOM])
{
    return blob_find_executables(s, 0, s.n, hits, ROOM);
}

static void put_at(struct buf *b, size_t pos, uint64_t v, size_t n)
{
    for (size_t i = 0; i < n; i++) b->p[pos + i] = (uint8_t)(v >> (8 * i));
}

/* A PE header of one section, `pad` bytes into zeros. */
static void make_pe(struct buf *b, size_t pad, uint32_t lfanew)
{
    buf_init(b, 1u << 20);
    buf_fill(b, 0, pad + 1024);
    put_at(b, pad, 0x5a4d, 2);
    put_at(b, pad + 60, lfanew, 4);
    put_at(b, pad + 0x80, 0x4550, 4);
    put_at(b, pad + 0x84, 0x8664, 2);
    put_at(b, pad + 0x86, 1, 2);
    put_at(b, pad + 0x94, 240, 2);
    put_at(b, pad + 0x96, 0x22, 2);
    put_at(b, pad + 0x98, 0x20b, 2);
}

static void own_program_is_found(void **state)
{
    (void)state;
    static uint8_t bytes[64u << 10];
    struct blob_hit hits[ROOM];
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    ssize_t n = read(fd, &bytes[1001], sizeof bytes - 1001);
    close(fd);
    assert_true(n > 4096);
    assert_int_equal(search(slice_of(bytes, sizeof bytes), hits), 1);
    assert_int_equal(hits[0].format, FMT_ELF);
    assert_int_equal(hits[0].offset, 1001);
}

static void windows_program_needs_its_pointer(void **state)
{
    (void)state;
    struct blob_hit hits[ROOM];
    struct buf b;
    make_pe(&b, 77, 0x80);
    assert_int_equal(search(buf_slice(&b), hits), 1);
    assert_int_equal(hits[0].format, FMT_PE);
    assert_int_equal(hits[0].offset, 77);
    buf_done(&b);
    make_pe(&b, 77, 0x84);
    assert_int_equal(search(buf_slice(&b), hits), 0);
    buf_done(&b);
}

static void a_cut_header_is_none(void **state)
{
    (void)state;
    struct blob_hit hits[ROOM];
    struct buf b;
    make_pe(&b, 0, 0x80);
    assert_int_equal(search(slice_sub(buf_slice(&b), 0, 0x98 + 240 + 40), hits), 1);
    assert_int_equal(search(slice_sub(buf_slice(&b), 0, 0x98 + 240 + 39), hits), 0);
    buf_done(&b);
}

static void macho_is_found(void **state)
{
    (void)state;
    struct blob_hit hits[ROOM];
    struct buf b;
    buf_init(&b, 4096);
    buf_fill(&b, 0xaa, 33);
    buf_u32le(&b, 0xfeedfacf);
    buf_u32le(&b, 0x0100000c);
    buf_u32le(&b, 0);
    buf_u32le(&b, 2);  /* a program */
    buf_u32le(&b, 1);  /* of one load command */
    buf_u32le(&b, 72); /* that long */
    buf_fill(&b, 0, 8);
    buf_u32le(&b, 0x19);
    buf_u32le(&b, 72);
    buf_fill(&b, 0, 64);
    assert_int_equal(search(buf_slice(&b), hits), 1);
    assert_int_equal(hits[0].offset, 33);
    assert_int_equal(hits[0].format, FMT_MACHO);
    buf_done(&b);
}

static void windows_meet_without_gap_or_repeat(void **state)
{
    (void)state;
    struct blob_hit hits[ROOM];
    struct buf b;
    make_pe(&b, 900, 0x80);
    for (uint64_t width = 1; width < 200; width += 3) {
        size_t n = 0;
        for (uint64_t from = 0; from < b.n; from += width)
            n += blob_find_executables(buf_slice(&b), from, from + width, hits, ROOM);
        assert_int_equal(n, 1);
    }
    buf_done(&b);
}

/* What weights look like: magic letters by chance must stay silent. */
static void chance_is_silent(void **state)
{
    (void)state;
    struct blob_hit hits[ROOM];
    size_t n = 8u << 20;
    uint8_t *p = malloc(n);
    uint64_t x = 88172645463325252u;
    assert_non_null(p);
    for (size_t i = 0; i < n; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        p[i] = (uint8_t)x;
    }
    for (size_t i = 0; i + 64 < n; i += 4096)
        memcpy(&p[i],
               i & 4096 ? "MZ\x90"
                        : "\x7f"
                          "ELF",
               4);
    assert_int_equal(search(slice_of(p, n), hits), 0);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_program_is_found),
        cmocka_unit_test(windows_program_needs_its_pointer),
        cmocka_unit_test(a_cut_header_is_none),
        cmocka_unit_test(macho_is_found),
        cmocka_unit_test(windows_meet_without_gap_or_repeat),
        cmocka_unit_test(chance_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
