/* SPDX-License-Identifier: Apache-2.0 */
/* policy.h - from findings to a decision; pure functions, nothing else decides. */
#pragma once
#include "finding/result.h"

/* Sets r->gate from the open findings. With a baseline only findings that are not in it count. */
void policy_gate(struct result *r);
