/* SPDX-License-Identifier: Apache-2.0 */
/* lockdown.c - one function per mechanism; each works without the others.
 * Landlock is called directly: Debian 12 has no library for it, and its header knows ABI 2 only. */
#include "box/lockdown.h"
#include "port/seccomp/filter.h"
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#define LANDLOCK_CREATE       444
#define LANDLOCK_RESTRICT     446
#define LANDLOCK_VERSION_FLAG 1u

struct landlock_attr { /* struct landlock_ruleset_attr of Linux 6.12 (ABI 6) */
    uint64_t fs, net, scoped;
};

/* Every access right that this ABI knows is handled, and no rule grants any of them back. */
static int landlock_everything(void)
{
    long abi = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_VERSION_FLAG);
    if (abi < 1) return 0;
    static const unsigned fs_rights[] = {0, 13, 14, 15, 15, 16};
    unsigned rights = fs_rights[abi < 5 ? abi : 5];
    struct landlock_attr attr = {.fs = (1ull << rights) - 1};
    if (abi >= 4) attr.net = 3;
    if (abi >= 6) attr.scoped = 3;
    size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    long fd = syscall(LANDLOCK_CREATE, &attr, size, 0);
    if (fd < 0) return 0;
    long refused = syscall(LANDLOCK_RESTRICT, fd, 0);
    close((int)fd);
    return refused ? 0 : (int)abi;
}

static void limit(int what, uint64_t most)
{
    struct rlimit l = {.rlim_cur = most, .rlim_max = most};
    (void)setrlimit((__rlimit_resource_t)what, &l);
}

struct box_state lockdown(const struct box_options *o, struct aside **ret_aside)
{
    struct box_state s = {0};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 16);
    *ret_aside = NULL;
    if (!o->sandbox) {
        *ret_aside = aside_new();
        return s;
    }
    limit(RLIMIT_DATA, o->memory);
    limit(RLIMIT_FSIZE, o->spool);
    /* a full spool is an answer of pwrite, not the end of the worker */
    (void)sigaction(SIGXFSZ, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) return s;
    s.landlock_abi = landlock_everything();
    s.landlock = s.landlock_abi > 0;
    *ret_aside = aside_new(); /* under landlock as its maker is; the filter is for both */
    s.seccomp = filter_parser();
    return s;
}
