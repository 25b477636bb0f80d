/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c - hands each event to the judge of its kind, and drops repeats. */
#include "detect/judge.h"
#include "base/map.h"
#include "detect/python/notebook.h"
#include "detect/data/data.h"
#include "detect/package/package.h"
#include "finding/rules.h"

/* Findings of one rule and severity in one subject that are sent one by one; of rows more, because
 * each row is to be repaired, and of remarks few. */
#define PER_RULE     200u
#define PER_RULE_ROW 5000u
#define PER_RULE_LOW 10u /* info */
/* All together in bytes, as they travel: the parent keeps 8 MiB of records. */
#define BYTES_MAX (6u << 20)

struct judge_count { /* of one rule and severity */
    struct judge_count *next;
    const struct rule *rule;
    enum severity severity;
    uint64_t sent, more;
};

#define NEAR 64u

struct judge_seen {
    struct map map;
    struct judge_count *counts;
    struct judge_count *near[NEAR]; /* those asked for last */
    size_t bytes;
};

void judge_init(struct judge *j, struct arena *arena, finding_fn *emit, void *ctx)
{
    *j = (struct judge){.arena = arena, .emit = emit, .emit_ctx = ctx};
    j->seen = ARENA_NEW(arena, struct judge_seen);
    if (j->seen)
        map_init(&j->seen->map, arena, 0);
    else
        j->nomem = true;
}

static void note_format(struct judge *j, const struct reading *r, const struct event *ev)
{
    if (r->layer->depth || j->format) return;
    j->format = ev->format.format;
    j->variant = ev->format.variant;
}

static bool is_list(enum card key)
{
    return key == CARD_DTYPES || key == CARD_IMPORTS || key == CARD_CODECS ||
           key == CARD_ARTIFACT_TYPE || key == CARD_MEDIA_TYPES || key == CARD_FLAVOURS;
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
    /* an archive may hold several pickles: one that is refused is enough */
    if (ev->card.key == CARD_WEIGHTS_ONLY && old->n && slice_eq(text, S("safe"))) return;
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
    case EV_FORMAT:
        data_leave(j);
        note_format(j, r, ev);
        break;
    case EV_ANOMALY: judge_anomaly(j, r, ev); break;
    case EV_UNREAD: judge_unread(j, r, ev); break;
    case EV_CALL: judge_call(j, r, ev); break;
    case EV_TEXT: judge_text(j, r, ev); break;
    case EV_TENSOR: judge_tensor(j, r, ev); break;
    case EV_BLOB: judge_blob(j, r, ev); break;
    case EV_CARD:
        note_card(j, ev);
        licence_card(j, r, ev);
        break;
    case EV_REF: judge_ref(j, r, ev); break;
    case EV_TABLE:
    case EV_BLOCK:
    case EV_VALUE:
    case EV_TABLE_END: judge_data(j, r, ev); break;
    case EV_COLUMNS: /* rows are told to who asked for them, and a judge does not */
    case EV_ROWS:
    case EV_CELL:
    case EV_ROWS_END: break;
    case EV_MODULE:
        judge_module(j, r, ev);
        package_imports(j, r, ev);
        notebook_magics(j, r, ev);
        break;
    case EV_NOTEBOOK:
    case EV_OUTPUT: judge_notebook(j, r, ev); break;
    case EV_SETTINGS: judge_settings(j, r, ev); break;
    case EV_COMMAND:
        judge_command(j, r, ev);
        package_command(j, r, ev);
        notebook_command(j, r, ev);
        break;
    case EV_PACKAGE: judge_package(j, r, ev); break;
    case EV_CLAIM:
        if (j->on_claim) j->on_claim(j->emit_ctx, ev->claim);
        break;
    }
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

void judge_requirement(struct judge *j, const struct reading *r, const struct requirement *q)
{
    /* a manifest inside an archive speaks of another project */
    if (j->on_requirement && !r->layer->depth) j->on_requirement(j->emit_ctx, q);
}

static struct judge_count *count_of(struct judge *j, const struct rule *rule, enum severity s)
{
    struct judge_count **near = &j->seen->near[((uintptr_t)rule / sizeof *rule + s) % NEAR];
    struct judge_count *c = *near;
    if (c && c->rule == rule && c->severity == s) return c;
    c = j->seen->counts;
    while (c && (c->rule != rule || c->severity != s)) c = c->next;
    if (c) return *near = c;
    c = ARENA_NEW(j->arena, struct judge_count);
    if (!c) {
        j->nomem = true;
        return NULL;
    }
    *c = (struct judge_count){.next = j->seen->counts, .rule = rule, .severity = s};
    return j->seen->counts = *near = c;
}

