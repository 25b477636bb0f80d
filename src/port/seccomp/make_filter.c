/* SPDX-License-Identifier: Apache-2.0 */
/* make_filter.c - run by the build: what each kind of process may do, through libseccomp into the
 * programs that the kernel takes, as C arrays. Made here, because every worker would pay for it:
 * as much again as the kernel takes to install the program.
 *    make_filter OUT.c */
#include <errno.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <linux/filter.h>

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

/* One message in, mapped input, memory, spool file, records out, end. No open, no socket, no exec,
 * no signal to others, no new thread. */
static const int for_parser[] = {
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

/* io_uring opens sockets without a call of that name. */
static const int not_for_readers[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(socket),         SCMP_SYS(connect),
    SCMP_SYS(fork),   SCMP_SYS(vfork),    SCMP_SYS(ptrace),         SCMP_SYS(kill),
    SCMP_SYS(unlink), SCMP_SYS(rename),   SCMP_SYS(io_uring_setup),
};

static const int not_for_downloads[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork),
    SCMP_SYS(vfork),  SCMP_SYS(ptrace),   SCMP_SYS(kill),
};

/* Loops, TLS, the log's thread, a reload that opens files and asks for names. Sockets, clone and
 * the like have conditions: see allow_gateway(). */
static const int for_gateway[] = {
    /* sockets */
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept4),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(setsockopt),
    SCMP_SYS(getsockopt),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),
    /* files */
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pwrite64),
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(close),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(lseek),
    SCMP_SYS(fcntl),
    SCMP_SYS(dup),
    SCMP_SYS(flock),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    SCMP_SYS(getdents64),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(umask),
    /* memory, threads, time, who we are */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getrusage),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
};

/* What no mistake of ours leads to. */
static const int not_for_gateway[] = {
    SCMP_SYS(execve),
    SCMP_SYS(execveat),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(bpf),
    SCMP_SYS(mount),
    SCMP_SYS(unshare),
    SCMP_SYS(init_module),
    SCMP_SYS(kexec_load),
};

/* Memory may be mapped or protected, but never made executable. */
static bool allow_without_exec(scmp_filter_ctx ctx, int call)
{
    return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, call, 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

static bool add_all(scmp_filter_ctx ctx, uint32_t action, const int *calls, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (seccomp_rule_add(ctx, action, calls[i], 0)) return false;
    return true;
}

/* One argument must be this, in the bits of the mask. */
static bool allow_if(scmp_filter_ctx ctx, int call, unsigned arg, uint64_t mask, uint64_t value)
{
    return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, call, 1,
                            SCMP_CMP(arg, SCMP_CMP_MASKED_EQ, mask, value)) == 0;
}

/* clone3 hides its flags in memory: without it, glibc asks clone, whose flags can be seen. */
static bool allow_gateway(scmp_filter_ctx ctx)
{
    const uint64_t all = UINT32_MAX; /* the kernel takes ints */
    return add_all(ctx, SCMP_ACT_ALLOW, for_gateway, COUNT_OF(for_gateway)) &&
           add_all(ctx, SCMP_ACT_KILL_PROCESS, not_for_gateway, COUNT_OF(not_for_gateway)) &&
           allow_without_exec(ctx, SCMP_SYS(mmap)) && allow_without_exec(ctx, SCMP_SYS(mprotect)) &&
           allow_if(ctx, SCMP_SYS(socket), 0, all, AF_INET) &&
           allow_if(ctx, SCMP_SYS(socket), 0, all, AF_INET6) &&
           allow_if(ctx, SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD) &&
           allow_if(ctx, SCMP_SYS(ioctl), 1, all, FIONREAD) &&
           allow_if(ctx, SCMP_SYS(ioctl), 1, all, TCGETS) &&
           allow_if(ctx, SCMP_SYS(ioctl), 1, all, TIOCGWINSZ) &&
           allow_if(ctx, SCMP_SYS(prlimit64), 0, all, 0) &&
           allow_if(ctx, SCMP_SYS(prctl), 0, all, PR_SET_NAME);
}

static bool write_program(scmp_filter_ctx ctx, const char *name, FILE *out)
{
    struct sock_filter op;
    FILE *made = tmpfile();
    bool ok = made && seccomp_export_bpf(ctx, fileno(made)) == 0 && fseek(made, 0, SEEK_SET) == 0;
    if (ok) fprintf(out, "\nconst struct sock_filter filter_%s_program[] = {\n", name);
    while (ok && fread(&op, sizeof op, 1, made) == 1)
        fprintf(out, "    {0x%02x, %u, %u, 0x%x},\n", op.code, op.jt, op.jf, op.k);
    if (ok)
        fprintf(out,
                "};\nconst unsigned short filter_%s_length = sizeof filter_%s_program / "
                "sizeof *filter_%s_program;\n",
                name, name, name);
    if (made) fclose(made);
    return ok;
}

static bool write_allowing(FILE *out)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool ok = ctx && add_all(ctx, SCMP_ACT_ALLOW, for_parser, COUNT_OF(for_parser)) &&
              allow_without_exec(ctx, SCMP_SYS(mmap)) &&
              allow_without_exec(ctx, SCMP_SYS(mprotect)) && write_program(ctx, "parser", out);
    if (ctx) seccomp_release(ctx);
    return ok;
}

static bool write_gateway(FILE *out)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    bool ok = ctx && allow_gateway(ctx) && write_program(ctx, "gateway", out);
    if (ctx) seccomp_release(ctx);
    return ok;
}

static bool write_forbidding(const char *name, const int *calls, size_t n, FILE *out)
{
    scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
    bool ok = ctx && add_all(ctx, SCMP_ACT_KILL_PROCESS, calls, n) && write_program(ctx, name, out);
    if (ctx) seccomp_release(ctx);
    return ok;
}

int main(int argc, char **argv)
{
    FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (!out) return 1;
    /* the kernel of this machine need not be the one that it will run on: 3 has KILL_PROCESS */
    (void)seccomp_api_set(3);
    fprintf(out, "/* Made by make_filter: do not edit. */\n#include \"port/seccomp/programs.h\"\n");
    bool ok = write_allowing(out) && write_gateway(out) &&
              write_forbidding("reader", not_for_readers, COUNT_OF(not_for_readers), out) &&
              write_forbidding("downloader", not_for_downloads, COUNT_OF(not_for_downloads), out);
    if (fclose(out)) ok = false;
    if (!ok) fprintf(stderr, "make_filter: libseccomp did not make the programs\n");
    return !ok;
}
