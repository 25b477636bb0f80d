/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/statement.h"
#include "base/map.h"
#include "base/num.h"
#include "codec/jot.h"
#include "codec/shape.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* ---- the shapes ---- */

struct digests {
    struct shape_seen seen;
    struct slice sha256;
};
static const struct shape_field digest_fields[] = {
    SHAPE_FIELD(struct digests, sha256, "sha256", SHAPE_HEX, SHAPE_REQUIRED)};
static const struct shape digest_shape = {digest_fields, 1, sizeof(struct digests), SHAPE_OPEN};

struct annotations {
    struct shape_seen seen;
    struct slice algorithm;
};
static const struct shape_field annotation_fields[] = {
    SHAPE_FIELD(struct annotations, algorithm, "actual_hash_algorithm", SHAPE_TEXT, 0)};
static const struct shape annotation_shape = {annotation_fields, 1, sizeof(struct annotations),
                                              SHAPE_OPEN};

struct subject {
    struct shape_seen seen;
    struct slice name;
    struct digests digest;
    struct annotations annotations;
};
static const struct shape_field subject_fields[] = {
    SHAPE_FIELD(struct subject, name, "name", SHAPE_TEXT, 0),
    SHAPE_INNER(struct subject, digest, "digest", SHAPE_OBJECT, SHAPE_REQUIRED, &digest_shape),
    SHAPE_INNER(struct subject, annotations, "annotations", SHAPE_OBJECT, 0, &annotation_shape)};
static const struct shape subject_shape = {subject_fields, 3, sizeof(struct subject), SHAPE_OPEN};

struct envelope { /* of any in-toto statement: read first, so that others can be named */
    struct shape_seen seen;
    struct slice type, predicate_type;
};
static const struct shape_field envelope_fields[] = {
    SHAPE_FIELD(struct envelope, type, "_type", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct envelope, predicate_type, "predicateType", SHAPE_TEXT, SHAPE_REQUIRED)};
static const struct shape envelope_shape = {envelope_fields, 2, sizeof(struct envelope),
                                            SHAPE_OPEN};

struct serialization {
    struct shape_seen seen;
    struct slice method, hash_type;
    bool allow_symlinks;
    uint64_t shard_size;
    struct shape_list ignore_paths;
};
enum { SHARD_SIZE = 3, IGNORE_PATHS = 4 };
static const struct shape_field serialization_fields[] = {
    SHAPE_FIELD(struct serialization, method, "method", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct serialization, hash_type, "hash_type", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct serialization, allow_symlinks, "allow_symlinks", SHAPE_BOOL, 0),
    SHAPE_FIELD(struct serialization, shard_size, "shard_size", SHAPE_U64, 0),
    SHAPE_ITEMS(struct serialization, ignore_paths, "ignore_paths", SHAPE_TEXT, 0)};
static const struct shape serialization_shape = {serialization_fields, 5,
                                                 sizeof(struct serialization), SHAPE_OPEN};

struct descriptor {
    struct shape_seen seen;
    struct slice name, algorithm, digest;
};
static const struct shape_field descriptor_fields[] = {
    SHAPE_FIELD(struct descriptor, name, "name", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct descriptor, algorithm, "algorithm", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct descriptor, digest, "digest", SHAPE_HEX, SHAPE_REQUIRED)};
static const struct shape descriptor_shape = {descriptor_fields, 3, sizeof(struct descriptor),
                                              SHAPE_OPEN};

struct predicate {
    struct shape_seen seen;
    struct serialization serialization;
    struct shape_list resources;
};
static const struct shape_field predicate_fields[] = {
    SHAPE_INNER(struct predicate, serialization, "serialization", SHAPE_OBJECT, SHAPE_REQUIRED,
                &serialization_shape),
    SHAPE_INNER(struct predicate, resources, "resources", SHAPE_LIST, SHAPE_REQUIRED,
                &descriptor_shape)};
static const struct shape predicate_shape = {predicate_fields, 2, sizeof(struct predicate),
                                             SHAPE_OPEN};

