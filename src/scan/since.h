/* SPDX-License-Identifier: Apache-2.0 */
/* since.h - what changed in a git work tree (--since REF, --staged).
 * Why: in CI only the change has to be looked at. Git's objects, index and configuration are
 * hostile too: they are read in a child process that cannot start anything (box/child.h). Owns: the
 * paths live in the arena.   Threads: before there are any. Fails: ST_IO with a sentence for people
 * in ret_error. */
#pragma once
#include "base/arena.h"
#include "base/st.h"

struct since {
    struct slice root;         /* of the work tree, absolute, with a slash at its end */
    const struct slice *paths; /* relative to root; files that exist and differ or are new */
    size_t count;
};

/* ref: a branch, tag or commit; with `staged` it is ignored, and the index is compared with HEAD.
 */
MUST_USE enum st since_list(const char *dir, struct slice ref, bool staged, struct arena *a,
                            struct since *ret, struct slice *ret_error);
