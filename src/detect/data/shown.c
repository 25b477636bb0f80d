/* SPDX-License-Identifier: Apache-2.0 */
/* shown.c - source text as evidence: a line of code may hold a secret that another rule is about.
 *
 * Masked where it stands, so that what lies around it stays readable; where two values overlap,
 * what one of them hides stays hidden. */
#include "detect/data/data.h"
#include "detect/data/look.h"
#include "detect/data/mask.h"
#include "detect/engine/detector.h"

#define HEAD 4u /* bytes that are left of a value whose mask has another length */

struct shown {
    struct judge *judge;
    struct slice text;
    uint8_t *copy; /* NULL: nothing had to be masked yet */
};

static void on_hit(void *ctx, const struct look_hit *hit)
{
    struct shown *s = ctx;
    char mask[MASK_MAX];
    if (hit->hit->sureness != HIT_SURE) return;
    if (!s->copy) s->copy = (uint8_t *)(uintptr_t)arena_copy(s->judge->arena, s->text).p;
    if (!s->copy) {
        s->judge->nomem = true;
        return;
    }
    size_t from = (size_t)hit->hit->from, n = (size_t)(hit->hit->to - hit->hit->from);
    struct slice value = slice_sub(s->text, from, n);
    mask_value(value, mask);
    bool fits = strlen(mask) == value.n;
    for (size_t i = 0; i < value.n; i++) {
        uint8_t *at = &s->copy[from + i];
        uint8_t other = fits ? (uint8_t)mask[i] : i < HEAD && *at < 0x80 ? *at : '*';
        if (*at != '*') *at = other;
    }
}

struct slice data_shown(struct judge *j, struct slice text)
{
    struct shown s = {j, text, NULL};
    struct look_sink sink = {.on_hit = on_hit, .ctx = &s};
    if (!j->look || j->reveal || !text.n) return text;
    if (look_text(j->look, text, LOOK_CODE, &sink) == ST_NOMEM) j->nomem = true;
    return s.copy ? slice_of(s.copy, text.n) : text;
}
