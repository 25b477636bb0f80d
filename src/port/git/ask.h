/* SPDX-License-Identifier: Apache-2.0 */
/* ask.h - the child's side of git.h.
 * Answers on `fd`: records of kind:u8 length:u32le bytes. P a path, L something left out, E an
 * error, D done.
 * Owns: the process it runs in.   Threads: one.   Fails: an E record. */
#pragma once

struct ask {
    const char *root, *revision; /* revision NULL: staged */
    const char *to;
    const char *index; /* NULL: the repository's own */
    int fd;
};

_Noreturn void ask_run(const struct ask *a);
