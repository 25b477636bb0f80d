/* SPDX-License-Identifier: Apache-2.0 */
#include "port/seccomp/filter.h"
#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/mman.h>

/* One message in, mapped input, memory, spool file, records out, end. No open, no socket, no exec,
 * no signal to others, no new thread. */
static const int allowed[] = {
    SCMP_SYS(recvmsg),       SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),       SCMP_SYS(read),
    SCMP_SYS(pread64),       SCMP_SYS(pwrite64),
    SCMP_SYS(ftruncate),     SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),    SCMP_SYS(lseek),
    SCMP_SYS(munmap),        SCMP_SYS(mremap),
    SCMP_SYS(madvise),       SCMP_SYS(brk),
    SCMP_SYS(close),         SCMP_SYS(futex),
    SCMP_SYS(clock_gettime), SCMP_SYS(getrandom),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),          SCMP_SYS(exit_group),
};

/* Memory may be mapped or protected, but never made executable. */
static bool allow_without_exec(scmp_filter_ctx ctx, int call)
{
    return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, call, 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

bool filter_parser(void)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (!ctx) return false;
    bool ok = true;
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        ok = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0) == 0 && ok;
    ok = allow_without_exec(ctx, SCMP_SYS(mmap)) && allow_without_exec(ctx, SCMP_SYS(mprotect)) &&
         ok;
    ok = ok && seccomp_load(ctx) == 0;
    seccomp_release(ctx);
    return ok;
}

/* io_uring opens sockets without a call of that name. */
static const int forbidden[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(socket),         SCMP_SYS(connect),
    SCMP_SYS(fork),   SCMP_SYS(vfork),    SCMP_SYS(ptrace),         SCMP_SYS(kill),
    SCMP_SYS(unlink), SCMP_SYS(rename),   SCMP_SYS(io_uring_setup),
};

static const int not_for_downloads[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork),
    SCMP_SYS(vfork),  SCMP_SYS(ptrace),   SCMP_SYS(kill),
};

static bool forbid(const int *calls, size_t n)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    if (!ctx) return false;
    bool ok = true;
    for (size_t i = 0; i < n; i++)
        ok = seccomp_rule_add(ctx, SCMP_ACT_KILL_PROCESS, calls[i], 0) == 0 && ok;
    ok = ok && seccomp_load(ctx) == 0;
    seccomp_release(ctx);
    return ok;
}

bool filter_reader(void)
{
    return forbid(forbidden, sizeof forbidden / sizeof *forbidden);
}

bool filter_downloader(void)
{
    return forbid(not_for_downloads, sizeof not_for_downloads / sizeof *not_for_downloads);
}
