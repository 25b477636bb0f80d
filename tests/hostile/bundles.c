/* SPDX-License-Identifier: Apache-2.0 */
/* bundles.c COUNT SEED FOLDER: genuine bundles of keys and certificates (FOLDER/cases.json),
 * damaged COUNT times; each is also cut at every length and each of its bits flipped once.
 * The oracle: what is accepted holds the payload, signature and verification material of a genuine
 * bundle, and went through the wall of the sandbox on its way. */
#include "../tools/damage.h"
#include "../tools/keyless_cases.h"
#include "sign/bundle_record.h"
#include "sign/verify.h"

#define BASES_MAX 64

struct testcase {
    struct shape_seen seen;
    struct slice name, bundle, method, public_key, expect;
    struct shape_list roots;
};
static const struct shape_field testcase_fields[] = {
    SHAPE_FIELD(struct testcase, name, "name", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct testcase, bundle, "bundle", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct testcase, method, "method", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_FIELD(struct testcase, public_key, "public_key", SHAPE_TEXT, 0),
    SHAPE_FIELD(struct testcase, expect, "expect", SHAPE_TEXT, SHAPE_REQUIRED),
    SHAPE_ITEMS(struct testcase, roots, "certificate_chain", SHAPE_TEXT, 0)};
static const struct shape testcase_shape = {testcase_fields, 6, sizeof(struct testcase),
                                            SHAPE_OPEN};

struct cases {
    struct shape_seen seen;
    struct shape_list list;
};
static const struct shape_field cases_fields[] = {
    SHAPE_INNER(struct cases, list, "cases", SHAPE_LIST, SHAPE_REQUIRED, &testcase_shape)};
static const struct shape cases_shape = {cases_fields, 1, sizeof(struct cases), SHAPE_CLOSED};

struct base {
    struct damage_text text;
    struct slice name;
    struct bundle bundle;
    struct verify_trust trust;
    struct verify_key key;
};

struct run {
    struct arena kept, arena;
    struct base *bases[BASES_MAX];
    const struct damage_text *texts[BASES_MAX];
    size_t count;
    struct damage damage;
    uint64_t tried, unread, refused, accepted, wrong;
};

static bool same_list(const struct slice *a, size_t an, const struct slice *b, size_t bn)
{
    if (an != bn) return false;
    for (size_t i = 0; i < an; i++)
        if (!slice_eq(a[i], b[i])) return false;
    return true;
}

/* A hint may be missing: it only says which key to try. */
static bool same_key(const struct bundle *a, const struct bundle *b)
{
    return (!a->key_hint.n || slice_eq(a->key_hint, b->key_hint)) &&
           (!a->key_raw.n || slice_eq(a->key_raw, b->key_raw));
}

/* A splice may put one genuine signature of a payload in the place of another: both hold. */
static bool is_genuine(const struct run *r, const struct bundle *a)
{
    bool signature = false, material = false;
    for (size_t i = 0; i < r->count; i++) {
        const struct bundle *b = &r->bases[i]->bundle;
        signature |=
            slice_eq(a->payload, b->payload) && slice_eq(a->payload_type, b->payload_type) &&
            same_list(a->signatures, a->signature_count, b->signatures, b->signature_count);
        material |=
            a->material == b->material && same_key(a, b) &&
            same_list(a->certificates, a->certificate_count, b->certificates, b->certificate_count);
    }
    return signature && material;
}

static enum st through_the_wall(struct run *r, struct slice text, struct bundle *ret,
                                struct slice *ret_why)
{
    struct buf answer;
    buf_init(&answer, 16u << 20);
    bundle_record_answer(text, &r->arena, &answer);
    enum st st =
        bundle_record_read(arena_copy(&r->arena, buf_slice(&answer)), &r->arena, ret, ret_why);
    buf_done(&answer);
    return st;
}

static void one(struct run *r, const struct base *b, struct slice text)
{
    struct bundle bundle;
    struct signer signer;
    struct slice why = S("");
    r->tried++;
    if (through_the_wall(r, text, &bundle, &why) != ST_OK) {
        r->unread++;
        r->wrong += !why.n;
    } else if (verify_signer(&bundle, &b->trust, &r->arena, &signer, &why) != ST_OK) {
        r->refused++;
        r->wrong += !why.n;
    } else {
        r->accepted++;
        if (!is_genuine(r, &bundle)) {
            r->wrong++;
            (void)fprintf(stderr, "accepted, made of %.*s:\n%.*s\n", SLICE_ARG(b->name),
                          SLICE_ARG(text));
        }
    }
    arena_reset(&r->arena);
}

/* ---- the genuine ones ---- */

static void add_base(struct run *r, const char *folder, const struct testcase *t)
{
    struct slice why = S("");
    const char *text = "";
    struct signer signer;
    struct base *b = ARENA_NEW(&r->kept, struct base);
    const struct slice *root = t->roots.items;
    if (!b || r->count == BASES_MAX) keyless_give_up(folder, S("too many bases"));
    b->name = t->name;
    b->text.text = keyless_file(folder, t->bundle, &r->kept);
    b->trust.now = 1796000000; /* 2026-11-30 */
    if (t->public_key.n) {
        struct slice pem = keyless_file(folder, t->public_key, &r->kept);
        if (ec_public(pem, &b->key.key, &text) != ST_OK) keyless_give_up(folder, slice_str(text));
        b->trust.keys = &b->key;
        b->trust.key_count = 1;
    }
    struct slice *all = ARENA_ARRAY(&r->kept, struct slice, t->roots.count + 1);
    for (size_t i = 0; i < t->roots.count; i++) {
        struct x509_list list;
        if (x509_certificates(keyless_file(folder, root[i], &r->kept), &r->kept, &list, &why) !=
            ST_OK)
            keyless_give_up(folder, why);
        all[b->trust.anchors.count++] = list.items[0];
    }
    b->trust.anchors.items = all;
    if (bundle_read(b->text.text, &r->kept, &b->bundle, &why) != ST_OK ||
        verify_signer(&b->bundle, &b->trust, &r->kept, &signer, &why) != ST_OK)
        keyless_give_up(arena_cstr(&r->kept, t->name), why);
    damage_find(&b->text);
    r->texts[r->count] = &b->text;
    r->bases[r->count++] = b;
}

static void add_folder(struct run *r, const char *folder)
{
    struct cases cases;
    struct slice why = S(""), list = keyless_file(folder, S("cases.json"), &r->kept);
    struct slice json = arena_printf(&r->kept, "{\"cases\":%s}", arena_cstr(&r->kept, list));
    if (shape_read(&cases_shape, json, &r->kept, &cases, &why) != ST_OK)
        keyless_give_up(folder, why);
    const struct testcase *t = cases.list.items;
    for (size_t i = 0; i < cases.list.count; i++)
        if (slice_eq(t[i].expect, S("ok"))) add_base(r, folder, &t[i]);
}

/* ---- the damage ---- */

static void sweep(struct run *r, const struct base *b)
{
    struct slice text = b->text.text;
    uint8_t *copy = malloc(text.n);
    if (!copy) return;
    memcpy(copy, text.p, text.n);
    for (size_t n = 0; n < text.n; n++) one(r, b, slice_of(copy, n));
    for (size_t i = 0; i < text.n * 8; i++) {
        copy[i / 8] ^= (uint8_t)(1u << i % 8);
        one(r, b, slice_of(copy, text.n));
        copy[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    free(copy);
}

int main(int argc, char **argv)
{
    static struct run r;
    struct buf text;
    uint64_t count = 0, seed = 0;
    if (argc != 4 || !num_u64(slice_str(argv[1]), &count) || !num_u64(slice_str(argv[2]), &seed))
        return 2;
    arena_init(&r.kept, 1u << 28, 1u << 16);
    arena_init(&r.arena, 1u << 26, 1u << 16);
    buf_init(&text, 1u << 22);
    add_folder(&r, argv[3]);
    r.damage = (struct damage){r.texts, r.count, seed, &r.arena};
    for (uint64_t i = 0; i < count; i++) {
        const struct base *b = r.bases[damage_pick(&r.damage, r.count)];
        damage_do(&r.damage, &b->text, &text);
        one(&r, b, buf_slice(&text));
    }
    sweep(&r, r.bases[0]);
    printf("%zu genuine, %llu damaged: %llu unread, %llu refused, %llu accepted with the same "
           "content, %llu wrong\n",
           r.count, (unsigned long long)r.tried, (unsigned long long)r.unread,
           (unsigned long long)r.refused, (unsigned long long)(r.accepted - r.wrong),
           (unsigned long long)r.wrong);
    for (size_t i = 0; i < r.count; i++) ec_free(r.bases[i]->key.key);
    buf_done(&text);
    arena_done(&r.arena);
    arena_done(&r.kept);
    return r.wrong || !r.refused || !r.accepted ? 1 : 0;
}
