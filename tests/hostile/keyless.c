/* SPDX-License-Identifier: Apache-2.0 */
/* keyless.c COUNT SEED FOLDER...: genuine keyless bundles, damaged COUNT times: bytes, JSON values,
 * decoded Base64, members taken away, values of one bundle in another.
 * The oracle: what is accepted holds the payload, signature and verification material of a genuine
 * bundle. A proof may be missing when another is left. What no one signs may differ, and is
 * counted: the time of a Rekor v1 entry without SET, the lines of witnesses, a time stamp's words
 * of status. */
#include "../tools/keyless_cases.h"
#include "base/num.h"
#include "codec/base64.h"
#include "codec/json.h"

#define BASES_MAX 128
#define SPOTS_MAX 256

enum spot_kind { SPOT_KEY, SPOT_TEXT, SPOT_NUMBER, SPOT_KINDS };

struct spot { /* a token of the base's JSON */
    enum spot_kind kind;
    struct slice raw;
    size_t at;  /* of raw, in the text */
    size_t end; /* SPOT_KEY: behind its value */
};

struct base {
    struct slice name, text;
    struct bundle bundle;
    const struct trust *trust;
    struct keyless_want want;
    struct spot spots[SPOTS_MAX];
    size_t spot_count;
};

struct run {
    struct arena kept, arena;
    struct base bases[BASES_MAX];
    size_t base_count;
    uint64_t random;
    uint64_t tried, unread, refused, accepted, unsigned_part, wrong;
};

/* xorshift64*: the run can be repeated */
static size_t pick(struct run *r, size_t below)
{
    r->random ^= r->random >> 12;
    r->random ^= r->random << 25;
    r->random ^= r->random >> 27;
    return (size_t)((r->random * 0x2545f4914f6cdd1dULL >> 33) % (below ? below : 1));
}

static void find_spots(struct base *b)
{
    struct json j;
    json_init(&j, b->text);
    while (json_next(&j) != JSON_END && j.token != JSON_BAD && b->spot_count < SPOTS_MAX) {
        struct spot *s = &b->spots[b->spot_count];
        if (j.token == JSON_KEY)
            s->kind = SPOT_KEY;
        else if (j.token == JSON_STRING)
            s->kind = SPOT_TEXT;
        else if (j.token == JSON_NUMBER)
            s->kind = SPOT_NUMBER;
        else
            continue;
        s->raw = j.raw;
        if (!slice_inside(b->text, j.raw, &s->at)) continue;
        b->spot_count++;
        if (j.token != JSON_KEY) continue;
        struct json value = j;
        (void)json_next(&value);
        (void)json_skip(&value);
        s->end = value.at;
    }
}

static void add_base(struct run *r, const char *folder, const struct keyless_case *t)
{
    struct slice why = {0};
    struct base *b = &r->bases[r->base_count];
    struct trust *trust = ARENA_NEW(&r->kept, struct trust);
    struct keyless_signer signer;
    if (r->base_count == BASES_MAX || !trust) keyless_give_up(folder, S("too many bases"));
    *trust = keyless_trust(folder, t, &r->kept);
    *b = (struct base){.name = t->name,
                       .text = keyless_file(folder, t->bundle, &r->kept),
                       .trust = trust,
                       .want = {t->identity, t->issuer}};
    if (bundle_read(b->text, &r->kept, &b->bundle, &why) != ST_OK ||
        keyless_verify(&b->bundle, trust, &b->want, &r->kept, &signer, &why) != ST_OK)
        keyless_give_up(folder, why);
    find_spots(b);
    r->base_count++;
}

static void add_folder(struct run *r, const char *folder)
{
    struct keyless_cases cases = keyless_load(folder, &r->kept);
    const struct keyless_case *t = cases.list.items;
    for (size_t i = 0; i < cases.list.count; i++)
        if (slice_eq(t[i].expect, S("ok"))) add_base(r, folder, &t[i]);
}

/* ---- damage ---- */

static void replace(struct slice text, size_t at, size_t n, struct slice with, struct buf *out)
{
    buf_add(out, slice_sub(text, 0, at));
    buf_add(out, with);
    buf_add(out, slice_sub(text, at + n, text.n));
}

static const struct spot *a_spot(struct run *r, const struct base *b, enum spot_kind kind)
{
    for (unsigned tries = 0; tries < 64; tries++) {
        const struct spot *s = &b->spots[pick(r, b->spot_count)];
        if (s->kind == kind) return s;
    }
    return NULL;
}

