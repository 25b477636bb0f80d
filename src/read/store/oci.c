/* SPDX-License-Identifier: Apache-2.0 */
/* oci.c - manifests and indexes: which blobs an artifact is made of.
 * Sources: OCI image-spec 1.1 (image-layout.md, manifest.md, descriptor.md); CNCF model-spec
 * (ModelPack) v0.0.7: artifactType application/vnd.cncf.model.manifest.v1+json, layers
 * application/vnd.cncf.model.{weight,weight.config,doc,code,dataset}.v1.{raw,tar,...}, annotation
 * org.cncf.model.filepath; KitOps 1.x: application/vnd.kitops.modelkit.*; Ollama 0.x:
 * manifests/HOST/NAMESPACE/MODEL/TAG in Docker's form (distribution manifest v2, schema 2).
 *
 *    { "schemaVersion": 2, "manifests": [DESCRIPTOR] }                  index.json, an index blob
 *    { "schemaVersion": 2, "config": DESCRIPTOR, "layers": [DESCRIPTOR] }             a manifest
 *    DESCRIPTOR  { "mediaType", "digest": "sha256:HEX", "size": n, "annotations": {...} }
 *
 * Content that a descriptor brings along ("data") or says to lie elsewhere ("urls") need not be in
 * the store; what a manifest refers to ("subject") is not part of it. */
#include "codec/shape.h"
#include "read/store/store.h"
#include "read/config/config_part.h"

#define MANIFEST_MAX (4u << 20) /* what the specification asks registries to take */

struct notes {
    struct shape_seen seen;
    struct slice filepath, title;
};

static const struct shape_field notes_fields[] = {
    SHAPE_FIELD(struct notes, filepath, "org.cncf.model.filepath", SHAPE_TEXT, 0),
    SHAPE_FIELD(struct notes, title, "org.opencontainers.image.title", SHAPE_TEXT, 0),
};
static const struct shape notes = {notes_fields, 2, sizeof(struct notes), SHAPE_OPEN};

struct descriptor {
    struct shape_seen seen;
    struct slice media, digest, artifact, data, urls;
    uint64_t size;
    struct notes notes;
};

enum { DESCRIPTOR_DATA = 4, DESCRIPTOR_URLS, DESCRIPTOR_NOTES };

static const struct shape_field descriptor_fields[] = {
    SHAPE_FIELD(struct descriptor, media, "mediaType", SHAPE_TEXT, 0),
    SHAPE_FIELD(struct descriptor, digest, "digest", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct descriptor, size, "size", SHAPE_U64, SHAPE_REQUIRED),
    SHAPE_FIELD(struct descriptor, artifact, "artifactType", SHAPE_TEXT, 0),
    SHAPE_FIELD(struct descriptor, data, "data", SHAPE_ANY, 0),
    SHAPE_FIELD(struct descriptor, urls, "urls", SHAPE_ANY, 0),
    SHAPE_INNER(struct descriptor, notes, "annotations", SHAPE_OBJECT, 0, &notes),
};
static const struct shape descriptor = {descriptor_fields, 7, sizeof(struct descriptor),
                                        SHAPE_OPEN};

struct manifest {
    struct shape_seen seen;
    uint64_t version;
    struct slice media, artifact;
    struct descriptor config;
    struct shape_list layers, manifests;
};

enum { MANIFEST_CONFIG = 3 };

static const struct shape_field manifest_fields[] = {
    SHAPE_FIELD(struct manifest, version, "schemaVersion", SHAPE_U64, SHAPE_REQUIRED),
    SHAPE_FIELD(struct manifest, media, "mediaType", SHAPE_TEXT, 0),
    SHAPE_FIELD(struct manifest, artifact, "artifactType", SHAPE_TEXT, 0),
    SHAPE_INNER(struct manifest, config, "config", SHAPE_OBJECT, 0, &descriptor),
    SHAPE_INNER(struct manifest, layers, "layers", SHAPE_LIST, 0, &descriptor),
    SHAPE_INNER(struct manifest, manifests, "manifests", SHAPE_LIST, 0, &descriptor),
};
static const struct shape manifest = {manifest_fields, 6, sizeof(struct manifest), SHAPE_OPEN};

/* Cheap: most JSON is none. */
bool oci_fits(const struct reading *r)
{
    struct slice bytes = r->layer->bytes, head = slice_trim(slice_sub(bytes, 0, 64));
    return bytes.n <= MANIFEST_MAX && slice_starts(head, S("{")) &&
           slice_has(bytes, S("\"schemaVersion\"")) && slice_has(bytes, S("\"digest\"")) &&
           (slice_has(bytes, S("\"layers\"")) || slice_has(bytes, S("\"manifests\"")));
}

/* Where a client would write the layer. */
static void check_paths(const struct store_record *c, const struct descriptor *d)
{
    struct slice path = d->notes.filepath, title = d->notes.title;
    if (path.n) (void)config_path(c->r, S("org.cncf.model.filepath"), path, 0);
    if (title.n) (void)config_path(c->r, S("org.opencontainers.image.title"), title, 0);
}

static void on_descriptor(struct store_record *c, const struct descriptor *d)
{
    struct file_claim claim = {.store = CLAIM_OCI,
                               .about = CLAIM_BLOB,
                               .path = d->notes.filepath.n ? d->notes.filepath : d->notes.title,
                               .sized = true,
                               .size = d->size,
                               .note = d->media};
    claim.optional = shape_has(&d->seen, DESCRIPTOR_DATA) || shape_has(&d->seen, DESCRIPTOR_URLS);
    check_paths(c, d);
    if (slice_starts(d->digest, S("sha256:")))
        (void)store_digest(&claim, CLAIM_SHA256, slice_sub(d->digest, 7, SIZE_MAX));
    else if (slice_starts(d->digest, S("sha512:")))
        (void)store_digest(&claim, CLAIM_SHA512, slice_sub(d->digest, 7, SIZE_MAX));
    if (!claim.kind)
        tell_anomaly(c->r, ANOMALY_MALFORMED, 0, "a descriptor's digest is none: %.*s",
                     SLICE_ARG(slice_sub(d->digest, 0, 100)));
    else
        store_tell(c, &claim);
    if (d->media.n) tell_card(c->r, CARD_MEDIA_TYPES, d->media);
    if (d->artifact.n) tell_card(c->r, CARD_ARTIFACT_TYPE, d->artifact);
}

static enum st on_list(struct store_record *c, const struct shape_list *list)
{
    const struct descriptor *items = list->items;
    for (size_t i = 0; i < list->count; i++) {
        if (!budget_work(c->r->budget, 4)) return ST_LIMIT;
        on_descriptor(c, &items[i]);
    }
    return ST_OK;
}

enum st oci_claims(struct store_record *c)
{
    struct manifest m;
    struct slice why;
    if (!budget_work(c->r->budget, 1 + c->r->layer->bytes.n / 64)) return ST_LIMIT;
    enum st st = shape_read(&manifest, c->r->layer->bytes, c->r->arena, &m, &why);
    if (st == ST_MALFORMED) {
        tell_anomaly(c->r, ANOMALY_MALFORMED, 0, "a manifest of blobs: %.*s", SLICE_ARG(why));
        return ST_OK;
    }
    if (st != ST_OK || m.version != 2) return st;
    if (m.artifact.n) tell_card(c->r, CARD_ARTIFACT_TYPE, m.artifact);
    if (shape_has(&m.seen, MANIFEST_CONFIG)) on_descriptor(c, &m.config);
    st = on_list(c, &m.layers);
    return st == ST_OK ? on_list(c, &m.manifests) : st;
}
