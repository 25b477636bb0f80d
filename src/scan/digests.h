/* SPDX-License-Identifier: Apache-2.0 */
/* digests.h - digests of files that have not changed since they were hashed last.
 * Why: a model of 500 GB whose README was edited should not be read again; and nobody but the user
 * may be able to put a digest there. Entries are authenticated and bound to the file's identity as
 * in scan/cache.h, from a file of their own. Not remembered, and not believed:
 *   files that another user could write (owner, mode), or that changed within two seconds;
 *   files below 64 KiB, which are hashed as fast as they are looked up.
 * What it cannot see: a program that keeps writing through a mapping that was dirty before the
 * digest was made, and whoever writes to the disk below the file system. Who fears that asks for
 * --paranoid.
 * Owns: the cache, opened at the first file that it may know; written by digests_done().
 * Threads: calls are serialised inside.   Fails: quietly; then everything is hashed. */
#pragma once
#include "sign/hash.h"

struct digests;

/* `dir` of the cache; NULL result: no memory, or no folder. */
struct digests *digests_open(const char *dir);
const struct hash_memory *digests_memory(const struct digests *d); /* NULL for NULL */
void digests_done(struct digests *d);                              /* NULL is fine */
