/* SPDX-License-Identifier: Apache-2.0 */
/* layout_blobs.c - stores of blobs that are named by their digest, and the manifests among them.
 *
 *    ROOT/index.json              ─► ROOT/blobs/ALGORITHM/HEX ─► more of them     OCI image layout
 *    ROOT/manifests/.../TAG       ─► ROOT/blobs/sha256-HEX                        Ollama
 *
 * Whether a blob has the digest that is its name was seen while it was hashed (sign/named.h), and
 * is told there; here is told what is missing, what has another size than a manifest says, and what
 * no manifest names. Only what can be reached from an index counts: an old manifest that nobody
 * names any more may lack its blobs. */
#include "scan/layout_part.h"
#include "sign/named.h"

struct blobs {
    struct settling *s;
    struct layout_record *queue, **last;
};

/* Behind the last "PART/" that begins a part of the path; SIZE_MAX: there is none. */
static size_t last_part(struct slice path, struct slice part)
{
    size_t found = SIZE_MAX;
    for (size_t from = 0, at; (at = slice_find(slice_sub(path, from, path.n), part)) != SIZE_MAX;) {
        at += from;
        if (!at || path.p[at - 1] == '/') found = at;
        from = at + 1;
    }
    return found;
}

static bool is_blob(struct slice path)
{
    struct named unused;
    return named_may_be(path) && named_by_digest(path, &unused) &&
           last_part(path, S("blobs/")) != SIZE_MAX;
}

/* The folder of the store, "" or with a slash at its end; false: the record is in none. */
static bool root_of(struct slice record, struct slice *ret)
{
    size_t at =
        is_blob(record) ? last_part(record, S("blobs/")) : last_part(record, S("manifests/"));
    if (slice_eq(path_name(record), S("index.json"))) at = path_folder(record).n;
    if (at == SIZE_MAX) return false;
    *ret = slice_sub(record, 0, at);
    return true;
}

static bool has_blobs(const struct layout_record *r)
{
    for (const struct layout_claim *c = r->claims; c; c = c->next)
        if (c->claim.about == CLAIM_BLOB) return true;
    return false;
}

static void enqueue(struct blobs *b, struct layout_record *r)
{
    if (r->reached) return;
    r->reached = true;
    *b->last = r;
    b->last = &r->queued;
}

/* An index of a store that is here: one that lies about without blobs is a sample. */
static bool begins(const struct blobs *b, const struct layout_record *r)
{
    struct slice root;
    struct stat sb;
    if (!has_blobs(r) || is_blob(r->path) || !root_of(r->path, &root)) return false;
    struct slice blobs = layout_path(b->s, root, S("blobs"));
    struct slice mark = layout_path(b->s, root, S("oci-layout"));
    return layout_find(b->s, blobs, &sb, NULL) == BENEATH_FOLDER ||
           layout_find(b->s, mark, &sb, NULL) == BENEATH_FILE;
}

/* Where the blob is, or would be in a store of this form: '/' in an OCI layout, '-' in Ollama's. */
static struct slice blob_path(const struct blobs *b, struct slice root, char form,
                              const struct file_claim *c)
{
    char name[160];
    struct stat sb;
    const char *algorithm = c->kind == CLAIM_SHA512 ? "sha512" : "sha256";
    struct slice path = S("");
    for (int i = 0; i < 2; i++) { /* the other form first */
        char join = (char)(i ? form : form ^ '-' ^ '/');
        int n = snprintf(name, sizeof name, "blobs/%s%c", algorithm, join);
        for (size_t k = 0; k < claim_digest_size(c->kind); k++)
            n += snprintf(name + n, sizeof name - (size_t)n, "%02x", c->digest[k]);
        path = layout_path(b->s, root, slice_of((const uint8_t *)name, (size_t)n));
        if (layout_file_at(b->s->l, path) || layout_find(b->s, path, &sb, NULL) == BENEATH_FILE)
            break;
    }
    return path;
}

