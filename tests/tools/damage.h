/* SPDX-License-Identifier: Apache-2.0 */
/* damage.h - JSON texts, damaged at random: bytes, decoded Base64, numbers, values of one text in
 * another, members taken away. The run can be repeated: it depends on the seed alone. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "base/num.h"
#include "base/st.h"
#include "codec/base64.h"
#include "codec/json.h"
#include <stdio.h>

#define SPOTS_MAX 256

enum spot_kind { SPOT_KEY, SPOT_TEXT, SPOT_NUMBER };

struct spot { /* a token of the text */
    enum spot_kind kind;
    struct slice raw;
    size_t at;  /* of raw, in the text */
    size_t end; /* SPOT_KEY: behind its value */
};

struct damage_text {
    struct slice text;
    struct spot spots[SPOTS_MAX];
    size_t count;
};

struct damage {
    const struct damage_text *const *texts; /* all that splices may come from */
    size_t text_count;
    uint64_t random; /* the seed; not 0 */
    struct arena *arena;
};

/* xorshift64* */
static inline size_t damage_pick(struct damage *d, size_t below)
{
    d->random ^= d->random >> 12;
    d->random ^= d->random << 25;
    d->random ^= d->random >> 27;
    return (size_t)((d->random * 0x2545f4914f6cdd1dULL >> 33) % (below ? below : 1));
}

static inline void damage_find(struct damage_text *t)
{
    struct json j;
    json_init(&j, t->text);
    while (json_next(&j) != JSON_END && j.token != JSON_BAD && t->count < SPOTS_MAX) {
        struct spot *s = &t->spots[t->count];
        if (j.token != JSON_KEY && j.token != JSON_STRING && j.token != JSON_NUMBER) continue;
        *s = (struct spot){j.token == JSON_KEY      ? SPOT_KEY
                           : j.token == JSON_STRING ? SPOT_TEXT
                                                    : SPOT_NUMBER,
                           j.raw, 0, 0};
        if (!slice_inside(t->text, j.raw, &s->at)) continue;
        t->count++;
        if (j.token != JSON_KEY) continue;
        struct json value = j;
        (void)json_next(&value);
        (void)json_skip(&value);
        s->end = value.at;
    }
}

static inline void damage_replace(struct slice text, size_t at, size_t n, struct slice with,
                                  struct buf *out)
{
    buf_add(out, slice_sub(text, 0, at));
    buf_add(out, with);
    buf_add(out, slice_sub(text, at + n, text.n));
}

static inline const struct spot *damage_spot(struct damage *d, const struct damage_text *t,
                                             enum spot_kind kind)
{
    for (unsigned tries = 0; tries < 64; tries++) {
        const struct spot *s = &t->spots[damage_pick(d, t->count)];
        if (s->kind == kind) return s;
    }
    return NULL;
}

/* Bytes of the text as they lie; or it ends somewhere. */
static inline bool damage_bytes(struct damage *d, const struct damage_text *t, struct buf *out)
{
    size_t at = damage_pick(d, t->text.n), n = damage_pick(d, 3);
    uint8_t with[2] = {(uint8_t)(t->text.p[at] ^ 1u << damage_pick(d, 8)),
                       (uint8_t)(32 + damage_pick(d, 95))};
    if (!damage_pick(d, 16)) n = t->text.n;
    damage_replace(t->text, at, n, slice_of(with, n == 1 ? 1 : damage_pick(d, 3)), out);
    return true;
}

static inline void damage_bend(struct damage *d, uint8_t *p, size_t *n)
{
    size_t at = damage_pick(d, *n);
    switch (damage_pick(d, 6)) {
    case 0: *n = at; break;
    case 1: p[(*n)++] = (uint8_t)damage_pick(d, 256); break;
    case 2: p[at] = (uint8_t)damage_pick(d, 256); break;
    case 3: p[at] = (uint8_t)(p[at] + (damage_pick(d, 2) ? 1 : 255)); break;
    default: p[at] ^= (uint8_t)(1u << damage_pick(d, 8)); break;
    }
}

/* One byte of what a Base64 text stands for. */
static inline bool damage_decoded(struct damage *d, const struct damage_text *t, struct buf *out)
{
    struct slice bytes;
    struct buf text;
    const struct spot *s = damage_spot(d, t, SPOT_TEXT);
    if (!s || s->raw.n < 8 || !base64_decode(s->raw, d->arena, &bytes) || !bytes.n) return false;
    uint8_t *p = arena_alloc(d->arena, bytes.n + 1, 1);
    if (!p) return false;
    memcpy(p, bytes.p, bytes.n);
    damage_bend(d, p, &bytes.n);
    buf_init(&text, 1u << 20);
    base64_write(slice_of(p, bytes.n), &text);
    damage_replace(t->text, s->at, s->raw.n, buf_slice(&text), out);
    buf_done(&text);
    return true;
}

/* Another number, also one in quotes. */
static inline bool damage_number(struct damage *d, const struct damage_text *t, struct buf *out)
{
    uint64_t n;
    char text[32];
    const struct spot *s = damage_spot(d, t, damage_pick(d, 2) ? SPOT_TEXT : SPOT_NUMBER);
    if (!s || !num_u64(s->raw, &n)) return false;
    n = damage_pick(d, 2) ? n + 1 - 2 * damage_pick(d, 2) : n ^ (uint64_t)1 << damage_pick(d, 63);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)n);
    damage_replace(t->text, s->at, s->raw.n, slice_str(text), out);
    return true;
}

/* A text of another bundle, mostly from the same place, or from elsewhere in this one. */
static inline bool damage_splice(struct damage *d, const struct damage_text *t, struct buf *out)
{
    const struct damage_text *other = d->texts[damage_pick(d, d->text_count)];
    const struct spot *s = damage_spot(d, t, SPOT_TEXT), *from = NULL;
    if (!s) return false;
    size_t place = (size_t)(s - t->spots);
    if (damage_pick(d, 4) && place < other->count) from = &other->spots[place];
    if (!from || from->kind != SPOT_TEXT) from = damage_spot(d, other, SPOT_TEXT);
    if (!from) return false;
    damage_replace(t->text, s->at, s->raw.n, from->raw, out);
    return true;
}

/* A member less. */
static inline bool damage_member(struct damage *d, const struct damage_text *t, struct buf *out)
{
    const struct spot *s = damage_spot(d, t, SPOT_KEY);
    if (!s) return false;
    size_t from = s->at - 1, to = s->end;
    if (to < t->text.n && t->text.p[to] == ',')
        to++;
    else if (from && t->text.p[from - 1] == ',')
        from--;
    damage_replace(t->text, from, to - from, S(""), out);
    return true;
}

/* Another text than `t`, in `out`. */
static inline void damage_do(struct damage *d, const struct damage_text *t, struct buf *out)
{
    static bool (*const ways[])(struct damage *, const struct damage_text *, struct buf *) = {
        damage_bytes,  damage_decoded, damage_decoded, damage_decoded,
        damage_number, damage_splice,  damage_splice,  damage_member};
    do buf_reset(out);
    while (!ways[damage_pick(d, COUNT_OF(ways))](d, t, out) || slice_eq(buf_slice(out), t->text));
}
