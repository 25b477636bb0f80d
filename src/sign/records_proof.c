/* SPDX-License-Identifier: Apache-2.0 */
/* records_proof.c - that one record is in a signed dataset, or is not.
 *
 * Not: in the tree over the sorted leaf hashes the record would stand between two neighbours. Their
 * places follow each other, so nothing lies between them; at an end one neighbour is enough. */
#include "sign/records.h"
#include "sign/records_part.h"

static void leaf_of(const struct merkle_hash *leaves, uint64_t size, uint64_t index,
                    struct records_leaf *ret)
{
    ret->index = index;
    ret->leaf = leaves[index];
    merkle_prove(leaves, size, index, &ret->proof);
}

void records_prove(const struct merkle_hash *leaves, uint64_t size, uint64_t index,
                   struct records_proof *ret)
{
    *ret = (struct records_proof){.size = size, .record = leaves[index]};
    leaf_of(leaves, size, index, &ret->in);
}

static int order(const struct merkle_hash *a, const struct merkle_hash *b)
{
    return memcmp(a->bytes, b->bytes, MERKLE_BYTES);
}

bool records_prove_absent(const struct merkle_hash *sorted, uint64_t size,
                          const struct merkle_hash *record, struct records_proof *ret)
{
    uint64_t low = 0, high = size; /* the first that is not below it */
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (order(&sorted[middle], record) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < size && order(&sorted[low], record) == 0) return false;
    *ret = (struct records_proof){.absent = true, .size = size, .record = *record};
    ret->has_below = low > 0;
    ret->has_above = low < size;
    if (ret->has_below) leaf_of(sorted, size, low - 1, &ret->below);
    if (ret->has_above) leaf_of(sorted, size, low, &ret->above);
    return true;
}

static bool in_sorted(const struct records_leaf *l, const struct records_tree *t)
{
    return merkle_included(l->index, t->size, &l->leaf, &l->proof, &t->sorted_root);
}

static bool absence_holds(const struct records_proof *p, const struct records_tree *t)
{
    if (!p->has_below && !p->has_above) return false;
    if (p->has_below && (!in_sorted(&p->below, t) || order(&p->below.leaf, &p->record) >= 0))
        return false;
    if (p->has_above && (!in_sorted(&p->above, t) || order(&p->above.leaf, &p->record) <= 0))
        return false;
    if (!p->has_below) return p->above.index == 0;
    if (!p->has_above) return p->below.index == t->size - 1;
    return p->above.index == p->below.index + 1;
}

bool records_proof_holds(const struct records_proof *p, const struct records_tree *t)
{
    if (!t->size || p->size != t->size) return false;
    if (p->absent) return absence_holds(p, t);
    return merkle_equal(&p->record, &p->in.leaf) &&
           merkle_included(p->in.index, t->size, &p->in.leaf, &p->in.proof, &t->root);
}

/* ---- as JSON ---- */

static void put_leaf(struct jot *j, const char *key, const struct records_leaf *l)
{
    jot_key_open(j, key, '{');
    jot_pair_num(j, "index", l->index);
    records_put_hash(j, "leaf", &l->leaf);
    records_put_proof(j, &l->proof);
    jot_close(j, '}');
}

void records_proof_write(const struct records_proof *p, struct buf *out)
{
    struct jot j;
    jot_init(&j, out, 1);
    jot_open(&j, '{');
    jot_pair_str(&j, "schema", RECORDS_PROOF);
    jot_pair_bool(&j, "absent", p->absent);
    jot_pair_num(&j, "records", p->size);
    records_put_hash(&j, "record", &p->record);
    if (!p->absent) put_leaf(&j, "at", &p->in);
    if (p->absent && p->has_below) put_leaf(&j, "below", &p->below);
    if (p->absent && p->has_above) put_leaf(&j, "above", &p->above);
    jot_close(&j, '}');
    buf_byte(out, '\n');
}

struct leaf_json {
    struct shape_seen seen;
    uint64_t index;
    struct slice leaf;
    struct shape_list proof;
};
static const struct shape_field leaf_fields[] = {
    SHAPE_FIELD(struct leaf_json, index, "index", SHAPE_U64, SHAPE_REQUIRED),
    SHAPE_FIELD(struct leaf_json, leaf, "leaf", SHAPE_HEX, SHAPE_REQUIRED),
    SHAPE_ITEMS(struct leaf_json, proof, "proof", SHAPE_HEX, SHAPE_REQUIRED)};
static const struct shape leaf_shape = {leaf_fields, 3, sizeof(struct leaf_json), SHAPE_CLOSED};

struct proof_json {
    struct shape_seen seen;
    struct slice schema, record;
    bool absent;
    uint64_t records;
    struct leaf_json at, below, above;
};
enum { PROOF_AT = 4, PROOF_BELOW = 5, PROOF_ABOVE = 6 };
static const struct shape_field proof_fields[] = {
    SHAPE_FIELD(struct proof_json, schema, "schema", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct proof_json, absent, "absent", SHAPE_BOOL, SHAPE_REQUIRED),
    SHAPE_FIELD(struct proof_json, records, "records", SHAPE_U64, SHAPE_REQUIRED),
    SHAPE_FIELD(struct proof_json, record, "record", SHAPE_HEX, SHAPE_REQUIRED),
    SHAPE_INNER(struct proof_json, at, "at", SHAPE_OBJECT, 0, &leaf_shape),
    SHAPE_INNER(struct proof_json, below, "below", SHAPE_OBJECT, 0, &leaf_shape),
    SHAPE_INNER(struct proof_json, above, "above", SHAPE_OBJECT, 0, &leaf_shape)};
static const struct shape proof_shape = {proof_fields, 7, sizeof(struct proof_json), SHAPE_CLOSED};

static bool take_leaf(const struct leaf_json *l, struct records_leaf *ret)
{
    ret->index = l->index;
    return records_take_hash(l->leaf, &ret->leaf) && records_take_proof(&l->proof, &ret->proof);
}

enum st records_proof_read(struct slice json, struct arena *arena, struct records_proof *ret,
                           struct slice *ret_why)
{
    struct proof_json j;
    enum st st = shape_read(&proof_shape, json, arena, &j, ret_why);
    if (st != ST_OK) return st;
    struct records_proof p = {.absent = j.absent, .size = j.records};
    p.has_below = shape_has(&j.seen, PROOF_BELOW);
    p.has_above = shape_has(&j.seen, PROOF_ABOVE);
    if (!slice_eq(j.schema, S(RECORDS_PROOF)))
        return records_wrong("schema is not " RECORDS_PROOF, ret_why);
    if (shape_has(&j.seen, PROOF_AT) == j.absent || (!j.absent && (p.has_below || p.has_above)))
        return records_wrong("a proof holds `at`, or with absent `below` and `above`", ret_why);
    if (!records_take_hash(j.record, &p.record) || (!j.absent && !take_leaf(&j.at, &p.in)) ||
        (p.has_below && !take_leaf(&j.below, &p.below)) ||
        (p.has_above && !take_leaf(&j.above, &p.above)))
        return records_wrong("a hash of the proof is no SHA-256", ret_why);
    *ret = p;
    return ST_OK;
}
