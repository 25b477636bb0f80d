/* SPDX-License-Identifier: Apache-2.0 */
/* Behind its walls the gateway can do what it needs, and what an intruder needs is not there. Each
 * attempt is a process of its own. */
#include "../test.h"
#include "base/st.h"
#include "guard/proxy/privileges.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char root[64]; /* holds "log" and "other" */

/* An attempt says 0 where it worked, else errno. */
typedef int attempt_fn(void);

static int outcome(bool ok)
{
    return ok ? 0 : errno;
}

static struct walls walls_of(attempt_fn *f, int *ret_status)
{
    struct walls w;
    int pipes[2];
    assert_int_equal(pipe(pipes), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char log[80];
        (void)snprintf(log, sizeof log, "%s/log", root);
        privileges_drop();
        w = privileges_wall(log);
        if (write(pipes[1], &w, sizeof w) != sizeof w) _exit(99);
        _exit(f());
    }
    assert_int_equal(read(pipes[0], &w, sizeof w), sizeof w);
    close(pipes[0]);
    close(pipes[1]);
    assert_int_equal(waitpid(pid, ret_status, 0), pid);
    return w;
}

static int in(const char *place, int flags)
{
    char path[120];
    (void)snprintf(path, sizeof path, "%s/%s", root, place);
    int fd = open(path, flags, 0600);
    return outcome(fd >= 0);
}

/* ---- files ---- */

static int reads(void)
{
    return in("other/file", O_RDONLY);
}

static int writes_elsewhere(void)
{
    return in("other/file", O_WRONLY);
}

static int makes_elsewhere(void)
{
    return in("other/new", O_WRONLY | O_CREAT);
}

static int writes_log(void)
{
    return in("log/file", O_WRONLY | O_CREAT | O_APPEND);
}

static int renames_log(void)
{
    char from[120], to[120];
    (void)snprintf(from, sizeof from, "%s/log/a", root);
    (void)snprintf(to, sizeof to, "%s/log/b", root);
    int error = in("log/a", O_WRONLY | O_CREAT);
    if (!error) error = outcome(rename(from, to) == 0);
    return error ? error : outcome(unlink(to) == 0);
}

static int moves_out(void)
{
    char from[120], to[120];
    (void)snprintf(from, sizeof from, "%s/log/c", root);
    (void)snprintf(to, sizeof to, "%s/other/c", root);
    (void)in("log/c", O_WRONLY | O_CREAT);
    return outcome(rename(from, to) == 0);
}

static void test_files(void **state)
{
    static const struct {
        attempt_fn *f;
        bool works;
    } rows[] = {{reads, true},      {writes_elsewhere, false}, {makes_elsewhere, false},
                {writes_log, true}, {renames_log, true},       {moves_out, false}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int status;
        struct walls w = walls_of(rows[i].f, &status);
        if (!w.landlock) skip(); /* this kernel has none */
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status) == 0, rows[i].works);
    }
}

/* ---- calls ---- */

static int internet(void)
{
    int four = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return outcome(four >= 0 && socket(AF_INET6, SOCK_DGRAM, 0) >= 0);
}

static void *nothing(void *arg)
{
    return arg;
}

static int thread(void)
{
    pthread_t t;
    errno = pthread_create(&t, NULL, nothing, NULL);
    return errno ? errno : pthread_join(t, NULL);
}

static int of_packets(void)
{
    return outcome(socket(AF_PACKET, SOCK_RAW, 0) >= 0);
}

static int of_unix(void)
{
    return outcome(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
}

static int of_netlink(void)
{
    return outcome(socket(AF_NETLINK, SOCK_RAW, 0) >= 0);
}

static int forks(void)
{
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    return outcome(pid > 0);
}

static int maps_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return outcome(p != MAP_FAILED);
}

static int makes_code(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return outcome(p != MAP_FAILED && mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0);
}

static int signals(void)
{
    return outcome(kill(getppid(), 0) == 0);
}

static int changes_modes(void)
{
    char path[120];
    (void)snprintf(path, sizeof path, "%s/other/file", root);
    return outcome(chmod(path, 04755) == 0);
}

static int executes(void)
{
    char *const args[] = {(char *)(uintptr_t) "true", NULL};
    return outcome(execv("/bin/true", args) == 0);
}

static int traces(void)
{
    return outcome(ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0);
}

enum end { WORKS, REFUSED, KILLED };

static void test_calls(void **state)
{
    static const struct {
        attempt_fn *f;
        enum end end;
    } rows[] = {{internet, WORKS},        {thread, WORKS},       {of_packets, REFUSED},
                {of_unix, REFUSED},       {of_netlink, REFUSED}, {forks, REFUSED},
                {maps_code, REFUSED},     {makes_code, REFUSED}, {signals, REFUSED},
                {changes_modes, REFUSED}, {executes, KILLED},    {traces, KILLED}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int status;
        struct walls w = walls_of(rows[i].f, &status);
        if (!w.seccomp) skip();
        enum end end = WIFSIGNALED(status) ? KILLED : WEXITSTATUS(status) ? REFUSED : WORKS;
        if (end != rows[i].end) print_error("row %zu: status %x\n", i, (unsigned)status);
        assert_int_equal(end, rows[i].end);
        if (end == KILLED) assert_int_equal(WTERMSIG(status), SIGSYS);
    }
}

static int setup(void **state)
{
    char path[120];
    (void)state;
    (void)snprintf(root, sizeof root, "/tmp/merlon-walls-XXXXXX");
    if (!mkdtemp(root)) return 1;
    (void)snprintf(path, sizeof path, "%s/log", root);
    if (mkdir(path, 0700)) return 1;
    (void)snprintf(path, sizeof path, "%s/other", root);
    return mkdir(path, 0700) || in("other/file", O_WRONLY | O_CREAT);
}

static int teardown(void **state)
{
    static const char *const names[] = {"log/file", "log/c", "other/file", "log", "other", ""};
    char path[120];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", root, names[i]);
        (void)remove(path);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_files), cmocka_unit_test(test_calls)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
