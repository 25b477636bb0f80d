/* SPDX-License-Identifier: Apache-2.0 */
/* policy_said.h - the tables of a policy as they stand in the file, before anything is made of
 * them. For the policy_*.c alone; policy_keys.h says what each key may be.
 * Owns: nothing; all lies in the arena of the policy.   Threads: one owner. */
#pragma once
#include "guard/config/config_keys.h"
#include "guard/config/policy_read.h"
#include "port/openssl/digest.h"

#define SCOPES_MOST  256u
#define ROWS_MOST    1024u
#define TENANTS_MOST 4096u
#define WORDS_MOST   10000u

#define NOT_SAID UINT64_MAX

struct words {
    struct slice *of; /* NULL: not said */
    size_t count;
};

struct scope_said { /* [policy] itself, or one [[policy.scope]]: empty and NOT_SAID: not said */
    struct slice route, tenant, mode, tenant_header;
    struct slice stream, unknown, opaque, capture, examples, schema;
    struct slice canary_file, deny_file, allow_file;
    struct words canaries, deny, allow, links, checks_off, fail_open;
    uint64_t deadline; /* ms */
    uint64_t answer_most;
    const struct toml_node *at;
};

struct row_said {
    struct slice rule, side, least, route, tenant, action;
    struct words roles, channels;
    const struct toml_node *at;
};

struct tenant_said {
    struct slice name;
    struct words keys;
    const struct toml_node *at;
};

struct policy_said {
    struct scope_said all;
    struct scope_said *scopes;
    struct row_said *rows;
    struct tenant_said *tenants;
    size_t scope_count, row_count, tenant_count;
};

struct making {
    struct reader r;
    const struct policy_in *in;
    struct digest digest;
    struct policy_said said;
    struct guard_policy *policy;
};

void making_no_memory(struct making *m);
/* A file beside the policy's, and into the digest; p == NULL: told. */
struct slice making_text(struct making *m, const struct toml_node *at, struct slice name);
bool making_rows(struct making *m, struct policy *ret);
void making_scopes(struct making *m, const struct policy *rows);
void making_tenants(struct making *m);

/* What is allowed and hardly meant goes to the notes; a glob that fits no rule is a fault. */
void policy_check(struct reader *r, const struct policy_said *said,
                  const struct guard_policy *made);
