/* SPDX-License-Identifier: Apache-2.0 */
/* signing.h - signs a model as the options say: what sign and scan --sign have in common.
 * Owns: nothing.   Threads: one owner.   Fails: says it on stderr; EXIT_CANNOT. */
#pragma once
#include "cli/cli.h"

struct hash_memory;

/* key: the option that names it. memory: of digests, or NULL. */
int signing_run(struct cli *c, enum opt key, struct slice model, const struct hash_memory *memory,
                bool loud);
