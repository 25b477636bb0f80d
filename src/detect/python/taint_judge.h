/* SPDX-License-Identifier: Apache-2.0 */
/* taint_judge.h - values from elsewhere in places where they do harm.
 * Why: rules/code-sinks.tsv lists the places, rules/code-verdicts.tsv which rule that is.
 * Owns: nothing.   Threads: one owner.   Fails: judge->nomem. */
#pragma once
#include "detect/python/module.h"
#include "detect/judge.h"

/* Call before the rows of rules/code-calls.tsv. *ret_told: one bit per node, set for calls of which
 * a source was told: what is told of every such call would only say it again. NULL: nothing was. */
MUST_USE enum st taint_judge(struct judge *j, const struct reading *r, struct module *m,
                             const uint8_t **ret_told);
