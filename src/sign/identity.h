/* SPDX-License-Identifier: Apache-2.0 */
/* identity.h - which file this is, and in which state: what stat() says.
 * Why: a file whose identity is the same as before was not written to since. No program can set
 * ctime; only what happens within one tick of the file system's clock leaves no trace in it, which
 * is why nothing may be remembered of a file that changed so lately (identity_is_settled).
 * Owns: nothing.   Threads: pure.   Fails: never. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct identity { /* no padding: two are the same when their bytes are */
    uint64_t device, inode, size, mtime, mtime_ns, ctime, ctime_ns;
    uint32_t owner, mode;
};

static inline struct identity identity_of(const struct stat *sb)
{
    _Static_assert(sizeof(struct identity) == 64, "no padding");
    return (struct identity){.device = (uint64_t)sb->st_dev,
                             .inode = (uint64_t)sb->st_ino,
                             .size = (uint64_t)sb->st_size,
                             .mtime = (uint64_t)sb->st_mtim.tv_sec,
                             .mtime_ns = (uint64_t)sb->st_mtim.tv_nsec,
                             .ctime = (uint64_t)sb->st_ctim.tv_sec,
                             .ctime_ns = (uint64_t)sb->st_ctim.tv_nsec,
                             .owner = sb->st_uid,
                             .mode = sb->st_mode};
}

/* Did it change last two seconds before `now`, or earlier? Clocks of file systems are coarse. */
static inline bool identity_is_settled(const struct identity *id, int64_t now)
{
    return now - (int64_t)id->mtime >= 2 && now - (int64_t)id->ctime >= 2;
}
