/* SPDX-License-Identifier: Apache-2.0 */
/* policy_read.h - the policy that an operator has written down.
 * Why: what is done about a match is decided by rows that people can read, compare and name: a row
 * knows its line, and the whole has a digest, so that the log can tell by which policy something
 * was decided.
 *
 *     [policy]           checks, words and limits that hold for all
 *     [[policy.scope]]   the same for some routes and tenants; the first that fits counts
 *     [[policy.row]]     rule, side, role ... -> action; the first that fits counts, and behind
 *                        them stand the built-in ones
 *     [[policy.tenant]]  who is who, by the digest of an API key
 *
 * They stand in guard.toml, or in a file of their own that it names: policy = "policy.toml". Files
 * lie beside the file that names them. What a scope says replaces what [policy] says; words
 * (canaries, deny, allow, links) are added to those of [policy].
 * Owns: nothing; all lies in the arena.   Threads: constant once made.
 * Fails: NULL and sentences with file and line, each with what to do. */
#pragma once
#include "base/buf.h"
#include "guard/judge/scope.h"

struct toml_node;

struct policy_files {
    /* All of a file; false: errno says why. */
    bool (*read)(void *ctx, const char *path, struct buf *out);
    void *ctx;
};
extern const struct policy_files policy_files_here;

struct policy_in {
    bool enforce;                     /* where no scope says otherwise */
    const struct policy_files *files; /* NULL: policy_files_here */
    struct buf *notes;                /* what is allowed and hardly meant; NULL: not told */
};

/* Of a file that was read: `root` may be NULL. Without a policy in it: the built-in one. */
const struct guard_policy *policy_read(const struct policy_in *in, const char *file,
                                       const struct toml_node *root, struct arena *arena,
                                       struct buf *why);
/* A file with these tables alone, or a whole guard.toml. */
const struct guard_policy *policy_read_file(const struct policy_in *in, const char *file,
                                            struct arena *arena, struct buf *why);
/* Globs of routes that fit none of these names go to the notes. */
void policy_check_routes(const struct guard_policy *p, const struct slice *routes, size_t count,
                         struct buf *notes);
