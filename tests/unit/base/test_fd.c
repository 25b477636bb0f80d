/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "base/fd.h"
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#define SIZE 200001u /* several pieces, and a rest */

static uint8_t bytes[SIZE];

static int memory_file(void)
{
    for (size_t i = 0; i < SIZE; i++) bytes[i] = (uint8_t)(i * 7 + i / 256);
    int fd = memfd_create("test", MFD_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    struct buf b;
    int fd = memory_file(), copy = memory_file();
    buf_init(&b, SIZE);
    assert_true(fd_write(fd, slice_of(bytes, SIZE)));
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    assert_true(fd_copy(fd, copy));
    assert_int_equal(lseek(copy, 0, SEEK_SET), 0);
    assert_true(fd_read(copy, SIZE, &b));
    assert_int_equal(b.n, SIZE);
    assert_memory_equal(b.p, bytes, SIZE);
    buf_done(&b);
    close(fd);
    close(copy);
}

static void what_is_too_long_is_refused(void **state)
{
    (void)state;
    struct buf b;
    int fd = memory_file();
    assert_true(fd_write(fd, slice_of(bytes, SIZE)));
    for (unsigned i = 0; i < 2; i++) {
        size_t most = i ? SIZE : SIZE - 1;
        buf_init(&b, SIZE - 1);
        assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
        assert_false(fd_read(fd, most, &b));
        assert_int_equal(errno, i ? ENOMEM : EFBIG);
        buf_done(&b);
    }
    close(fd);
}

static void a_descriptor_that_is_none(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, SIZE);
    assert_false(fd_read(-1, SIZE, &b) || fd_write(-1, S("x")) || fd_copy(-1, -1));
    assert_int_equal(errno, EBADF);
    assert_true(fd_write(-1, S(""))); /* nothing to do */
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(what_is_too_long_is_refused),
        cmocka_unit_test(a_descriptor_that_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
