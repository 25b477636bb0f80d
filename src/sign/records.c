/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/records.h"
#include "base/sort.h"
#include "read/data/rows.h"
#include "sign/records_part.h"

static int by_hash(const void *a, const void *b)
{
    return memcmp(a, b, MERKLE_BYTES);
}

static void root_of(const struct merkle_hash *leaves, uint64_t size, struct merkle_hash *ret)
{
    struct merkle m = {0};
    for (uint64_t i = 0; i < size; i++) merkle_add(&m, &leaves[i]);
    merkle_root(&m, ret);
}

void records_make(const struct merkle_hash *leaves, struct merkle_hash *sorted, uint64_t size,
                  struct records_tree *ret)
{
    memcpy(sorted, leaves, size * sizeof *leaves);
    sort_items(sorted, size, sizeof *sorted, by_hash);
    *ret = (struct records_tree){.name = S(""), .size = size};
    root_of(leaves, size, &ret->root);
    root_of(sorted, size, &ret->sorted_root);
}

bool records_grow(const struct merkle_hash *leaves, const struct records_tree *old,
                  struct records_tree *tree)
{
    struct merkle_hash root;
    if (!old->size || old->size > tree->size) return false;
    root_of(leaves, old->size, &root);
    if (!merkle_equal(&root, &old->root)) return false;
    tree->old_size = old->size;
    tree->old_root = old->root;
    merkle_prove_growth(leaves, old->size, tree->size, &tree->growth);
    return true;
}

/* ---- the statement ---- */

struct sha {
    struct shape_seen seen;
    struct slice sha256;
};
static const struct shape_field sha_fields[] = {
    SHAPE_FIELD(struct sha, sha256, "sha256", SHAPE_HEX, SHAPE_REQUIRED)};
static const struct shape sha_shape = {sha_fields, 1, sizeof(struct sha), SHAPE_CLOSED};

