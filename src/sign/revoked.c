/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/revoked.h"
#include "port/openssl/digest.h"

#define SCHEMA "merlon.revoked/1"

static const struct shape_field item_fields[] = {
    SHAPE_FIELD(struct revoked_item, sha256, "sha256", SHAPE_HEX, SHAPE_REQUIRED),
    SHAPE_FIELD(struct revoked_item, reason, "reason", SHAPE_TEXT, 0)};
static const struct shape item_shape = {item_fields, 2, sizeof(struct revoked_item), SHAPE_CLOSED};

struct list {
    struct shape_seen seen;
    struct slice schema;
    struct shape_list keys, certificates, models;
};
static const struct shape_field list_fields[] = {
    SHAPE_FIELD(struct list, schema, "schema", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_INNER(struct list, keys, "keys", SHAPE_LIST, 0, &item_shape),
    SHAPE_INNER(struct list, certificates, "certificates", SHAPE_LIST, 0, &item_shape),
    SHAPE_INNER(struct list, models, "models", SHAPE_LIST, 0, &item_shape)};
static const struct shape list_shape = {list_fields, 4, sizeof(struct list), SHAPE_CLOSED};

/* One that is too short would never be equal to anything: a typing error that protects nobody. */
static bool are_digests(const struct shape_list *l)
{
    const struct revoked_item *items = l->items;
    for (size_t i = 0; i < l->count; i++)
        if (items[i].sha256.n != SHA256_BYTES) return false;
    return true;
}

enum st revoked_read(struct slice json, struct arena *arena, struct revoked *ret,
                     struct slice *ret_why)
{
    struct list l;
    enum st st = shape_read(&list_shape, json, arena, &l, ret_why);
    if (st != ST_OK) return st;
    *ret_why = !slice_eq(l.schema, S(SCHEMA)) ? S("schema is not " SCHEMA)
                                              : S("a sha256 has not 64 digits");
    if (!slice_eq(l.schema, S(SCHEMA)) || !are_digests(&l.keys) || !are_digests(&l.certificates) ||
        !are_digests(&l.models))
        return ST_MALFORMED;
    *ret = (struct revoked){l.keys.items, l.certificates.items, l.models.items,
                            l.keys.count, l.certificates.count, l.models.count};
    return ST_OK;
}

static const struct revoked_item *find(const struct revoked_item *items, size_t n,
                                       const uint8_t raw[SHA256_BYTES])
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(items[i].sha256.p, raw, SHA256_BYTES) == 0) return &items[i];
    return NULL;
}

const struct revoked_item *revoked_signer(const struct revoked *r, const struct bundle *b,
                                          struct slice key_hint)
{
    uint8_t raw[SHA256_BYTES];
    const struct revoked_item *it = NULL;
    if (digest_of_hex(key_hint, raw)) it = find(r->keys, r->key_count, raw);
    for (size_t i = 0; i < b->certificate_count && !it; i++) {
        struct digest d;
        digest_start(&d);
        digest_add(&d, b->certificates[i]);
        digest_finish(&d, raw);
        it = find(r->certificates, r->certificate_count, raw);
    }
    return it;
}

const struct revoked_item *revoked_model(const struct revoked *r, const uint8_t root[32])
{
    return find(r->models, r->model_count, root);
}
