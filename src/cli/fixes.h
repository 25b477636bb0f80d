/* SPDX-License-Identifier: Apache-2.0 */
/* fixes.h - `merlon scan --fix` and `--diff`, between the scan and its reports.
 * Owns: nothing.   Threads: one owner.   Fails: says it on stderr. */
#pragma once
#include "cli/select.h"
#include "finding/result.h"

bool fixes_wanted(const struct cli *c);
/* Do the other options go with it? */
bool fixes_possible(const struct cli *c);
/* With --diff: shows what would change. Else changes it, and says how much. */
bool fixes_do(struct cli *c, const struct selection *s, const struct result *r);