struct document {
    struct shape_seen seen;
    struct shape_list subjects;
    struct predicate predicate;
};
static const struct shape_field document_fields[] = {
    SHAPE_INNER(struct document, subjects, "subject", SHAPE_LIST, SHAPE_REQUIRED, &subject_shape),
    SHAPE_INNER(struct document, predicate, "predicate", SHAPE_OBJECT, SHAPE_REQUIRED,
                &predicate_shape)};
static const struct shape document_shape = {document_fields, 2, sizeof(struct document),
                                            SHAPE_OPEN};
/* release 0.2: the predicate says nothing */
static const struct shape old_shape = {document_fields, 1, sizeof(struct document), SHAPE_OPEN};

/* ---- reading ---- */

struct reader {
    struct arena *arena;
    struct statement *out;
    struct map names;
    struct slice why;
};

PRINTF_LIKE(2, 3)
static enum st wrong(struct reader *r, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    r->why = arena_copy(r->arena, slice_of(text, n < 0 ? 0 : strlen(text)));
    return r->why.p ? ST_MALFORMED : ST_NOMEM;
}

static enum st add(struct reader *r, struct resource *res)
{
    struct manifest *m = &r->out->manifest;
    bool there = false;
    if (res->digest.n != hash_size(m->hash))
        return wrong(r, "the digest of '%.*s' has %zu bytes; %s has %zu", SLICE_ARG(res->name),
                     res->digest.n, hash_name(m->hash), hash_size(m->hash));
    if (!map_put(&r->names, res->name, (union map_value){.num = m->count}, &there)) return ST_NOMEM;
    if (there) return wrong(r, "'%.*s' is listed twice", SLICE_ARG(res->name));
    m->resources[m->count++] = *res;
    return ST_OK;
}

/* "." is what the reference calls a model that is one file. */
static enum st check_path(struct reader *r, struct slice path)
{
    if (slice_eq(path, S(".")) || manifest_path_ok(path)) return ST_OK;
    return wrong(r, "'%.*s' is no path inside of the model", SLICE_ARG(path));
}

/* "path:from:to"; the path may hold colons itself. Numbers have one spelling: "w:0:9" and "w:00:9"
 * would be two shards of the same bytes. */
static bool split_shard(struct reader *r, struct resource *res)
{
    struct resource again;
    size_t second = slice_rfind_byte(res->name, ':');
    struct slice head = slice_sub(res->name, 0, second == SIZE_MAX ? 0 : second);
    size_t first = slice_rfind_byte(head, ':');
    if (first == SIZE_MAX) return false;
    res->path = slice_sub(head, 0, first);
    return num_u64(slice_sub(head, first + 1, head.n), &res->from) &&
           num_u64(slice_sub(res->name, second + 1, res->name.n), &res->to) &&
           res->from < res->to && res->to != HASH_WHOLE &&
           (again = *res, manifest_name(&again, r->arena)) && slice_eq(again.name, res->name);
}

static enum st check_algorithm(struct reader *r, const struct descriptor *d,
                               const struct serialization *s)
{
    char sharded[64];
    if (slice_eq(d->algorithm, s->hash_type)) return ST_OK;
    snprintf(sharded, sizeof sharded, "%.*s-sharded-%" PRIu64, (int)s->hash_type.n,
             (const char *)s->hash_type.p, s->shard_size);
    if (r->out->manifest.method == MANIFEST_SHARDS && slice_eq(d->algorithm, slice_str(sharded)))
        return ST_OK;
    return wrong(r, "'%.*s' is hashed with '%.*s', and the manifest with '%.*s'",
                 SLICE_ARG(d->name), SLICE_ARG(d->algorithm), SLICE_ARG(s->hash_type));
}

static enum st read_resource(struct reader *r, const struct descriptor *d,
                             const struct serialization *s)
{
    struct manifest *m = &r->out->manifest;
    struct resource res = {.name = d->name, .path = d->name, .to = HASH_WHOLE, .digest = d->digest};
    enum st st = check_algorithm(r, d, s);
    if (st == ST_OK && m->method == MANIFEST_SHARDS && !split_shard(r, &res))
        st = wrong(r, "'%.*s' is not the name of a shard (path:from:to)", SLICE_ARG(d->name));
    if (st == ST_OK) st = check_path(r, res.path);
    if (st == ST_OK && manifest_ignores(m->ignored, m->ignored_count, res.path))
        st = wrong(r, "'%.*s' is listed and ignored at once", SLICE_ARG(res.path));
    return st == ST_OK ? add(r, &res) : st;
}

