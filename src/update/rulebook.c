/* SPDX-License-Identifier: Apache-2.0 */
#include "update/rulebook.h"
#include "detect/package/advisories.h"

void rulebook_own(struct rulebook *ret)
{
    *ret = (struct rulebook){.version = slice_str(rules_version)};
}

/* What a scan asks before it believes a bundle; whether every block unpacks was asked when it was
 * installed, and the bytes are still those that were signed. */
static enum update_fault take(struct rulebook *r, struct slice bytes, const struct rules_key *keys,
                              size_t count, struct arena *a)
{
    const struct rules_key *key = NULL;
    struct advisories image = {.snapshot = 0}, own;
    enum update_fault fault = update_open(bytes, keys, count, &r->bundle, &key);
    if (fault) return fault;
    if (version_order(r->bundle.version, slice_str(rules_version)) <= 0) return UPDATE_OK;
    if (r->bundle.advisories.p && !advisories_open(&image, r->bundle.advisories, NULL))
        return UPDATE_UNSOUND;
    fault = overlay_read(r->bundle.rules, a, &r->overlay);
    if (fault) return fault;
    if (!advisories_open(&own, (struct slice){NULL, 0}, NULL)) return UPDATE_UNSOUND;
    r->updated = true;
    r->version = r->bundle.version;
    if (r->bundle.advisories.p && image.snapshot >= own.snapshot)
        r->advisories = r->bundle.advisories;
    r->key = *key;
    update_name(&r->bundle, r->name);
    return UPDATE_OK;
}

void rulebook_of(struct slice bytes, const struct rules_key *keys, size_t count, struct arena *a,
                 struct rulebook *ret)
{
    rulebook_own(ret);
    enum update_fault fault = take(ret, bytes, keys, count, a);
    if (ret->updated) return;
    rulebook_own(ret);
    ret->fault = fault;
}

enum update_fault rulebook_prove(const struct update *b, struct arena *a)
{
    struct overlay overlay;
    enum update_fault fault = overlay_read(b->rules, a, &overlay);
    if (fault || !b->advisories.p) return fault;
    switch (advisories_prove(b->advisories, a)) {
    case ST_OK: return UPDATE_OK;
    case ST_NOMEM: return UPDATE_NO_MEMORY;
    default: return UPDATE_UNSOUND;
    }
}

uint32_t rulebook_snapshot(const struct rulebook *r)
{
    struct advisories image;
    return advisories_open(&image, r->advisories, NULL) ? image.snapshot : 0;
}
