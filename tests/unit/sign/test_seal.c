/* SPDX-License-Identifier: Apache-2.0 */
/* fs-verity with a kernel of our own: few machines that build this have it. Copies in a namespace,
 * where the machine gives one, and what happens when a mount fails or memory runs out; whole
 * commands are in tests/journeys/16_run.sh. */
#include "folder.h"
#include "sign/seal.h"
#include <errno.h>
#include <limits.h>
#include <linux/fsverity.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>

int __wrap_ioctl(int fd, unsigned long request, ...);

static int answer; /* 0 or an errno */
static struct fsverity_enable_arg asked;

int __wrap_ioctl(int fd, unsigned long request, ...)
{
    va_list ap;
    va_start(ap, request);
    void *arg = va_arg(ap, void *);
    va_end(ap);
    (void)fd;
    if (request == FS_IOC_ENABLE_VERITY) asked = *(const struct fsverity_enable_arg *)arg;
    if (request == FS_IOC_MEASURE_VERITY && !answer) {
        struct fsverity_digest *d = arg;
        assert_true(d->digest_size >= 32);
        d->digest_algorithm = FS_VERITY_HASH_ALG_SHA256;
        d->digest_size = 32;
        memset(d->digest, 7, 32);
    }
    errno = answer;
    return answer ? -1 : 0;
}

static void what_the_kernel_says(void **state)
{
    (void)state;
    static const struct {
        int error;
        enum seal_verity expect;
    } cases[] = {{0, SEAL_DONE},
                 {EEXIST, SEAL_ALREADY},
                 {ENOTTY, SEAL_IMPOSSIBLE},
                 {EOPNOTSUPP, SEAL_IMPOSSIBLE},
                 {ETXTBSY, SEAL_REFUSED},
                 {EACCES, SEAL_REFUSED}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        answer = cases[i].error;
        assert_int_equal(seal_file(0), cases[i].expect);
        assert_int_equal(asked.version, 1);
        assert_int_equal(asked.hash_algorithm, FS_VERITY_HASH_ALG_SHA256);
        assert_int_equal(asked.block_size, 4096);
    }
}

static void its_digest(void **state)
{
    (void)state;
    uint8_t raw[32] = {0}, expect[32];
    memset(expect, 7, sizeof expect);
    answer = ENODATA;
    assert_false(seal_digest(0, raw));
    answer = 0;
    assert_true(seal_digest(0, raw));
    assert_memory_equal(raw, expect, sizeof raw);
}

/* ---- copies: each in a process of its own, whose mounts end with it ---- */

int __real_mount(const char *from, const char *to, const char *kind, unsigned long flags,
                 const void *data);
int __wrap_mount(const char *from, const char *to, const char *kind, unsigned long flags,
                 const void *data);

static unsigned mounts_left = UINT_MAX; /* until the one that fails */

int __wrap_mount(const char *from, const char *to, const char *kind, unsigned long flags,
                 const void *data)
{
    if (mounts_left == UINT_MAX || mounts_left--) return __real_mount(from, to, kind, flags, data);
    mounts_left = UINT_MAX;
    errno = EPERM;
    return -1;
}