static void bend(struct run *r, uint8_t *p, size_t *n)
{
    size_t at = pick(r, *n);
    switch (pick(r, 6)) {
    case 0: *n = at; break;
    case 1: p[(*n)++] = (uint8_t)pick(r, 256); break;
    case 2: p[at] = (uint8_t)pick(r, 256); break;
    case 3: p[at] = (uint8_t)(p[at] + (pick(r, 2) ? 1 : 255)); break;
    default: p[at] ^= (uint8_t)(1u << pick(r, 8)); break;
    }
}

/* Bytes of the text as they lie. */
static bool damage_bytes(struct run *r, const struct base *b, struct buf *out)
{
    size_t at = pick(r, b->text.n), n = pick(r, 3);
    uint8_t with[2] = {(uint8_t)(b->text.p[at] ^ 1u << pick(r, 8)), (uint8_t)(32 + pick(r, 95))};
    replace(b->text, at, n, slice_of(with, n == 1 ? 1 : pick(r, 3)), out);
    return true;
}

/* One byte of what a Base64 text stands for. */
static bool damage_decoded(struct run *r, const struct base *b, struct buf *out)
{
    struct slice bytes;
    struct buf text;
    const struct spot *s = a_spot(r, b, SPOT_TEXT);
    if (!s || s->raw.n < 8 || !base64_decode(s->raw, &r->arena, &bytes) || !bytes.n) return false;
    uint8_t *p = arena_alloc(&r->arena, bytes.n + 1, 1);
    if (!p) return false;
    memcpy(p, bytes.p, bytes.n);
    bend(r, p, &bytes.n);
    buf_init(&text, 1u << 20);
    base64_write(slice_of(p, bytes.n), &text);
    replace(b->text, s->at, s->raw.n, buf_slice(&text), out);
    buf_done(&text);
    return true;
}

/* Another number, also one in quotes. */
static bool damage_number(struct run *r, const struct base *b, struct buf *out)
{
    uint64_t n;
    char text[32];
    const struct spot *s = a_spot(r, b, SPOT_TEXT);
    if (!s || !num_u64(s->raw, &n)) return false;
    n = pick(r, 2) ? n + 1 - 2 * pick(r, 2) : n ^ (uint64_t)1 << pick(r, 63);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    replace(b->text, s->at, s->raw.n, slice_str(text), out);
    return true;
}

/* A text of another bundle, or from elsewhere in this one. */
static bool damage_splice(struct run *r, const struct base *b, struct buf *out)
{
    const struct base *other = &r->bases[pick(r, r->base_count)];
    const struct spot *s = a_spot(r, b, SPOT_TEXT), *from = NULL;
    if (!s) return false;
    /* mostly the same place: spots have the same order in bundles of the same form */
    size_t place = (size_t)(s - b->spots);
    if (pick(r, 4) && place < other->spot_count) from = &other->spots[place];
    if (!from || from->kind != SPOT_TEXT) from = a_spot(r, other, SPOT_TEXT);
    if (!from) return false;
    replace(b->text, s->at, s->raw.n, from->raw, out);
    return true;
}

/* A member less. */
static bool damage_member(struct run *r, const struct base *b, struct buf *out)
{
    const struct spot *s = a_spot(r, b, SPOT_KEY);
    if (!s) return false;
    size_t from = s->at - 1, to = s->end;
    if (to < b->text.n && b->text.p[to] == ',')
        to++;
    else if (from && b->text.p[from - 1] == ',')
        from--;
    replace(b->text, from, to - from, S(""), out);
    return true;
}

static void damage(struct run *r, const struct base *b, struct buf *out)
{
    static bool (*const ways[])(struct run *, const struct base *, struct buf *) = {
        damage_bytes,  damage_decoded, damage_decoded, damage_decoded, damage_decoded,
        damage_number, damage_splice,  damage_splice,  damage_member};
    do buf_reset(out);
    while (!ways[pick(r, COUNT_OF(ways))](r, b, out) || slice_eq(buf_slice(out), b->text));
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
    const struct base *b = &r->bases[pick(r, r->base_count)];
    damage(r, b, text);
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
        !num_u64(slice_str(argv[2]), &r.random) || !r.random)
        keyless_give_up("usage", S("keyless COUNT SEED FOLDER..."));
    arena_init(&r.kept, 256u << 20, 1u << 16);
    arena_init(&r.arena, 64u << 20, 1u << 16);
    buf_init(&text, 4u << 20);
    for (int i = 3; i < argc; i++) add_folder(&r, argv[i]);
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
