/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/judge/scope.h"
#include "base/st.h"
#include "codec/http1.h"
#include "port/openssl/digest.h"
#include <stdlib.h>

#define ANSWER_MOST (32u << 20)
#define DEADLINE    1000000u /* microseconds: a text of some 50 MB */

const struct guard_policy *guard_policy_usual(bool enforce)
{
    static const struct guard_scope scopes[] = {
        {.unknown_passes = true,
         .stream = HOLD_OBSERVE,
         .answer_most = ANSWER_MOST,
         .deadline_us = DEADLINE,
         .policy = {.rows = policy_usual_rows, .count = POLICY_USUAL_ROWS}},
        {.enforce = true,
         .stream = HOLD_TIGHT,
         .answer_most = ANSWER_MOST,
         .deadline_us = DEADLINE,
         .policy = {.rows = policy_usual_rows, .count = POLICY_USUAL_ROWS}}};
    static const struct guard_policy policies[] = {
        {.scopes = &scopes[0], .count = 1, .digest = "built-in"},
        {.scopes = &scopes[1], .count = 1, .digest = "built-in"}};
    return &policies[enforce];
}

const char *hold_mode_name(enum hold_mode mode)
{
    static const char *const names[] = {"hold", "window", "buffer", "observe"};
    return mode < COUNT_OF(names) ? names[mode] : "";
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

/* ---- tenants ---- */

static int by_key(const void *a, const void *b)
{
    return memcmp(a, ((const struct guard_tenant *)b)->key, SHA256_BYTES);
}

static struct slice owner(const struct guard_policy *p, struct slice key)
{
    uint8_t sum[SHA256_BYTES];
    struct digest d;
    if (!key.n || !p->tenant_count) return (struct slice){0};
    digest_start(&d);
    digest_add(&d, key);
    digest_finish(&d, sum);
    const struct guard_tenant *t =
        bsearch(sum, p->tenants, p->tenant_count, sizeof *p->tenants, by_key);
    return t ? t->name : (struct slice){0};
}

static struct slice value_of(const struct http1_head *h, struct slice name)
{
    const struct http1_field *f = http1_field_named(h, name);
    return f ? f->value : (struct slice){0};
}

struct slice guard_policy_tenant(const struct guard_policy *p, const struct http1_head *request)
{
    struct slice bearer = value_of(request, S("authorization")), scheme = S("bearer ");
    bool is = slice_eq_nocase(slice_sub(bearer, 0, scheme.n), scheme);
    struct slice keys[] = {is ? slice_trim(slice_sub(bearer, scheme.n, bearer.n))
                              : (struct slice){0},
                           value_of(request, S("x-api-key")), value_of(request, S("api-key"))};
    struct slice tenant = {0};
    for (size_t i = 0; i < COUNT_OF(keys) && !tenant.n; i++) tenant = owner(p, keys[i]);
    if (!tenant.n && p->tenant_header.n) tenant = value_of(request, p->tenant_header);
    return tenant;
}
