/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/policy.h"
#include "base/st.h"

static void give_reasons(struct result *r, const size_t failing[SEV_COUNT])
{
    struct gate *g = &r->gate;
    g->reason_count = 0;
    for (int s = SEV_CRITICAL; s >= SEV_INFO && g->reason_count < COUNT_OF(g->reasons); s--) {
        if (!failing[s]) continue;
        struct slice text =
            arena_printf(r->arena, "%zu %s%s finding%s", failing[s], r->baseline ? "new " : "",
                         severity_name((enum severity)s), failing[s] == 1 ? "" : "s");
        if (text.p) g->reasons[g->reason_count++] = text;
    }
}

void policy_gate(struct result *r)
{
    size_t failing[SEV_COUNT] = {0};
    r->gate.at_or_above = 0;
    for (size_t i = 0; i < r->finding_count; i++) {
        const struct finding *f = &r->findings[i];
        bool fails = r->gate.enabled && f->state == FINDING_OPEN && f->severity >= r->gate.fail_on;
        failing[f->severity] += fails;
        r->gate.at_or_above += fails;
    }
    r->gate.passed = r->gate.at_or_above == 0;
    give_reasons(r, failing);
}
