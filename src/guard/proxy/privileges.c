/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/proxy/privileges.h"
#include "box/landlock.h"
#include "port/seccomp/filter.h"
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

void privileges_drop(void)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    for (unsigned long cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
        (void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
    (void)syscall(SYS_capset, &head, none);
}

struct walls privileges_wall(const char *writes)
{
    const struct landlock_path open[] = {{"/", false}, {writes, true}};
    struct walls w = {.landlock = landlock_all_but(open, writes ? 2 : 1, false)};
#ifndef MERLON_SANITIZED
    w.seccomp = filter_gateway();
#endif
    return w;
}

void privileges_files(void)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r)) return;
    r.rlim_cur = r.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &r);
}
