/* SPDX-License-Identifier: Apache-2.0 */
/* history.h - the files that a repository remembers and its work tree does not show any more.
 * Why: a key that was committed and removed is still published with the repository. A child process
 * (see git.h for what it may do) walks every reference with libgit2 and sends each blob once, with
 * the first commit that has it; this side keeps the bytes in memory files and believes nothing
 * else. Owns: the child and the pipe until git_history_close; a blob's descriptor belongs to the
 * caller. Threads: open before any thread is started, then one owner.   Fails: `error` is a
 * sentence. */
#pragma once
#include "base/slice.h"

struct git_history;

struct git_blob {
    struct slice path;       /* from the folder asked for, as the repository spells it: hostile */
    char commit[8], day[11]; /* "1a2b3c4", "2026-01-02" (1970-01-01: a tag without a commit) */
    uint64_t size;
    int fd; /* sealed memory file; -1: larger than blob_max, or nested too deeply */
};

struct git_history_end {
    bool whole;        /* the child came to its end */
    uint64_t missing;  /* objects that the repository does not have: shallow or partial clone */
    const char *error; /* "" = none */
};

/* `root` holds .git, or is a bare repository; `below` is a folder or file in it, "" = everything.
 * NULL when no process can be started. */
struct git_history *git_history_open(const char *root, const char *below, uint64_t blob_max);
/* False at the end. The slices live until the next call. */
bool git_history_next(struct git_history *h, struct git_blob *ret);
/* After the last blob. */
struct git_history_end git_history_ended(const struct git_history *h);
void git_history_close(struct git_history *h); /* NULL is fine; ends the child */
