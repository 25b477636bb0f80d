/* SPDX-License-Identifier: Apache-2.0 */
/* role.c - secrets and personal data in the texts that a model carries: metadata, templates, code.
 * Authors' addresses belong there and are not told; a key that travels with a model is told under
 * the rule that models have for it. */
#include "detect/data/data.h"
#include "detect/data/data_part.h"
#include "finding/rules.h"

struct role {
    struct judge_data *d;
    const struct event *ev;
};

static uint64_t lines_before(struct slice text, size_t at)
{
    uint64_t lines = 0;
    struct slice rest = slice_sub(text, 0, at);
    for (size_t nl; (nl = slice_find_byte(rest, '\n')) != SIZE_MAX; lines++)
        rest = slice_sub(rest, nl + 1, rest.n);
    return lines;
}

static void on_hit(void *ctx, const struct look_hit *h)
{
    const struct role *in = ctx;
    const struct event *ev = in->ev;
    struct judge_data *d = in->d;
    struct value v = {
        .detector = h->hit->detector,
        .sureness = h->hit->sureness,
        .severity = h->hit->severity,
        .in = IN_METADATA,
        .text =
            h->via ? h->value : slice_sub(ev->text.text, h->hit->from, h->hit->to - h->hit->from),
        .field = ev->text.name,
        .via = h->via,
        .offset = ev->offset + h->hit->from,
        .row = -1,
        .line = -1,
        .at = -1};
    if (ev->line) v.line = (int64_t)(ev->line + lines_before(ev->text.text, h->hit->from));
    if (v.sureness == HIT_WEAK || v.sureness == HIT_BARE) return;
    value_show(d, &v);
    value_found(d, &v);
}

void data_role(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct judge_data *d = data_of(j);
    if (!d || !d->look) return;
    data_arrive(d, r);
    struct role in = {d, ev};
    struct look_sink sink = {.on_hit = on_hit, .ctx = &in};
    enum look_kind kind = ev->text.role == TEXT_CODE ? LOOK_CODE : LOOK_PROSE;
    data_missed(d, d->look(d->look_ctx, ev->text.text, kind, &sink), ev->offset);
}
