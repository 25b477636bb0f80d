/* SPDX-License-Identifier: Apache-2.0 */
/* verdicts.h - what `merlon verify` says: lines for people, or merlon.verify/1.
 * Owns: nothing.   Threads: one owner.   Fails: false, the disk is full. */
#pragma once
#include "cli/cli.h"
#include "sign/verify.h"

bool verdict_tell(struct cli *c, const struct verdict *v, struct slice model);
