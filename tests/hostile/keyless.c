/* SPDX-License-Identifier: Apache-2.0 */
/* keyless.c COUNT SEED FOLDER...: genuine keyless bundles, damaged COUNT times: bytes, JSON values,
 * decoded Base64, members taken away, values of one bundle in another.
 * The oracle: what is accepted holds the payload, signature and verification material of a genuine
 * bundle. A proof may be missing when another is left. What no one signs may differ, and is
 * counted: the time of a Rekor v1 entry without SET, the lines of witnesses, a time stamp's words
 * of status. */
#include "../tools/damage.h"
#include "../tools/keyless_cases.h"

#define BASES_MAX 128
struct base {
    struct slice name;
    struct damage_text text;
    struct bundle bundle;
    const struct trust *trust;
    struct keyless_want want;
};

struct run {
    struct arena kept, arena;
    struct base bases[BASES_MAX];
    const struct damage_text *texts[BASES_MAX];
    size_t base_count;
    struct damage damage;
    uint64_t tried, unread, refused, accepted, unsigned_part, wrong;
};

static void add_base(struct run *r, const char *folder, const struct keyless_case *t)
{
    struct slice why = {0};
    struct base *b = &r->bases[r->base_count];
    struct trust *trust = ARENA_NEW(&r->kept, struct trust);
    struct keyless_signer signer;
    if (r->base_count == BASES_MAX || !trust) keyless_give_up(folder, S("too many bases"));
    *trust = keyless_trust(folder, t, &r->kept);
    *b = (struct base){.name = t->name,
                       .text = {.text = keyless_file(folder, t->bundle, &r->kept)},
                       .trust = trust,
                       .want = {t->identity, t->issuer}};
    if (bundle_read(b->text.text, &r->kept, &b->bundle, &why) != ST_OK ||
        keyless_verify(&b->bundle, trust, &b->want, &r->kept, &signer, &why) != ST_OK)
        keyless_give_up(folder, why);
    damage_find(&b->text);
    r->texts[r->base_count++] = &b->text;
}

static void add_folder(struct run *r, const char *folder)
{
    struct keyless_cases cases = keyless_load(folder, &r->kept);
    const struct keyless_case *t = cases.list.items;
    for (size_t i = 0; i < cases.list.count; i++)
        if (slice_eq(t[i].expect, S("ok"))) add_base(r, folder, &t[i]);
}

/* ---- the oracle ---- */

enum verdict { SAME, UNSIGNED, OTHER };

static bool same_list(const struct slice *a, size_t an, const struct slice *b, size_t bn)
{
    if (an != bn) return false;
    for (size_t i = 0; i < an; i++)
        if (!slice_eq(a[i], b[i])) return false;
    return true;
}

/* Without the words of status, which stand before the token: 30 .. 30 .. 02 01 00 [30 .. words] */
static bool same_token(struct slice a, struct slice b)
{
    size_t n = 900;
    return a.n > n && b.n > n && slice_eq(slice_sub(a, a.n - n, n), slice_sub(b, b.n - n, n));
}

static enum verdict compare_token(struct slice token, const struct bundle *b)
{
    enum verdict best = OTHER;
    for (size_t k = 0; best != SAME && k < b->timestamp_count; k++)
        if (slice_eq(token, b->timestamps[k]))
            best = SAME;
        else if (same_token(token, b->timestamps[k]))
            best = UNSIGNED;
    return best;
}

/* Each is one of a genuine bundle with the same signature. */
static enum verdict compare_timestamps(const struct run *r, const struct bundle *a)
{
    enum verdict worst = SAME;
    for (size_t i = 0; i < a->timestamp_count; i++) {
        enum verdict best = OTHER;
        for (size_t k = 0; best != SAME && k < r->base_count; k++) {
            const struct bundle *b = &r->bases[k].bundle;
            if (!slice_eq(a->signatures[0], b->signatures[0])) continue;
            enum verdict v = compare_token(a->timestamps[i], b);
            best = v < best ? v : best;
        }
        worst = best > worst ? best : worst;
    }
    return worst;
}

/* The first signature line and what is above it, when witnesses follow or stand before. */
static bool same_checkpoint_but_witness(struct slice a, struct slice b)
{
    size_t end = slice_find(a, S("\n\n"));
    return end != SIZE_MAX && slice_has(a, S("witness.test")) + slice_has(b, S("witness.test")) &&
           slice_eq(slice_sub(a, 0, end), slice_sub(b, 0, end));
}

