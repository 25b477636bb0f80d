/* SPDX-License-Identifier: Apache-2.0 */
/* ask.h - the child's side of git.h.
 * Answers on `fd`: records of kind:u8 length:u32le bytes. P a path, L something left out, E an
 * error, D done. Of the past: B a blob: "commit\0date\0path\0size", then size:u64le and its bytes;
 * X a blob that is too large (the same text), M an object that is not there.
 * Owns: the process it runs in.   Threads: one.   Fails: an E record. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct ask {
    const char *root, *revision; /* revision NULL: staged */
    const char *to;
    const char *index; /* NULL: the repository's own */
    bool past;         /* the blobs of the history */
    const char *below; /* past: only of this folder or file; "" = all */
    uint64_t blob_max; /* past: larger ones are only named */
    int fd;
};

_Noreturn void ask_run(const struct ask *a);
