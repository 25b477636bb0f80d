/* SPDX-License-Identifier: Apache-2.0 */
/* privileges.h - what a process that talks to strangers does not need.
 * Owns: nothing.   Threads: before any is started; they inherit it.
 * Fails: never; what the kernel does not know cannot be given up. */
#pragma once
#include <stdbool.h>

/* No capability any more, and no program that is started can bring one back. Ports below 1024 must
 * be bound before. */
void privileges_drop(void);
struct walls {
    int landlock; /* its ABI; 0: this kernel has none */
    bool seccomp;
};
/* From now on: files are read, and written below `writes` alone (NULL: nowhere); no program is
 * started, no other process touched, no socket made but those of the Internet. A build with
 * sanitizers, whose runtime does more than that, has no seccomp. */
struct walls privileges_wall(const char *writes);
/* As many descriptors as the system lets this process have. */
void privileges_files(void);
