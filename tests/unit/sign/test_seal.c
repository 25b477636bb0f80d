/* SPDX-License-Identifier: Apache-2.0 */
/* fs-verity with a kernel of our own: few machines that build this have it. What needs a namespace
 * is in tests/journeys/16_run.sh. */
#include "../test.h"
#include "sign/seal.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fsverity.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_kernel_says),
        cmocka_unit_test(its_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
