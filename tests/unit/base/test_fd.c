/* SPDX-License-Identifier: Apache-2.0 */
#include "../test.h"
#include "base/fd.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

/* ---- below a folder ---- */

long __real_syscall(long number, ...);
long __wrap_syscall(long number, long a, long b, long c, long d);

static int refused; /* an errno: this kernel does not know openat2() */

long __wrap_syscall(long number, long a, long b, long c, long d)
{
    if (!refused || number != SYS_openat2) return __real_syscall(number, a, b, c, d);
    errno = refused;
    return -1;
}

static int make_folder(char place[])
{
    assert_non_null(mkdtemp(place));
    int dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(dir >= 0 && !mkdirat(dir, "in", 0700) && !mkdirat(dir, "in/it", 0300));
    int fd = openat(dir, "in/it/file", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && fd_write(fd, S("x")));
    close(fd);
    assert_false(symlinkat("in", dir, "way") || symlinkat("in/it/file", dir, "end"));
    assert_false(mkfifoat(dir, "pipe", 0600));
    return dir;
}

static void remove_folder(const char *place, int dir)
{
    assert_false(unlinkat(dir, "in/it/file", 0) || unlinkat(dir, "in/it", AT_REMOVEDIR) ||
                 unlinkat(dir, "in", AT_REMOVEDIR) || unlinkat(dir, "way", 0) ||
                 unlinkat(dir, "end", 0) || unlinkat(dir, "pipe", 0));
    close(dir);
    assert_false(rmdir(place));
}

static void only_what_is_below(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        bool link, opens;
    } cases[] = {{"in/it/file", false, true},
                 {"in/it/file", true, true}, /* no right to list it */
                 {"pipe", false, true},      /* without waiting */
                 {"end", true, true},
                 {"end", false, false},
                 {"way/it/file", false, false},
                 {"way/it/file", true, false},
                 {"in/../end", true, false},
                 {"../x", false, false},
                 {"in/../in/it/file", true, false},
                 {"/etc/passwd", false, false},
                 {"/etc/passwd", true, false},
                 {"in/none", false, false},
                 {"end/file", false, false}};
    char place[] = "/tmp/merlon-fd-XXXXXX";
    int dir = make_folder(place);
    for (size_t i = 0; i < 3 * (sizeof cases / sizeof *cases); i++) {
        refused = i % 3 == 0 ? 0 : i % 3 == 1 ? ENOSYS : EPERM;
        int fd = fd_open_below(dir, cases[i / 3].path, cases[i / 3].link);
        if ((fd >= 0) != cases[i / 3].opens) fail_msg("%s, %d", cases[i / 3].path, refused);
        if (fd >= 0) close(fd);
    }
    remove_folder(place, dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(what_is_too_long_is_refused),
        cmocka_unit_test(a_descriptor_that_is_none),
        cmocka_unit_test(only_what_is_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
