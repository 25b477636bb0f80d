/* SPDX-License-Identifier: Apache-2.0 */
/* policy_keys.h - the keys of [policy], [[policy.scope]], [[policy.row]] and [[policy.tenant]].
 * Only config_keys.c includes this. */
#pragma once
#include "guard/config/policy_said.h"

#define POLICY_CHECKS "text|lists|links|prompt|schema"
#define POLICY_ROLES  "system|user|assistant|tool"
#define POLICY_CHANNELS \
    "text|tool_definition|tool_call|tool_result|document|data_uri|input|thinking|other"
#define POLICY_ACTIONS "allow|shadow|flag|anonymise|redact|block"
#define POLICY_LEVELS  "info|low|medium|high|critical"

#define TEXT_KEY(type, name, choices)                                     \
    {                                                                     \
#name, KEY_TEXT, offsetof(struct type, name), 0, 0, 0, 0, choices \
    }
#define WORDS_KEY(type, name, least, choices)                                                  \
    {                                                                                          \
#name, KEY_LIST, offsetof(struct type, name) + offsetof(struct words, of),             \
            offsetof(struct type, name) + offsetof(struct words, count), least, WORDS_MOST, 0, \
            choices                                                                            \
    }

/* What [policy] says for all, and [[policy.scope]] for some. */
#define SCOPE_KEYS                                                                                 \
    TEXT_KEY(scope_said, stream, "hold|window|buffer|observe"),                                    \
        TEXT_KEY(scope_said, unknown, "block|pass"), TEXT_KEY(scope_said, opaque, "block|pass"),   \
        {"deadline", KEY_TIME, offsetof(struct scope_said, deadline), 0, 0, 60000, NOT_SAID},      \
        {"answer_most", KEY_SIZE, offsetof(struct scope_said, answer_most), 0, 1024,               \
         1u << 30,      NOT_SAID},                                                                 \
        TEXT_KEY(scope_said, capture, "off|masked"), TEXT_KEY(scope_said, examples, "pass|judge"), \
        WORDS_KEY(scope_said, checks_off, 0, POLICY_CHECKS),                                       \
        WORDS_KEY(scope_said, fail_open, 0, POLICY_CHECKS), TEXT_KEY(scope_said, schema, NULL),    \
        WORDS_KEY(scope_said, canaries, 0, NULL), TEXT_KEY(scope_said, canary_file, NULL),         \
        WORDS_KEY(scope_said, deny, 0, NULL), TEXT_KEY(scope_said, deny_file, NULL),               \
        WORDS_KEY(scope_said, allow, 0, NULL), TEXT_KEY(scope_said, allow_file, NULL),             \
        WORDS_KEY(scope_said, links, 0, NULL)

static const struct key policy_keys[] = {
    TEXT_KEY(scope_said, tenant_header, NULL),
    SCOPE_KEYS,
    {NULL},
};

static const struct key scope_keys[] = {
    TEXT_KEY(scope_said, route, NULL),
    TEXT_KEY(scope_said, tenant, NULL),
    TEXT_KEY(scope_said, mode, "observe|enforce"),
    SCOPE_KEYS,
    {NULL},
};

static const struct key row_keys[] = {
    TEXT_KEY(row_said, rule, NULL),
    TEXT_KEY(row_said, side, "request|answer"),
    WORDS_KEY(row_said, roles, 1, POLICY_ROLES),
    WORDS_KEY(row_said, channels, 1, POLICY_CHANNELS),
    TEXT_KEY(row_said, least, POLICY_LEVELS),
    TEXT_KEY(row_said, route, NULL),
    TEXT_KEY(row_said, tenant, NULL),
    TEXT_KEY(row_said, action, POLICY_ACTIONS),
    {NULL},
};

static const struct key tenant_keys[] = {
    TEXT_KEY(tenant_said, name, NULL),
    WORDS_KEY(tenant_said, keys, 1, NULL),
    {NULL},
};