static enum st read_ignored(struct reader *r, const struct serialization *s)
{
    struct manifest *m = &r->out->manifest;
    m->ignored = s->ignore_paths.items;
    m->ignored_count = s->ignore_paths.count;
    if (!shape_has(&s->seen, IGNORE_PATHS) && !manifest_ignore_usual(m, 0, r->arena))
        return ST_NOMEM;
    for (size_t i = 0; i < m->ignored_count; i++)
        if (!manifest_path_ok(m->ignored[i]))
            return wrong(r, "ignore_paths holds '%.*s', which is no path inside of the model",
                         SLICE_ARG(m->ignored[i]));
    return ST_OK;
}

static enum st read_serialization(struct reader *r, const struct serialization *s)
{
    struct manifest *m = &r->out->manifest;
    if (slice_eq(s->method, S("shards")))
        m->method = MANIFEST_SHARDS;
    else if (!slice_eq(s->method, S("files")))
        return wrong(r, "the method '%.*s' is not known; files and shards are",
                     SLICE_ARG(s->method));
    if (!hash_of_name(s->hash_type, &m->hash))
        return wrong(r, "the hash '%.*s' is not known; sha256, blake2b and blake3 are",
                     SLICE_ARG(s->hash_type));
    if (m->method == MANIFEST_SHARDS && !s->shard_size) return wrong(r, "shard_size is missing");
    m->allow_links = s->allow_symlinks;
    m->shard_size = s->shard_size;
    return read_ignored(r, s);
}

static enum st make_room(struct reader *r, size_t count)
{
    if (!count) return wrong(r, "no file is listed: an empty model is not a model");
    r->out->manifest.resources = ARENA_ARRAY(r->arena, struct resource, count);
    return r->out->manifest.resources && map_reserve(&r->names, count) ? ST_OK : ST_NOMEM;
}

static enum st check_root(struct reader *r, const struct document *d)
{
    struct manifest *m = &r->out->manifest;
    const struct subject *s = d->subjects.items;
    if (d->subjects.count != 1)
        return wrong(r, "%zu subjects; a model signature has one", d->subjects.count);
    m->model = s->name;
    r->out->root = s->digest.sha256;
    manifest_root(m, m->root);
    if (!slice_eq(s->digest.sha256, slice_of(m->root, sizeof m->root)))
        return wrong(r, "the subject's digest is not that of the resources");
    return ST_OK;
}

static enum st read_document(struct reader *r, const struct document *d)
{
    const struct predicate *p = &d->predicate;
    const struct descriptor *item = p->resources.items;
    enum st st = read_serialization(r, &p->serialization);
    if (st == ST_OK) st = make_room(r, p->resources.count);
    for (size_t i = 0; st == ST_OK && i < p->resources.count; i++)
        st = read_resource(r, &item[i], &p->serialization);
    return st == ST_OK ? check_root(r, d) : st;
}

static enum st read_old(struct reader *r, const struct document *d)
{
    const struct subject *s = d->subjects.items;
    const struct serialization none = {0};
    enum st st = make_room(r, d->subjects.count);
    r->out->old = true;
    if (st == ST_OK) st = read_ignored(r, &none);
    for (size_t i = 0; st == ST_OK && i < d->subjects.count; i++) {
        struct resource res = {
            .name = s[i].name, .path = s[i].name, .to = HASH_WHOLE, .digest = s[i].digest.sha256};
        struct slice how = s[i].annotations.algorithm;
        if (how.n && !slice_eq(how, S("file-sha256")))
            return wrong(r, "'%.*s' is hashed with '%.*s', which is not known", SLICE_ARG(res.name),
                         SLICE_ARG(how));
        st = check_path(r, res.path);
        if (st == ST_OK) st = add(r, &res);
    }
    if (st == ST_OK) manifest_root(&r->out->manifest, r->out->manifest.root);
    return st;
}

