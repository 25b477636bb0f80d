/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"

void policy_gate(struct result *r)
{
    r->gate.at_or_above = 0;
    for (size_t i = 0; i < r->finding_count; i++) {
        const struct finding *f = &r->findings[i];
        r->gate.at_or_above += f->state == FINDING_OPEN && f->severity >= r->gate.fail_on;
    }
    r->gate.passed = !r->gate.enabled || r->gate.at_or_above == 0;
}
