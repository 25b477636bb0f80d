/* SPDX-License-Identifier: Apache-2.0 */
#include "finding/severity.h"

static const char *const names[SEV_COUNT] = {"info", "low", "medium", "high", "critical"};

const char *severity_name(enum severity s)
{
    return s < SEV_COUNT ? names[s] : "info";
}

bool severity_parse(struct slice s, enum severity *ret)
{
    for (unsigned i = 0; i < SEV_COUNT; i++) {
        if (!slice_eq_nocase(s, slice_str(names[i]))) continue;
        *ret = (enum severity)i;
        return true;
    }
    return false;
}
