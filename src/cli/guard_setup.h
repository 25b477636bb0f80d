/* SPDX-License-Identifier: Apache-2.0 */
/* guard_setup.h - what the options of merlon guard name: listeners, upstreams, routes, the policy.
 * Owns: nothing; all lies in the arena.   Threads: one owner.   Fails: false, and it was said. */
#pragma once
#include "cli/cli.h"
#include "guard/config/config.h"

/* What is allowed and hardly meant is said as well. */
bool guard_setup(const struct cli *c, struct arena *arena, struct guard_config *ret);
