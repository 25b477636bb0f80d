/* SPDX-License-Identifier: Apache-2.0 */
/* lockdown.c - one function per mechanism; each works without the others. */
#include "box/lockdown.h"
#include "box/landlock.h"
#include "port/seccomp/filter.h"
#include <sys/prctl.h>
#include <sys/resource.h>

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
    s.landlock_abi = landlock_all_but(NULL, 0, true);
    s.landlock = s.landlock_abi > 0;
    *ret_aside = aside_new(); /* under landlock as its maker is; the filter is for both */
    s.seccomp = filter_parser();
    return s;
}
