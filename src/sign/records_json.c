/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/records_part.h"

void records_put_hash(struct jot *j, const char *key, const struct merkle_hash *h)
{
    if (key) jot_key(j, key);
    jot_hex(j, slice_of(h->bytes, MERKLE_BYTES));
}

void records_put_proof(struct jot *j, const struct merkle_proof *p)
{
    jot_key_open(j, "proof", '[');
    for (size_t i = 0; i < p->count; i++) records_put_hash(j, NULL, &p->hashes[i]);
    jot_close(j, ']');
}

bool records_take_hash(struct slice raw, struct merkle_hash *ret)
{
    if (raw.n != MERKLE_BYTES) return false;
    memcpy(ret->bytes, raw.p, MERKLE_BYTES);
    return true;
}

bool records_take_proof(const struct shape_list *list, struct merkle_proof *ret)
{
    const struct slice *raw = list->items;
    if (list->count > MERKLE_PROOF_MAX) return false;
    for (ret->count = 0; ret->count < list->count; ret->count++)
        if (!records_take_hash(raw[ret->count], &ret->hashes[ret->count])) return false;
    return true;
}

enum st records_wrong(const char *why, struct slice *ret_why)
{
    *ret_why = slice_str(why);
    return ST_MALFORMED;
}