/* What was scanned was compared with its name; the name is the digest that the claim has. */
static enum layout_outcome compare(const struct blobs *b, struct slice path,
                                   const struct file_claim *c, struct slice *ret_evidence)
{
    struct layout_file *f = layout_file_at(b->s->l, path);
    if (!f) return layout_compare(b->s, path, c, ret_evidence);
    f->referenced = true;
    if (f->misnamed) return LAYOUT_CHANGED; /* model.digest-mismatch says it */
    if (f->bytes == c->size && f->hashed) return LAYOUT_HELD;
    if (f->bytes == c->size) return layout_compare(b->s, path, c, ret_evidence);
    *ret_evidence = layout_text(b->s, "%llu bytes, recorded %llu", (unsigned long long)f->bytes,
                                (unsigned long long)c->size);
    return LAYOUT_CHANGED;
}

static void on_claim(struct blobs *b, const struct layout_record *r, struct slice root,
                     const struct file_claim *c)
{
    union map_value v;
    struct settling *s = b->s;
    bool ollama = last_part(r->path, S("manifests/")) != SIZE_MAX && !is_blob(r->path);
    struct slice path = blob_path(b, root, ollama ? '-' : '/', c), evidence = S("");
    enum layout_outcome outcome = compare(b, path, c, &evidence);
    if (outcome == LAYOUT_MISSING && c->optional) {
        outcome = LAYOUT_UNCHECKED;
        evidence = S("it may lie elsewhere, as its manifest says");
    }
    layout_tally(s, c, outcome, path, evidence);
    if (outcome == LAYOUT_CHANGED && evidence.n)
        layout_say(s, SAY_CHANGED, path, 0, S(""),
                   layout_text(s, "%.*s in %.*s", SLICE_ARG(evidence), SLICE_ARG(r->path)));
    if (outcome == LAYOUT_MISSING)
        layout_say(s, SAY_BLOB_MISSING, r->path, 0, path,
                   layout_text(s, "%.*s%s%.*s", SLICE_ARG(c->note), c->path.n ? ", " : "",
                               SLICE_ARG(c->path)));
    if (map_get(&s->l->records, path, &v)) enqueue(b, (struct layout_record *)v.ptr);
}

static void visit(struct blobs *b, const struct layout_record *r)
{
    struct slice root;
    if (!root_of(r->path, &root)) return;
    for (const struct layout_claim *c = r->claims; c; c = c->next)
        if (c->claim.about == CLAIM_BLOB) on_claim(b, r, root, &c->claim);
}

/* One finding for all blobs below a root that nobody names. */
static void tell_left_over(struct blobs *b, struct slice root)
{
    struct settling *s = b->s;
    const struct layout_file *first = NULL;
    size_t n = 0;
    uint64_t bytes = 0;
    size_t count;
    struct slice folder = arena_printf(s->l->arena, "%.*sblobs/", SLICE_ARG(root));
    if (!folder.p) s->l->nomem = true;
    struct layout_file *const *files = layout_below(s, folder, &count);
    for (size_t i = 0; i < count; i++) {
        struct layout_file *f = files[i];
        if (f->referenced || !is_blob(f->path)) continue;
        f->referenced = true; /* told once, also if two indexes share a root */
        if (!first) first = f;
        bytes += f->bytes;
        n++;
    }
    if (!first) return;
    layout_count(s, CLAIM_OCI)->unlisted += n;
    layout_say(s, SAY_LEFT_OVER, first->path, 0, S(""),
               layout_text(s, "%zu %s, %llu bytes", n, n == 1 ? "blob" : "blobs, this the first",
                           (unsigned long long)bytes));
}

void layout_blobs(struct settling *s)
{
    struct blobs b = {.s = s};
    struct slice root;
    b.last = &b.queue;
    for (struct layout_record *r = s->l->first_record; r; r = r->next)
        if (begins(&b, r)) enqueue(&b, r);
    struct layout_record *starts = b.queue;
    for (const struct layout_record *r = b.queue; r; r = r->queued) visit(&b, r);
    for (const struct layout_record *r = starts; r && s->whole; r = r->queued)
        if (!is_blob(r->path) && root_of(r->path, &root)) tell_left_over(&b, root);
}
