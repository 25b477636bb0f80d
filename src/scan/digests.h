/* SPDX-License-Identifier: Apache-2.0 */
/* digests.h - digests of files that have not changed since they were hashed last.
 * Why: a model of 500 GB whose README was edited should not be read again; and nobody but the user
 * may be able to put a digest there. A file is known by what stat() says of it (sign/identity.h):
 * device, inode, size, mtime, ctime, owner, mode; it is not even opened. Not remembered, and not
 * believed: files that another user could write (owner, mode), or that changed within two seconds.
 *
 *    file = "merlon-digests-2\n" segment...     what one run added, of one kind of digest
 *    segment = kind:u32 rows:u32 mac:32 row...   row = identity:64 digest
 *
 * The MAC is HMAC-SHA-256, with the key of scan/secret.h, over the first line, the kind and the
 * SHA-256 of the rows. A segment that was changed is not believed, nor is what stands behind it.
 * What it cannot see: a program that keeps writing through a mapping that was dirty before the
 * digest was made, and whoever writes to the disk below the file system. Who fears that asks for
 * --paranoid.
 * Owns: the table, read when there is enough to hash that it may pay; written by digests_done().
 * Threads: calls are serialised inside.   Fails: quietly; then everything is hashed. */
#pragma once
#include "sign/hash.h"

struct digests;

/* `dir` of the cache; NULL result: no memory, or no folder. */
struct digests *digests_open(const char *dir);
const struct hash_memory *digests_memory(const struct digests *d); /* NULL for NULL */
void digests_done(struct digests *d);                              /* NULL is fine */
