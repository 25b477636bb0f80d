/* SPDX-License-Identifier: Apache-2.0 */
#include "finding/rules.h"

static const struct rule rules[] = {
    {.id = "data.not-inspected", .severity = SEV_MEDIUM},
    {.id = "file.not-inspected", .severity = SEV_HIGH},
    {.id = "file.special", .severity = SEV_LOW},
    {.id = "file.symlink-escape", .severity = SEV_MEDIUM},
    {.id = "file.unreadable", .severity = SEV_MEDIUM},
    {.id = "meta.cache-tampered", .severity = SEV_HIGH},
    {.id = "meta.foreign-config", .severity = SEV_MEDIUM},
    {.id = "model.malformed", .severity = SEV_HIGH},
    {.id = "model.not-inspected", .severity = SEV_HIGH},
};

const char rules_version[] = "2026.11.1";

size_t rule_count(void)
{
    return sizeof rules / sizeof *rules;
}

const struct rule *rule_at(size_t i)
{
    return i < rule_count() ? &rules[i] : NULL;
}

const struct rule *rule_find(struct slice id)
{
    for (size_t i = 0; i < rule_count(); i++)
        if (slice_eq(id, slice_str(rules[i].id))) return &rules[i];
    return NULL;
}

const struct rule *rule_nearest(struct slice id)
{
    (void)id;
    return NULL;
}

const struct control_class *class_find(struct slice id)
{
    (void)id;
    return NULL;
}
