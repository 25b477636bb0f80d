/* SPDX-License-Identifier: Apache-2.0 */
#include "box/landlock.h"
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LANDLOCK_CREATE       444
#define LANDLOCK_ADD_RULE     445
#define LANDLOCK_RESTRICT     446
#define LANDLOCK_VERSION_FLAG 1u
#define LANDLOCK_BENEATH      1

enum { /* rights over files, as the kernel counts them */
       WRITE_FILE = 1 << 1,
       READ_FILE = 1 << 2,
       READ_DIR = 1 << 3,
       REMOVE_FILE = 1 << 5,
       MAKE_REG = 1 << 8,
       TRUNCATE = 1 << 14,
};

struct landlock_attr { /* struct landlock_ruleset_attr of Linux 6.12 (ABI 6) */
    uint64_t fs, net, scoped;
};

struct landlock_beneath { /* struct landlock_path_beneath_attr */
    uint64_t allowed;
    int32_t folder;
} __attribute__((packed));

static bool allow(int rules, const struct landlock_path *p, uint64_t known)
{
    uint64_t rights = READ_FILE | READ_DIR;
    if (p->write) rights |= WRITE_FILE | REMOVE_FILE | MAKE_REG | TRUNCATE;
    struct landlock_beneath rule = {rights & known, open(p->path, O_PATH | O_CLOEXEC)};
    if (rule.folder < 0) return true;
    long refused = syscall(LANDLOCK_ADD_RULE, rules, LANDLOCK_BENEATH, &rule, 0);
    close(rule.folder);
    return !refused;
}

/* Every access right that this ABI knows is handled: what no rule grants is gone. */
int landlock_all_but(const struct landlock_path *allowed, size_t count, bool net)
{
    static const unsigned fs_rights[] = {0, 13, 14, 15, 15, 16};
    long abi = syscall(LANDLOCK_CREATE, NULL, 0, LANDLOCK_VERSION_FLAG);
    if (abi < 1) return 0;
    struct landlock_attr attr = {.fs = (1ull << fs_rights[abi < 5 ? abi : 5]) - 1};
    if (abi >= 4 && net) attr.net = 3;
    if (abi >= 6) attr.scoped = 3;
    size_t size = abi >= 6 ? 24 : abi >= 4 ? 16 : 8;
    int fd = (int)syscall(LANDLOCK_CREATE, &attr, size, 0);
    if (fd < 0) return 0;
    bool ok = true;
    for (size_t i = 0; i < count; i++) ok = ok && allow(fd, &allowed[i], attr.fs);
    ok = ok && !syscall(LANDLOCK_RESTRICT, fd, 0);
    close(fd);
    return ok ? (int)abi : 0;
}
