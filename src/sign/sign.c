/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/sign.h"
#include <stdio.h>

struct signing {
    const struct sign_options *o;
    struct arena *arena;
    struct tree tree;
    struct hash_job *jobs;
    struct sign_result *out;
};

/* ---- what is there ---- */

static enum st refuse(struct signing *s, struct slice path, const char *text, struct slice *ret_why)
{
    *ret_why = arena_printf(s->arena, "%.*s: %s", SLICE_ARG(path), text);
    return ret_why->p ? ST_UNSUPPORTED : ST_NOMEM;
}

static enum st check_notes(struct signing *s, struct slice *ret_why)
{
    for (size_t i = 0; i < s->tree.note_count; i++) {
        const struct tree_note *n = &s->tree.notes[i];
        if (n->why == TREE_FOLDER_LINK)
            return refuse(s, n->path, "a link to a folder: nothing behind it would be signed",
                          ret_why);
        if (n->why != TREE_IGNORED && n->why != TREE_EMPTY)
            return refuse(s, n->path, tree_why_text(n->why), ret_why);
    }
    for (size_t i = 0; i < s->tree.count; i++)
        if (s->tree.files[i].outside)
            return refuse(s, slice_str(s->tree.files[i].path), "a link that leads out of the model",
                          ret_why);
    return ST_OK;
}

static enum st tell_notes(struct signing *s)
{
    struct sign_result *r = s->out;
    r->notes = ARENA_ARRAY(s->arena, struct tree_note, s->tree.note_count + s->tree.count + 1);
    if (!r->notes) return ST_NOMEM;
    for (size_t i = 0; i < s->tree.note_count; i++) r->notes[r->note_count++] = s->tree.notes[i];
    for (size_t i = 0; i < s->tree.count && s->o->shard_size; i++)
        if (!s->tree.files[i].size)
            r->notes[r->note_count++] =
                (struct tree_note){slice_str(s->tree.files[i].path), TREE_EMPTY_FILE};
    return ST_OK;
}

/* How many resources: of shards as many as it takes, none for an empty file. */
static uint64_t pieces(const struct signing *s, const struct tree_file *f)
{
    uint64_t step = s->o->shard_size;
    return step ? f->size / step + (f->size % step != 0) : 1;
}

static void add_pieces(struct signing *s, const struct tree_file *f)
{
    struct manifest *m = &s->out->manifest;
    uint64_t step = s->o->shard_size, n = pieces(s, f);
    struct slice path = s->tree.single && s->o->form != SIGN_SPEC ? S(".") : slice_str(f->path);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t from = i * step;
        uint64_t to = !step ? HASH_WHOLE : f->size - from < step ? f->size : from + step;
        m->resources[m->count] = (struct resource){.path = path, .from = from, .to = to};
        s->jobs[m->count++] = (struct hash_job){.path = f->path,
                                                .link = f->link,
                                                .id = f->link ? NULL : &f->id,
                                                .from = from,
                                                .to = to};
    }
}

static enum st plan(struct signing *s, struct slice *ret_why)
{
    struct manifest *m = &s->out->manifest;
    uint64_t count = 0;
    for (size_t i = 0; i < s->tree.count; i++) count += pieces(s, &s->tree.files[i]);
    if (!count) {
        *ret_why = S("there is no file in it: an empty model cannot be signed");
        return ST_UNSUPPORTED;
    }
    if (count > SHAPE_ITEMS_MAX) {
        *ret_why = S("more than 1,048,576 files or shards; no verifier would read that");
        return ST_UNSUPPORTED;
    }
    m->resources = ARENA_ARRAY(s->arena, struct resource, count);
    s->jobs = ARENA_ARRAY(s->arena, struct hash_job, count);
    if (!m->resources || !s->jobs) return ST_NOMEM;
    for (size_t i = 0; i < s->tree.count; i++) add_pieces(s, &s->tree.files[i]);
    return ST_OK;
}

/* ---- the manifest ---- */

static enum st take_digests(struct signing *s, struct slice *ret_why)
{
    struct manifest *m = &s->out->manifest;
    for (size_t i = 0; i < m->count; i++) {
        struct resource *r = &m->resources[i];
        const struct hash_job *j = &s->jobs[i];
        if (!manifest_name(r, s->arena)) return ST_NOMEM;
        if (j->error) {
            enum st st = refuse(s, slice_str(j->path), hash_error_text(j->error), ret_why);
            return st == ST_NOMEM ? st : ST_IO;
        }
        r->digest = slice_of(j->digest, hash_size(m->hash));
        s->out->bytes += j->bytes;
        s->out->remembered += j->remembered;
    }
    s->out->files = s->tree.count;
    manifest_sort(m, s->o->form == SIGN_REFERENCE ? MANIFEST_BY_PART : MANIFEST_BY_NAME);
    manifest_root(m, m->root);
    return ST_OK;
}