static enum verdict compare_entries(const struct bundle_entry *a, const struct bundle_entry *b)
{
    const struct bundle_proof *p = &a->proof, *q = &b->proof;
    if (a->index != b->index || !slice_eq(a->log_id, b->log_id) || !slice_eq(a->kind, b->kind) ||
        !slice_eq(a->version, b->version) || !slice_eq(a->body, b->body) ||
        (a->promise.n && !slice_eq(a->promise, b->promise)) || a->has_proof != b->has_proof ||
        p->index != q->index || p->tree_size != q->tree_size || !slice_eq(p->root, q->root) ||
        !same_list(p->hashes.items, p->hashes.count, q->hashes.items, q->hashes.count))
        return a->index != b->index && !a->promise.n && slice_eq(a->body, b->body) ? UNSIGNED
                                                                                   : OTHER;
    if (!slice_eq(p->checkpoint, q->checkpoint))
        return same_checkpoint_but_witness(p->checkpoint, q->checkpoint) ? UNSIGNED : OTHER;
    if (a->integrated_time == b->integrated_time) return SAME;
    return a->promise.n ? OTHER : UNSIGNED;
}

static enum verdict compare(const struct bundle *a, const struct bundle *b)
{
    if (!slice_eq(a->payload, b->payload) || !slice_eq(a->payload_type, b->payload_type) ||
        a->material != b->material || a->entry_count != 1 ||
        !same_list(a->signatures, a->signature_count, b->signatures, b->signature_count) ||
        !same_list(a->certificates, a->certificate_count, b->certificates, b->certificate_count))
        return OTHER;
    return compare_entries(a->entries, b->entries);
}

/* The nearest of all genuine bundles: a splice may turn one into another. */
static enum verdict judge(const struct run *r, const struct bundle *a)
{
    enum verdict best = OTHER;
    for (size_t i = 0; best != SAME && i < r->base_count; i++) {
        enum verdict v = compare(a, &r->bases[i].bundle);
        if (v < best) best = v;
    }
    enum verdict times = compare_timestamps(r, a);
    return times > best ? times : best;
}

static void one(struct run *r, struct buf *text)
{
    struct bundle bundle;
    struct keyless_signer signer;
    struct slice why = {0};
    const struct base *b = &r->bases[damage_pick(&r->damage, r->base_count)];
    damage_do(&r->damage, &b->text, text);
    r->tried++;
    if (bundle_read(buf_slice(text), &r->arena, &bundle, &why) != ST_OK) {
        r->unread++;
    } else if (keyless_verify(&bundle, b->trust, &b->want, &r->arena, &signer, &why) != ST_OK) {
        r->refused++;
        if (!why.n) r->wrong++;
    } else {
        enum verdict v = judge(r, &bundle);
        r->accepted++;
        r->unsigned_part += v == UNSIGNED;
        r->wrong += v == OTHER;
        if (v == OTHER)
            (void)fprintf(stderr, "accepted, made of %.*s:\n%s\n", SLICE_ARG(b->name),
                          buf_text(text));
    }
    arena_reset(&r->arena);
}

int main(int argc, char **argv)
{
    static struct run r;
    struct buf text;
    uint64_t count = 0;
    if (argc < 4 || !num_u64(slice_str(argv[1]), &count) ||
        !num_u64(slice_str(argv[2]), &r.damage.random) || !r.damage.random)
        keyless_give_up("usage", S("keyless COUNT SEED FOLDER..."));
    arena_init(&r.kept, 256u << 20, 1u << 16);
    arena_init(&r.arena, 64u << 20, 1u << 16);
    buf_init(&text, 4u << 20);
    for (int i = 3; i < argc; i++) add_folder(&r, argv[i]);
    r.damage.texts = r.texts;
    r.damage.text_count = r.base_count;
    r.damage.arena = &r.arena;
    while (r.tried < count) one(&r, &text);
    printf("%llu damaged bundles of %zu genuine ones: %llu not read, %llu refused, %llu accepted "
           "(%llu differ in what no one signs), %llu wrong\n",
           (unsigned long long)r.tried, r.base_count, (unsigned long long)r.unread,
           (unsigned long long)r.refused, (unsigned long long)r.accepted,
           (unsigned long long)r.unsigned_part, (unsigned long long)r.wrong);
    buf_done(&text);
    arena_done(&r.arena);
    arena_done(&r.kept);
    return r.wrong != 0;
}