struct subject {
    struct shape_seen seen;
    struct slice name;
    struct sha digest;
};
static const struct shape_field subject_fields[] = {
    SHAPE_FIELD(struct subject, name, "name", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_INNER(struct subject, digest, "digest", SHAPE_OBJECT, SHAPE_REQUIRED, &sha_shape)};
static const struct shape subject_shape = {subject_fields, 2, sizeof(struct subject), SHAPE_CLOSED};

struct previous {
    struct shape_seen seen;
    uint64_t records;
    struct slice root;
    struct shape_list proof;
};
static const struct shape_field previous_fields[] = {
    SHAPE_FIELD(struct previous, records, "records", SHAPE_U64, SHAPE_REQUIRED),
    SHAPE_FIELD(struct previous, root, "root", SHAPE_HEX, SHAPE_REQUIRED),
    SHAPE_ITEMS(struct previous, proof, "proof", SHAPE_HEX, SHAPE_REQUIRED)};
static const struct shape previous_shape = {previous_fields, 3, sizeof(struct previous),
                                            SHAPE_CLOSED};

struct column {
    struct shape_seen seen;
    struct slice name, type;
};
static const struct shape_field column_fields[] = {
    SHAPE_FIELD(struct column, name, "name", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct column, type, "type", SHAPE_TEXT, SHAPE_REQUIRED)};
static const struct shape column_shape = {column_fields, 2, sizeof(struct column), SHAPE_CLOSED};

struct predicate {
    struct shape_seen seen;
    struct slice tree, root, sorted_root;
    uint64_t records;
    struct shape_list columns;
    struct previous previous;
};
enum { PREDICATE_COLUMNS = 4, PREDICATE_PREVIOUS = 5 };
static const struct shape_field predicate_fields[] = {
    SHAPE_FIELD(struct predicate, tree, "tree", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct predicate, records, "records", SHAPE_U64, SHAPE_REQUIRED),
    SHAPE_FIELD(struct predicate, root, "root", SHAPE_HEX, SHAPE_REQUIRED),
    SHAPE_FIELD(struct predicate, sorted_root, "sortedRoot", SHAPE_HEX, SHAPE_REQUIRED),
    SHAPE_INNER(struct predicate, columns, "columns", SHAPE_LIST, 0, &column_shape),
    SHAPE_INNER(struct predicate, previous, "previous", SHAPE_OBJECT, 0, &previous_shape)};
static const struct shape predicate_shape = {predicate_fields, 6, sizeof(struct predicate),
                                             SHAPE_CLOSED};

struct statement {
    struct shape_seen seen;
    struct slice type, predicate_type;
    struct shape_list subjects;
    struct predicate predicate;
};
static const struct shape_field statement_fields[] = {
    SHAPE_FIELD(struct statement, type, "_type", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_INNER(struct statement, subjects, "subject", SHAPE_LIST, SHAPE_REQUIRED, &subject_shape),
    SHAPE_FIELD(struct statement, predicate_type, "predicateType", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_INNER(struct statement, predicate, "predicate", SHAPE_OBJECT, SHAPE_REQUIRED,
                &predicate_shape)};
static const struct shape statement_shape = {statement_fields, 4, sizeof(struct statement),
                                             SHAPE_CLOSED};

struct kind { /* whatever else is in it */
    struct shape_seen seen;
    struct slice predicate_type;
};
static const struct shape_field kind_fields[] = {
    SHAPE_FIELD(struct kind, predicate_type, "predicateType", SHAPE_TEXT, SHAPE_REQUIRED)};
static const struct shape kind_shape = {kind_fields, 1, sizeof(struct kind), SHAPE_OPEN};

#define STATEMENT_TYPE "https://in-toto.io/Statement/v1"
#define TREE_KIND      "rfc6962-sha256"

static void put_subject(struct jot *j, const struct records_tree *t)
{
    jot_key_open(j, "subject", '[');
    jot_open(j, '{');
    jot_pair(j, "name", t->name);
    jot_key_open(j, "digest", '{');
    records_put_hash(j, "sha256", &t->file);
    jot_close(j, '}');
    jot_close(j, '}');
    jot_close(j, ']');
}

static void put_columns(struct jot *j, const struct records_tree *t)
{
    if (!t->column_count) return;
    jot_key_open(j, "columns", '[');
    for (size_t i = 0; i < t->column_count; i++) {
        jot_open(j, '{');
        jot_pair(j, "name", t->columns[i].name);
        jot_pair(j, "type", t->columns[i].type);
        jot_close(j, '}');
    }
    jot_close(j, ']');
}

static void put_previous(struct jot *j, const struct records_tree *t)
{
    if (!t->old_size) return;
    jot_key_open(j, "previous", '{');
    jot_pair_num(j, "records", t->old_size);
    records_put_hash(j, "root", &t->old_root);
    records_put_proof(j, &t->growth);
    jot_close(j, '}');
}

void records_statement(const struct records_tree *t, struct buf *out)
{
    struct jot j;
    jot_init(&j, out, 0);
    jot_open(&j, '{');
    jot_pair_str(&j, "_type", STATEMENT_TYPE);
    put_subject(&j, t);
    jot_pair_str(&j, "predicateType", RECORDS_PREDICATE);
    jot_key_open(&j, "predicate", '{');
    jot_pair_str(&j, "tree", TREE_KIND);
    jot_pair_num(&j, "records", t->size);
    records_put_hash(&j, "root", &t->root);
    records_put_hash(&j, "sortedRoot", &t->sorted_root);
    put_columns(&j, t);
    put_previous(&j, t);
    jot_close(&j, '}');
    jot_close(&j, '}');
}

static enum st take_previous(const struct previous *p, struct records_tree *t,
                             struct slice *ret_why)
{
    if (!records_take_hash(p->root, &t->old_root) || !records_take_proof(&p->proof, &t->growth))
        return records_wrong("predicate.previous holds a hash that is no SHA-256", ret_why);
    t->old_size = p->records;
    if (!t->old_size || t->old_size > t->size ||
        !merkle_consistent(t->old_size, &t->old_root, t->size, &t->root, &t->growth))
        return records_wrong("predicate.previous: the proof does not show that it grew from that",
                             ret_why);
    return ST_OK;
}

/* A rows' leaf begins with them, so that none can be renamed behind the signature. */
static enum st take_columns(const struct shape_list *list, struct arena *arena,
                            struct records_tree *t, struct slice *ret_why)
{
    const struct column *c = list->items;
    struct records_column *to = ARENA_ARRAY(arena, struct records_column, list->count + 1);
    if (!list->count || list->count > ROWS_COLUMNS_MAX)
        return records_wrong("predicate.columns names none, or too many", ret_why);
    if (!to) return ST_NOMEM;
    for (size_t i = 0; i < list->count; i++) {
        to[i].name = arena_copy(arena, c[i].name);
        to[i].type = arena_copy(arena, c[i].type);
        if (!to[i].name.p || !to[i].type.p) return ST_NOMEM;
    }
    t->columns = to;
    t->column_count = list->count;
    return ST_OK;
}

static enum st take_statement(const struct statement *s, struct arena *arena,
                              struct records_tree *t, struct slice *ret_why)
{
    const struct predicate *p = &s->predicate;
    const struct subject *subject = s->subjects.items;
    if (!slice_eq(s->type, S(STATEMENT_TYPE)))
        return records_wrong("_type is not " STATEMENT_TYPE, ret_why);
    if (!slice_eq(p->tree, S(TREE_KIND)))
        return records_wrong("predicate.tree is not " TREE_KIND, ret_why);
    if (s->subjects.count != 1) return records_wrong("subject is not exactly one file", ret_why);
    if (!p->records) return records_wrong("predicate.records is 0: nothing is signed", ret_why);
    if (!records_take_hash(subject->digest.sha256, &t->file) ||
        !records_take_hash(p->root, &t->root) ||
        !records_take_hash(p->sorted_root, &t->sorted_root))
        return records_wrong("a digest of the statement is no SHA-256", ret_why);
    t->name = subject->name;
    t->size = p->records;
    enum st st = shape_has(&p->seen, PREDICATE_COLUMNS)
                     ? take_columns(&p->columns, arena, t, ret_why)
                     : ST_OK;
    if (st != ST_OK || !shape_has(&p->seen, PREDICATE_PREVIOUS)) return st;
    return take_previous(&p->previous, t, ret_why);
}

static enum st is_ours(struct slice statement, struct arena *arena, struct slice *ret_why)
{
    struct kind k;
    enum st st = shape_read(&kind_shape, statement, arena, &k, ret_why);
    if (st != ST_OK || slice_eq(k.predicate_type, S(RECORDS_PREDICATE))) return st;
    *ret_why = arena_printf(arena, "it is signed, but not by its records: the predicate is '%.*s'",
                            SLICE_ARG(slice_sub(k.predicate_type, 0, 200)));
    return ret_why->p ? ST_MALFORMED : ST_NOMEM;
}

enum st records_read(struct slice statement, struct arena *arena, struct records_tree *ret,
                     struct slice *ret_why)
{
    struct statement s;
    struct records_tree t = {.name = S("")};
    enum st st = is_ours(statement, arena, ret_why);
    if (st == ST_OK) st = shape_read(&statement_shape, statement, arena, &s, ret_why);
    if (st == ST_OK) st = take_statement(&s, arena, &t, ret_why);
    if (st == ST_OK) {
        t.name = arena_copy(arena, t.name);
        st = t.name.p ? ST_OK : ST_NOMEM;
    }
    if (st == ST_OK) *ret = t;
    return st;
}
