/* SPDX-License-Identifier: Apache-2.0 */
/* policy.h - from findings to a decision; pure functions, nothing else decides. */
#pragma once
#include "finding/result.h"

/* Sets r->gate and its reasons from the open findings: those that are neither suppressed nor in the
 * baseline. */
void policy_gate(struct result *r);
