/* SPDX-License-Identifier: Apache-2.0 */
/* landlock.h - files that a process gives up (Linux 5.13 and later), called directly: Debian 12 has
 * no library for it, and its header knows ABI 2 only.
 * Owns: nothing.   Threads: holds for the caller and for threads that it starts afterwards.
 * Fails: 0: this kernel has none, or refuses. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct landlock_path {
    const char *path; /* and all below it; one that is not there allows nothing */
    bool write;       /* files are made, changed and removed there; else only read */
};

/* Everything but these is given up: also signals to other processes, and `net`: TCP. The ABI. */
int landlock_all_but(const struct landlock_path *allowed, size_t count, bool net);
