/* SPDX-License-Identifier: Apache-2.0 */
/* seal.h - what was verified is what is loaded.
 * Why: between the check of a file and its use somebody may write to it. Two ways to end that:
 *
 *    a private copy   The process gets a mount namespace of its own. In it the folder is covered by
 *                     a file system in memory that holds a copy of it and becomes read-only; the
 *                     copy is what is verified, and what a server started here then sees. Nobody
 *                     outside of the namespace has a path to it. Costs as much memory as the model.
 *    fs-verity        The kernel makes a file unchangeable for ever (it can only be deleted) and
 *                     checks every page that is read from the disk against a Merkle tree. ext4,
 *                     f2fs and btrfs, where the file system was made for it. Costs no memory.
 *
 * Owns: nothing.   Threads: seal_enter() only before there are any.   Fails: false, with a sentence
 * in `ret_why`. */
#pragma once
#include "base/arena.h"

struct seal_copied {
    uint64_t files, bytes;
};

/* From here on this process and those it starts see mounts of their own. Without the rights of
 * root it needs user namespaces. */
bool seal_enter(struct arena *a, struct slice *ret_why);
/* Cover the folder, or the file, by a copy of itself. Links to files become files when `links`;
 * other links stay links. The current folder is entered again if it lies in there. */
bool seal_copy(const char *path, bool links, struct arena *a, struct seal_copied *ret,
               struct slice *ret_why);
/* No more writing to the copy, not even by us. */
bool seal_lock(const char *path, struct arena *a, struct slice *ret_why);

enum seal_verity {
    SEAL_DONE,
    SEAL_ALREADY,
    SEAL_IMPOSSIBLE, /* this file system has no fs-verity */
    SEAL_REFUSED,    /* errno says why: somebody writes to it, no permission */
};

/* Make one file unchangeable. fd: read-only. */
enum seal_verity seal_file(int fd);
/* The digest that the kernel holds the file to; false: it is not sealed. */
bool seal_digest(int fd, uint8_t ret_sha256[32]);
