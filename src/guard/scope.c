/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/scope.h"

#define ANSWER_MOST (64u << 20)

const struct guard_policy *guard_policy_usual(bool enforce)
{
    static struct guard_scope scopes[] = {
        {.unknown_passes = true, .stream = HOLD_OBSERVE, .answer_most = ANSWER_MOST},
        {.enforce = true, .stream = HOLD_TIGHT, .answer_most = ANSWER_MOST}};
    static const struct guard_policy policies[] = {{&scopes[0], 1, {0}, "built-in"},
                                                   {&scopes[1], 1, {0}, "built-in"}};
    return &policies[enforce];
}

static bool fits(struct slice glob, struct slice text)
{
    return !glob.n || slice_glob(glob, text);
}

const struct guard_scope *guard_policy_scope(const struct guard_policy *p, struct slice route,
                                             struct slice tenant)
{
    size_t i = 0;
    while (i + 1 < p->count &&
           !(fits(p->scopes[i].route, route) && fits(p->scopes[i].tenant, tenant)))
        i++;
    return &p->scopes[i];
}