#define NO_NAMESPACE 255
#define CHECK(what)                                                \
    do {                                                           \
        if (!(what)) {                                             \
            print_error("%s:%d: " #what "\n", __FILE__, __LINE__); \
            _exit(1);                                              \
        }                                                          \
    } while (0)

static void in_a_namespace(void (*run)(struct arena *a))
{
    int status = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        struct arena arena;
        struct slice why = {0};
        arena_init(&arena, 1u << 20, 4096);
        if (!seal_enter(&arena, &why)) _exit(NO_NAMESPACE);
        run(&arena);
        arena_done(&arena);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == NO_NAMESPACE) skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static bool holds(const char *name, struct slice content)
{
    struct buf b;
    int fd = open(folder_path(name), O_RDONLY | O_CLOEXEC);
    buf_init(&b, 4096);
    bool same = fd >= 0 && fd_read(fd, 4096, &b) && slice_eq(buf_slice(&b), content);
    if (fd >= 0) close(fd);
    buf_done(&b);
    return same;
}

static bool is_link(const char *name)
{
    struct stat sb;
    return !lstat(folder_path(name), &sb) && S_ISLNK(sb.st_mode);
}

static bool can_write(const char *name)
{
    int fd = open(folder_path(name), O_WRONLY | O_CLOEXEC);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

static void copies(struct arena *a)
{
    struct seal_copied done;
    struct slice why = {0};
    int before = open(folder_path("a"), O_WRONLY | O_CLOEXEC);
    CHECK(before >= 0 && seal_copy(folder, false, a, &done, &why));
    CHECK(done.files == 2 && done.bytes == 11 && is_link("link") && is_link("dangling"));
    CHECK(holds("a", S("first")) && holds("in/b", S("second")) && holds("link", S("first")));
    CHECK(pwrite(before, "FIRST", 5, 0) == 5); /* who had it open writes to the original */
    CHECK(holds("a", S("first")));
    CHECK(pwrite(before, "first", 5, 0) == 5);
    CHECK(seal_lock(folder, a, &why));
    errno = 0;
    CHECK(!can_write("a") && errno == EROFS);
}

static void copies_links(struct arena *a)
{
    struct seal_copied done;
    struct slice why = {0};
    CHECK(seal_copy(folder, true, a, &done, &why));
    CHECK(done.files == 3 && !is_link("link") && is_link("dangling") && holds("link", S("first")));
}

static void copies_a_file(struct arena *a)
{
    struct seal_copied done;
    struct slice why = {0};
    CHECK(seal_copy(folder_path("in/b"), false, a, &done, &why));
    CHECK(done.files == 1 && done.bytes == 6 && holds("in/b", S("second")));
    CHECK(seal_lock(folder_path("in/b"), a, &why) && !can_write("in/b") && can_write("a"));
}

/* False with a reason, and the folder as it was. */
static void mounts_fail(struct arena *a)
{
    struct seal_copied done;
    struct slice why = {0};
    unsigned before = open_descriptors();
    mounts_left = 0;
    CHECK(!seal_copy(folder, false, a, &done, &why) && slice_starts(why, S("cannot cover")));
    mounts_left = 0;
    CHECK(!seal_copy(folder_path("a"), false, a, &done, &why) && slice_starts(why, S("no room")));
    mounts_left = 1;
    CHECK(!seal_copy(folder_path("a"), false, a, &done, &why) && slice_has(why, S("cannot cover")));
    CHECK(!seal_copy(folder_path("nowhere"), false, a, &done, &why));
    mounts_left = 0;
    CHECK(!seal_lock(folder, a, &why) && slice_starts(why, S("cannot make the copy read-only")));
    mounts_left = UINT_MAX;
    CHECK(open_descriptors() == before && can_write("a") && holds("a", S("first")));
}

/* What cannot be copied ends it, also where there is no memory to say why. */
static void refuses(struct arena *a)
{
    struct seal_copied done;
    struct slice why = {0};
    struct arena none;
    unsigned before = open_descriptors();
    CHECK(mkfifo(folder_path("in/pipe"), 0600) == 0);
    CHECK(!seal_copy(folder, false, a, &done, &why));
    CHECK(slice_has(why, S("not a regular file: in/pipe")));
    CHECK(umount2(folder, MNT_DETACH) == 0);
    arena_init(&none, 0, 0);
    CHECK(!seal_copy(folder, false, &none, &done, &why) && !why.p);
    CHECK(umount2(folder, MNT_DETACH) == 0);
    CHECK(!seal_copy(folder_path("in/pipe"), false, &none, &done, &why) && !why.p);
    CHECK(unlink(folder_path("in/pipe")) == 0 && open_descriptors() == before);
}

static void too_deep(struct arena *a)
{
    struct seal_copied done;
    struct slice why = {0};
    unsigned before = open_descriptors();
    CHECK(mkdir(folder_path("deep"), 0700) == 0);
    int at = open(folder_path("deep"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; i < 210; i++) {
        CHECK(mkdirat(at, "d", 0700) == 0);
        int next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        close(at);
        at = next;
    }
    close(at);
    CHECK(!seal_copy(folder, false, a, &done, &why) && slice_starts(why, S("lies too deep:")));
    CHECK(open_descriptors() == before);
}

static void in_memory(void **state)
{
    (void)state;
    in_a_namespace(copies);
    in_a_namespace(copies_links);
    in_a_namespace(copies_a_file);
}

static void what_cannot_be_copied(void **state)
{
    (void)state;
    in_a_namespace(mounts_fail);
    in_a_namespace(refuses);
    in_a_namespace(too_deep);
    assert_true(holds("a", S("first")) && holds("in/b", S("second")));
}

static int start(void **state)
{
    if (folder_start(state)) return -1;
    assert_false(mkdir(folder_path("in"), 0700));
    folder_put("a", S("first"));
    folder_put("in/b", S("second"));
    assert_false(symlink("a", folder_path("link")) || symlink("nowhere", folder_path("dangling")));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_kernel_says),
        cmocka_unit_test(its_digest),
        cmocka_unit_test(in_memory),
        cmocka_unit_test(what_cannot_be_copied),
    };
    return cmocka_run_group_tests(tests, start, folder_finish);
}
