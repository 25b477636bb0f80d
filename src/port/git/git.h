/* SPDX-License-Identifier: Apache-2.0 */
/* git.h - which files changed since a revision, and what is staged, from a repository that is not
 * trusted.
 * Why: a repository's own configuration can name programs, include files and redirect folders. So:
 * libgit2 (which starts no programs by itself), no search paths for configuration, the repository's
 * configuration replaced by an empty one before anything is compared, and all of it in a child
 * process with limits that may neither start programs nor open sockets. Its answer is read with the
 * cursor, as any hostile input.
 * Owns: nothing; the answer lives in the arena.   Threads: call before any thread is started.
 * Fails: `error` is not empty: a sentence for people. */
#pragma once
#include "base/arena.h"

struct git_answer {
    struct slice *paths; /* from the repository's root, sorted by nothing */
    size_t count;
    size_t left_out; /* staged things that are no files: links, submodules */
    struct slice error;
};

/* Is libgit2 there? */
bool git_available(void);
/* Files of the work tree at `root` (the folder that holds .git) that differ from the revision, are
 * new, or are hidden from comparison by a flag in the index. */
void git_changed(const char *root, const char *revision, struct arena *a, struct git_answer *ret);
/* Write what the next commit would take in below the empty folder `to`; paths are what was written.
 * `index` is the file that git gives to hooks in GIT_INDEX_FILE (commit -a, commit FILE), or NULL.
 */
void git_staged(const char *root, const char *index, const char *to, struct arena *a,
                struct git_answer *ret);
