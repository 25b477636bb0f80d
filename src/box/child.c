/* SPDX-License-Identifier: Apache-2.0 */
#include "box/child.h"
#include "port/seccomp/filter.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

static void limit(int what, uint64_t most)
{
    struct rlimit l = {.rlim_cur = most, .rlim_max = most};
    (void)setrlimit((__rlimit_resource_t)what, &l);
}

static void write_all(int fd, struct slice s)
{
    while (s.n) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) _exit(1);
        s = slice_sub(s, (size_t)n, s.n);
    }
}

static _Noreturn void child_main(child_fn *fn, const void *question, uint64_t seconds, size_t max,
                                 int out)
{
    struct buf answer;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, seconds);
    limit(RLIMIT_FSIZE, 0);
    (void)filter_reader();
    buf_init(&answer, max);
    fn(question, &answer);
    if (!buf_ok(&answer)) _exit(1);
    write_all(out, buf_slice(&answer));
    _exit(0);
}

static bool read_all(int fd, struct buf *out)
{
    uint8_t room[16384];
    ssize_t n;
    do {
        n = read(fd, room, sizeof room);
        if (n > 0) buf_add(out, slice_of(room, (size_t)n));
    } while (n > 0 || (n < 0 && errno == EINTR));
    return n == 0 && buf_ok(out);
}

enum st child_ask(child_fn *fn, const void *question, uint64_t seconds, struct buf *ret_answer)
{
    int end[2], status = 0;
    if (pipe2(end, O_CLOEXEC)) return ST_IO;
    pid_t pid = fork();
    if (pid == 0) {
        close(end[0]);
        child_main(fn, question, seconds, ret_answer->max, end[1]);
    }
    close(end[1]);
    bool ok = pid > 0 && read_all(end[0], ret_answer);
    close(end[0]);
    if (pid > 0) (void)waitpid(pid, &status, 0);
    return ok && status == 0 ? ST_OK : ST_IO;
}