static enum st read_kind(struct reader *r, struct slice json, const struct envelope *e)
{
    struct document d;
    bool old = slice_eq(e->predicate_type, S(STATEMENT_OLD));
    if (!slice_eq(e->type, S(STATEMENT_TYPE)))
        return wrong(r, "_type is '%.*s', not an in-toto statement v1", SLICE_ARG(e->type));
    if (!old && !slice_eq(e->predicate_type, S(STATEMENT_PREDICATE))) {
        enum st st = wrong(r, "it is signed, but not as a model: the predicate is '%.*s'",
                           SLICE_ARG(e->predicate_type));
        return st == ST_NOMEM ? st : ST_UNSUPPORTED;
    }
    enum st st = shape_read(old ? &old_shape : &document_shape, json, r->arena, &d, &r->why);
    if (st != ST_OK) return st;
    return old ? read_old(r, &d) : read_document(r, &d);
}

enum st statement_read(struct slice json, struct arena *arena, struct statement *ret,
                       struct slice *ret_why)
{
    struct statement s = {.old = false};
    struct reader r = {.arena = arena, .out = &s};
    struct envelope e;
    map_init(&r.names, arena, 0x5167);
    enum st st = shape_read(&envelope_shape, json, arena, &e, &r.why);
    if (st == ST_OK) st = read_kind(&r, json, &e);
    *ret_why = r.why;
    if (st == ST_OK) *ret = s;
    return st;
}

/* ---- writing ---- */

static void write_hex(struct jot *j, const char *key, struct slice bytes)
{
    jot_key(j, key);
    jot_hex(j, bytes);
}

static void write_serialization(struct jot *j, const struct manifest *m)
{
    jot_key_open(j, "serialization", '{');
    jot_pair_str(j, "method", m->method == MANIFEST_SHARDS ? "shards" : "files");
    jot_pair_str(j, "hash_type", hash_name(m->hash));
    jot_pair_bool(j, "allow_symlinks", m->allow_links);
    if (m->method == MANIFEST_SHARDS) jot_pair_num(j, "shard_size", m->shard_size);
    jot_key_open(j, "ignore_paths", '[');
    for (size_t i = 0; i < m->ignored_count; i++) jot_text(j, m->ignored[i]);
    jot_close(j, ']');
    jot_close(j, '}');
}

static void write_resources(struct jot *j, const struct manifest *m, bool reference)
{
    char algorithm[64];
    snprintf(algorithm, sizeof algorithm, "%s", hash_name(m->hash));
    if (reference && m->method == MANIFEST_SHARDS)
        snprintf(algorithm, sizeof algorithm, "%s-sharded-%" PRIu64, hash_name(m->hash),
                 m->shard_size);
    jot_key_open(j, "resources", '[');
    for (size_t i = 0; i < m->count; i++) {
        jot_open(j, '{');
        jot_pair(j, "name", m->resources[i].name);
        jot_pair_str(j, "algorithm", algorithm);
        write_hex(j, "digest", m->resources[i].digest);
        jot_close(j, '}');
    }
    jot_close(j, ']');
}

void statement_write(const struct manifest *m, bool reference, struct buf *out)
{
    struct jot j;
    jot_init(&j, out, 0);
    jot_open(&j, '{');
    jot_pair_str(&j, "_type", STATEMENT_TYPE);
    jot_key_open(&j, "subject", '[');
    jot_open(&j, '{');
    jot_pair(&j, "name", m->model);
    jot_key_open(&j, "digest", '{');
    write_hex(&j, "sha256", slice_of(m->root, sizeof m->root));
    jot_close(&j, '}');
    jot_close(&j, '}');
    jot_close(&j, ']');
    jot_pair_str(&j, "predicateType", STATEMENT_PREDICATE);
    jot_key_open(&j, "predicate", '{');
    write_serialization(&j, m);
    write_resources(&j, m, reference);
    jot_close(&j, '}');
    jot_close(&j, '}');
}
