/* SPDX-License-Identifier: Apache-2.0 */
/* last.h - what the last scan of this project found, for `merlon explain`.
 * Kept in .merlon/last.json when the project has a .merlon folder, else in the cache, under a name
 * made from the project's path. Nothing else depends on it.
 * Owns: nothing.   Threads: one owner.   Fails: quietly; then there is nothing to tell. */
#pragma once
#include "cli/cli.h"
#include "finding/result.h"

struct last_finding {
    struct slice rule, path, evidence, fingerprint; /* the path from the project's root */
    struct slice inner;                             /* " > data.pkl" */
    uint64_t line, offset;
    bool has_line, has_offset;
};
typedef void last_fn(void *ctx, const struct last_finding *f);

/* The folder of the cache, made when missing; NULL when there is none. */
const char *cache_folder(struct cli *c);
/* Where it is, or would be. */
const char *cache_path(struct cli *c);
/* `folder`: where the result's paths start, absolute. */
void last_keep(struct cli *c, const struct result *r, const char *folder);
/* Each finding of the last scan; false when there was none. */
bool last_each(struct cli *c, last_fn *fn, void *ctx);
/* "models/a.pkl, byte 41: evidence" */
struct slice last_text(struct cli *c, const struct last_finding *f);
