/* SPDX-License-Identifier: Apache-2.0 */
/* cache.h - what an unchanged file was found to be last time.
 * Why: a second scan of the same tree should cost next to nothing, and must not be trusted blindly:
 * every entry is authenticated with a key that only the user can read, and bound to the file's
 * identity (device, inode, size, mtime, ctime), the rules and the options. ctime cannot be set by
 * a program, and a file that changed within two seconds of the scan is not cached (racy clock).
 *
 *    file = "merlon-cache-2\n" entry...      entry = length:u32 key:32 mac:32 payload
 *
 * Owns: the loaded file and the new entries.   Threads: get and put are serialised inside.
 * Fails: quietly; without a cache everything is simply scanned again. */
#pragma once
#include "base/buf.h"
#include <sys/stat.h>

struct cache;

/* dir is created when missing; `name` of the file in it. NULL result: no cache. */
struct cache *cache_open(const char *dir, const char *name);
void cache_close(struct cache *c); /* writes new entries; NULL is fine */

enum cache_answer { CACHE_MISS, CACHE_HIT, CACHE_TAMPERED };

/* The key of a file as it stands; false when it must not be cached. `salt`: rules and options. */
bool cache_key(const struct stat *sb, struct slice salt, uint8_t ret_key[32]);
/* The payload stays valid until cache_close. */
enum cache_answer cache_get(struct cache *c, const uint8_t key[32], struct slice *ret_payload);
void cache_put(struct cache *c, const uint8_t key[32], struct slice payload);
