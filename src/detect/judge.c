/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c - hands each event to the judge of its kind, and drops repeats. */
#include "detect/judge.h"
#include "base/map.h"
#include "finding/rules.h"

#define PER_RULE 200u /* findings of one rule and severity in one subject; more say nothing new */

struct judge_seen {
    struct map map;
    struct map counts; /* rule and severity -> findings */
};

void judge_init(struct judge *j, struct arena *arena, finding_fn *emit, void *ctx)
{
    *j = (struct judge){.arena = arena, .emit = emit, .emit_ctx = ctx};
    j->seen = ARENA_NEW(arena, struct judge_seen);
    if (j->seen)
        map_init(&j->seen->map, arena, 0);
    else
        j->nomem = true;
    if (j->seen) map_init(&j->seen->counts, arena, 1);
}

static void note_format(struct judge *j, const struct reading *r, const struct event *ev)
{
    if (r->layer->depth || j->format) return;
    j->format = ev->format.format;
    j->variant = ev->format.variant;
}

static bool is_list(enum card key)
{
    return key == CARD_DTYPES || key == CARD_IMPORTS || key == CARD_CODECS;
}

/* Whole-word membership in a comma-separated list. */
static bool listed(struct slice list, struct slice item)
{
    struct slice part;
    while (slice_split(&list, ',', &part))
        if (slice_eq(slice_trim(part), item)) return true;
    return false;
}

#define CARD_TEXT_MAX 4000

static void note_card(struct judge *j, const struct event *ev)
{
    struct slice *old = &j->card[ev->card.key];
    struct slice text = slice_sub(ev->card.text, 0, CARD_TEXT_MAX);
    j->numbers[ev->card.key] += ev->card.number;
    if (!text.p) return;
    if (is_list(ev->card.key) && old->n) {
        if (old->n > CARD_TEXT_MAX || listed(*old, text)) return;
        *old = arena_printf(j->arena, "%.*s, %.*s", SLICE_ARG(*old), SLICE_ARG(text));
    } else {
        *old = arena_copy(j->arena, text);
    }
    if (!old->p) j->nomem = true;
}

void judge_event(void *ctx, const struct reading *r, const struct event *ev)
{
    struct judge *j = ctx;
    switch (ev->kind) {
    case EV_FORMAT: note_format(j, r, ev); break;
    case EV_ANOMALY: judge_anomaly(j, r, ev); break;
    case EV_UNREAD: judge_unread(j, r, ev); break;
    case EV_CALL: judge_call(j, r, ev); break;
    case EV_TEXT: judge_text(j, r, ev); break;
    case EV_TENSOR: judge_tensor(j, r, ev); break;
    case EV_BLOB: judge_blob(j, r, ev); break;
    case EV_CARD: note_card(j, ev); break;
    case EV_REF: judge_ref(j, r, ev); break;
    case EV_TABLE:
    case EV_BLOCK:
    case EV_VALUE:
    case EV_TABLE_END: judge_data(j, r, ev); break;
    }
}

void judge_finish(struct judge *j)
{
    (void)j;
}

struct finding judge_finding(const struct judge *j, const struct reading *r, const char *rule_id,
                             uint64_t offset)
{
    (void)j;
    struct finding f = finding_of(rule_find(slice_str(rule_id)));
    size_t depth = r->layer->depth;
    if (depth > FINDING_INNER_MAX) depth = FINDING_INNER_MAX;
    f.inner_count = depth;
    for (const struct layer *l = r->layer; l->parent && depth; l = l->parent)
        f.inner[--depth] = l->name;
    f.offset = offset > INT64_MAX ? -1 : (int64_t)offset;
    return f;
}

/* A hostile file can break one rule a million times. */
static bool enough(struct judge *j, const struct finding *f)
{
    uint64_t key[2] = {hash_bytes(slice_str(f->rule->id), 0), f->severity};
    struct slice raw = slice_of(key, sizeof key);
    union map_value count = {.num = 0};
    if (!j->seen) return false;
    bool known = map_get(&j->seen->counts, raw, &count);
    if (known && count.num >= PER_RULE) return true;
    count.num++;
    struct slice stable = arena_copy(j->arena, raw);
    if (!stable.p || !map_put(&j->seen->counts, stable, count, NULL)) j->nomem = true;
    return false;
}

void judge_emit(struct judge *j, const struct finding *f)
{
    uint64_t key[2] = {hash_bytes(slice_str(f->rule->id), (uint64_t)f->offset),
                       hash_bytes(f->message, hash_bytes(f->evidence, 1))};
    for (size_t i = 0; i < f->inner_count; i++) key[1] = hash_bytes(f->inner[i], key[1]);
    struct slice raw = slice_of(key, sizeof key);
    union map_value one = {.num = 1};
    if (j->seen && (map_get(&j->seen->map, raw, &one) || enough(j, f))) return;
    struct slice stable = arena_copy(j->arena, raw);
    if (!stable.p || !j->seen || !map_put(&j->seen->map, stable, one, NULL)) {
        j->nomem = true;
        return;
    }
    j->findings++;
    j->emit(j->emit_ctx, f);
}