static size_t bytes_of(const struct finding *f)
{
    size_t n = 80 + f->field.n + f->message.n + f->evidence.n + f->fix.n;
    for (size_t i = 0; i < f->inner_count; i++) n += f->inner[i].n + 2;
    return n;
}

/* A hostile file can break one rule a million times. */
static bool is_full(const struct judge *j, const struct judge_count *c, bool row, size_t bytes)
{
    uint64_t most = c->severity == SEV_INFO ? PER_RULE_LOW : row ? PER_RULE_ROW : PER_RULE;
    /* the first of each rule are always sent */
    return c->sent >= most || (c->sent >= 20 && j->seen->bytes + bytes > BYTES_MAX);
}

bool judge_full(struct judge *j, const struct rule *rule, enum severity s, bool row)
{
    const struct judge_count *c = j->seen ? count_of(j, rule, s) : NULL;
    return c && is_full(j, c, row, 0);
}

static bool enough(struct judge *j, const struct finding *f)
{
    struct judge_count *c = count_of(j, f->rule, f->severity);
    if (!c) return false;
    if (is_full(j, c, f->row >= 0, bytes_of(f))) {
        c->more++;
        return true;
    }
    c->sent++;
    j->seen->bytes += bytes_of(f);
    return false;
}

void judge_more(struct judge *j, const struct rule *rule, enum severity s, uint64_t more)
{
    struct judge_count *c = j->seen ? count_of(j, rule, s) : NULL;
    if (c) c->more += more;
}

/* What was not sent one by one is said in one finding. */
static void say_more(struct judge *j)
{
    for (const struct judge_count *c = j->seen ? j->seen->counts : NULL; c; c = c->next) {
        if (!c->more) continue;
        struct finding f = finding_of(c->rule);
        f.severity = c->severity;
        f.message = S("More of these are in the file than are listed one by one");
        f.evidence = arena_printf(j->arena, "%llu more", (unsigned long long)c->more);
        f.anchor = 1;
        if (!f.evidence.p) j->nomem = true;
        j->findings++;
        j->emit(j->emit_ctx, &f);
    }
}

void judge_finish(struct judge *j)
{
    data_leave(j);
    if (!j->numbers[CARD_ROWS]) j->numbers[CARD_ROWS] = j->rows; /* no reader said it */
    say_more(j);
}

/* Where a finding is and what it says, but for its evidence. */
static uint64_t place_of(const struct finding *f)
{
    uint64_t h = hash_bytes(slice_str(f->rule->id), (uint64_t)f->offset);
    h = hash_bytes(f->message, h ^ (uint64_t)f->row ^ (uint64_t)f->line << 32);
    for (size_t i = 0; i < f->inner_count; i++) h = hash_bytes(f->inner[i], h);
    return hash_bytes(f->field, h);
}

static bool is_seen(struct judge *j, const uint64_t key[2])
{
    union map_value one;
    return j->seen && map_get(&j->seen->map, slice_of(key, 2 * sizeof *key), &one);
}

static bool note_seen(struct judge *j, const uint64_t key[2])
{
    struct slice stable = arena_copy(j->arena, slice_of(key, 2 * sizeof *key));
    union map_value one = {.num = 1};
    bool ok = stable.p && j->seen && map_put(&j->seen->map, stable, one, NULL);
    if (!ok) j->nomem = true;
    return ok;
}

/* There are enough of these, and none was sent of this place that it might repeat: it is counted,
 * and nothing of it has to be masked. */
static bool is_counted(struct judge *j, const struct finding *f)
{
    uint64_t place[2] = {place_of(f), 0};
    if (!judge_full(j, f->rule, f->severity, f->row >= 0) || is_seen(j, place)) return false;
    judge_more(j, f->rule, f->severity, 1);
    return true;
}

void judge_emit(struct judge *j, const struct finding *finding)
{
    struct finding shown = *finding;
    const struct finding *f = &shown;
    if (is_counted(j, f)) return;
    if (!f->masked) shown.evidence = data_shown(j, f->evidence);
    uint64_t key[2] = {hash_bytes(slice_str(f->rule->id), (uint64_t)f->offset),
                       hash_bytes(f->message, hash_bytes(f->evidence, 1))};
    for (size_t i = 0; i < f->inner_count; i++) key[1] = hash_bytes(f->inner[i], key[1]);
    key[1] = hash_bytes(f->field, key[1] ^ (uint64_t)f->row ^ (uint64_t)f->line << 32);
    if (is_seen(j, key) || (j->seen && enough(j, f))) return;
    uint64_t place[2] = {place_of(f), 0};
    if (!note_seen(j, key) || !note_seen(j, place)) return;
    j->findings++;
    j->emit(j->emit_ctx, f);
    notebook_finding(j, f);
}
