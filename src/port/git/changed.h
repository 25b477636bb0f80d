/* SPDX-License-Identifier: Apache-2.0 */
/* changed.h - which files of a git work tree differ from a commit, through libgit2.
 * Why: the library is loaded only when it is asked for; every configuration file outside the
 * repository is shut off, and libgit2 runs no hook, filter program or file-system monitor.
 * Owns: nothing.   Threads: call it in a process of its own (see scan/since.c).
 * Fails: false with a sentence for people in ret_error. */
#pragma once
#include "base/buf.h"

typedef void changed_fn(void *ctx, struct slice path);

struct changed_query {
    const char *dir; /* anywhere in the work tree */
    const char *ref; /* a commit-ish; NULL: what is staged against HEAD */
};

/* on_root once with the work tree's root, then on_path for every file that exists and differs. */
bool changed_list(const struct changed_query *q, changed_fn *on_root, changed_fn *on_path,
                  void *ctx, struct buf *ret_error);