static enum st check_ignored(struct signing *s, struct slice *ret_why)
{
    struct manifest *m = &s->out->manifest;
    struct slice own =
        s->o->own.n ? tree_place(s->o->path, arena_cstr(s->arena, s->o->own), s->arena) : S("");
    if (!manifest_ignore_usual(m, s->o->ignored_count + 1, s->arena)) return ST_NOMEM;
    for (size_t i = 0; i < s->o->ignored_count; i++) {
        if (!manifest_path_ok(s->o->ignored[i]))
            return refuse(s, s->o->ignored[i], "this is no path inside of the model to ignore",
                          ret_why);
        m->ignored[m->ignored_count++] = s->o->ignored[i];
    }
    if (own.n) m->ignored[m->ignored_count++] = own;
    return ST_OK;
}

static enum st read_tree(struct signing *s, struct slice *ret_why)
{
    const struct manifest *m = &s->out->manifest;
    const struct tree_options t = {.ignored = m->ignored,
                                   .ignored_count = m->ignored_count,
                                   .own = &s->o->own,
                                   .own_count = s->o->own.n != 0,
                                   .links = s->o->links,
                                   .details = s->o->shard_size != 0 || s->o->memory};
    return tree_read(s->o->path, &t, s->arena, &s->tree, ret_why);
}

static enum st make(struct signing *s, struct slice *ret_why)
{
    struct manifest *m = &s->out->manifest;
    const struct hash_options h = {.folder = s->tree.folder,
                                   .kind = s->o->hash,
                                   .threads = s->o->threads,
                                   .memory = s->o->memory};
    m->model = s->tree.name;
    m->hash = s->o->hash;
    m->method = s->o->shard_size ? MANIFEST_SHARDS : MANIFEST_FILES;
    m->shard_size = s->o->shard_size;
    m->allow_links = s->o->links;
    enum st st = check_notes(s, ret_why);
    if (st == ST_OK) st = tell_notes(s);
    if (st == ST_OK) st = plan(s, ret_why);
    if (st == ST_OK) st = hash_files(&h, s->jobs, m->count);
    return st == ST_OK ? take_digests(s, ret_why) : st;
}

enum st sign_manifest(const struct sign_options *o, struct arena *arena, struct sign_result *ret,
                      struct slice *ret_why)
{
    struct sign_result r = {.files = 0};
    struct signing s = {.o = o, .arena = arena, .tree = {.folder = -1}, .out = &r};
    enum st st = check_ignored(&s, ret_why);
    if (st == ST_OK) st = read_tree(&s, ret_why);
    if (st == ST_OK) st = make(&s, ret_why);
    tree_done(&s.tree);
    if (st == ST_OK) *ret = r;
    return st;
}

/* ---- the signature ---- */

enum st sign_payload(struct slice payload, const struct sign_signer *s, struct buf *out,
                     struct slice *ret_why)
{
    uint8_t hash[EC_HASH_MAX], sig[EC_SIGNATURE_MAX];
    size_t n = 0;
    struct buf pae;
    buf_init(&pae, (size_t)BUNDLE_MAX + 256);
    bundle_pae(S(BUNDLE_TOTO_TYPE), payload, &pae);
    struct slice h = slice_of(hash, ec_hash(s->curve, buf_slice(&pae), hash));
    enum st st = buf_ok(&pae) ? s->sign(s->ctx, h, sig, &n, ret_why) : ST_NOMEM;
    buf_done(&pae);
    if (st != ST_OK) return st;
    struct slice signature = slice_of(sig, n), certificates[16];
    struct bundle b = {.material = s->certificate_count ? MATERIAL_CHAIN : MATERIAL_KEY,
                       .key_hint = s->hint,
                       .certificates = certificates,
                       .certificate_count = s->certificate_count,
                       .payload_type = S(BUNDLE_TOTO_TYPE),
                       .payload = payload,
                       .signatures = &signature,
                       .signature_count = 1};
    if (s->certificate_count > COUNT_OF(certificates)) {
        *ret_why = S("more than 16 certificates in the chain");
        return ST_UNSUPPORTED;
    }
    for (size_t i = 0; i < s->certificate_count; i++) certificates[i] = s->certificates[i];
    bundle_write(&b, out);
    return buf_ok(out) ? ST_OK : ST_NOMEM;
}

enum st sign_bundle(const struct manifest *m, enum sign_form form, const struct sign_signer *s,
                    struct buf *out, struct slice *ret_why)
{
    struct buf payload;
    buf_init(&payload, BUNDLE_MAX);
    statement_write(m, form == SIGN_REFERENCE, &payload);
    enum st st = buf_ok(&payload) ? sign_payload(buf_slice(&payload), s, out, ret_why) : ST_NOMEM;
    buf_done(&payload);
    return st;
}
