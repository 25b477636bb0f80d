/* SPDX-License-Identifier: Apache-2.0 */
/* rows.h - the rows of rules/code-calls.tsv held against a module.
 * Why: most rules are one call with certain arguments; they are text, and this is their one
 * interpreter.
 * Owns: nothing.   Threads: one owner.   Fails: judge->nomem. */
#pragma once
#include "detect/python/module.h"
#include "detect/judge.h"

/* `told`: one bit per node, set for calls of which it was told already that they load or run what
 * somebody else chose: rules that say the same of every such call are left out. NULL: none. */
void rows_judge(struct judge *j, const struct reading *r, struct module *m, const uint8_t *told);

/* A finding of a Python module at a node: its line is `line` of the text that was parsed. */
struct finding rows_finding(struct judge *j, const struct reading *r, struct module *m,
                            const char *rule, uint32_t node, uint32_t line);
