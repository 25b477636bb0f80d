/* SPDX-License-Identifier: Apache-2.0 */
/* make_filter.c - run by the build: what each kind of process may do, through libseccomp into the
 * programs that the kernel takes, as C arrays. Made here, because every worker would pay for it:
 * as much again as the kernel takes to install the program.
 *    make_filter OUT.c */
#include <seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>

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
    bool ok = write_allowing(out) &&
              write_forbidding("reader", not_for_readers, COUNT_OF(not_for_readers), out) &&
              write_forbidding("downloader", not_for_downloads, COUNT_OF(not_for_downloads), out);
    if (fclose(out)) ok = false;
    if (!ok) fprintf(stderr, "make_filter: libseccomp did not make the programs\n");
    return !ok;
}
