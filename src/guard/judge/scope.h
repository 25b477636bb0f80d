/* SPDX-License-Identifier: Apache-2.0 */
/* scope.h - what holds for one exchange: checks, rows, and what is done where nobody can look.
 * Why: which rules apply is settled once, when route and tenant are known; whoever judges a body or
 * a stream is given the result and asks nobody again.
 * Owns: nothing; a policy lives in its plan's arena, the usual one is constant.
 * Threads: constant once made.   Fails: never. */
#pragma once
#include "guard/judge/action.h"
#include "guard/judge/hold.h"

struct http1_head;

struct guard_scope {
    unsigned line;              /* of the policy's file; 0: nobody wrote it */
    struct slice route, tenant; /* globs; empty: any. The first scope that fits counts */
    bool enforce;               /* else nothing is changed, and what would be is told */
    bool capture;               /* masked pieces of texts may stand in records */
    bool unknown_passes;        /* bodies that no surface knows: passed unread, else refused */
    enum hold_mode stream;
    uint64_t deadline_us; /* of the checks of one body; 0: none */
    uint64_t answer_most; /* bytes of an answer that is held whole */
    struct guard_checks checks;
    struct policy policy;
};

struct guard_tenant {
    struct slice name;
    uint8_t key[32]; /* SHA-256 of an API key */
};

struct guard_policy {
    struct slice file;                /* empty: built-in */
    const struct guard_scope *scopes; /* the last fits everything */
    size_t count;
    struct slice tenant_header; /* "": tenants are not told apart by a field of the request */
    const struct guard_tenant *tenants; /* by key */
    size_t tenant_count;
    char digest[65]; /* SHA-256 of everything that it came from, for records */
};

/* "hold", "window", "buffer", "observe" */
const char *hold_mode_name(enum hold_mode mode);
/* What holds where nobody has said anything. To be asked before there are threads. */
const struct guard_policy *guard_policy_usual(bool enforce);
const struct guard_scope *guard_policy_scope(const struct guard_policy *p, struct slice route,
                                             struct slice tenant);
/* Whose request this is: the owner of its API key (Authorization: Bearer, x-api-key, api-key), else
 * what `tenant_header` says; empty: nobody known. Borrows the policy or the head. */
struct slice guard_policy_tenant(const struct guard_policy *p, const struct http1_head *request);
