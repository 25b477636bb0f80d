/* SPDX-License-Identifier: Apache-2.0 */
/* litellm.c - see the header. The body is read as a surface (rules/surface-shapes.tsv), so its
 * strings become parts as everywhere else; of these, those of the five lists are judged. What is
 * changed is changed in the body, and the answer's lists are pieces of that. */
#include "guard/screen/litellm.h"
#include "base/host.h"
#include "base/map.h"
#include "base/st.h"
#include "codec/jot.h"
#include "codec/json.h"
#include "guard/judge/inspect_part.h"
#include "guard/surface/surface.h"

#define BODY_MOST (64u << 20)

enum field { F_TEXTS, F_IMAGES, F_TOOLS, F_MESSAGES, F_CALLS, FIELDS };
static const char *const field_names[FIELDS] = {"texts", "images", "tools", "structured_messages",
                                                "tool_calls"};
#define GIVEN_BACK F_CALLS /* those before it */

struct place {
    size_t from, to; /* bytes of the body; equal: it is not there, or null */
};

struct asked { /* what the body's top level says */
    struct place fields[FIELDS];
    bool answer, typed;
};

struct judging {
    const struct litellm_in *in;
    struct arena *arena;
    struct guard_record *record;
    enum record_side side;
    struct asked asked;
    struct surface_doc doc;
    struct inspect_out found;
    struct decision decision;
};

bool litellm_path(struct slice path)
{
    return slice_eq(path, S("/merlon/guard")) ||
           slice_eq(path, S("/merlon/guard/beta/litellm_basic_guardrail_api"));
}

/* ---- reading ---- */

static void read_value(struct json *j, const char *key, struct asked *ret)
{
    size_t from = j->start;
    bool set = j->token == JSON_ARRAY;
    if (!strcmp(key, "input_type")) {
        ret->answer = json_is(j, S("response"));
        ret->typed = j->token == JSON_STRING && (ret->answer || json_is(j, S("request")));
    }
    if (!json_skip(j) || !set) return;
    for (size_t i = 0; i < FIELDS; i++)
        if (!strcmp(key, field_names[i])) ret->fields[i] = (struct place){from, j->at};
}

static const char *known_key(const struct json *j)
{
    if (json_is(j, S("input_type"))) return "input_type";
    for (size_t i = 0; i < FIELDS; i++)
        if (json_is(j, slice_str(field_names[i]))) return field_names[i];
    return "";
}

/* False: no object that says of which side it is. */
static bool read_top(struct slice body, struct asked *ret)
{
    struct json j;
    json_init(&j, body);
    if (json_next(&j) != JSON_OBJECT) return false;
    while (json_next(&j) == JSON_KEY) {
        const char *key = known_key(&j);
        if (json_next(&j) == JSON_BAD) return false;
        read_value(&j, key, ret);
    }
    return j.token == JSON_OBJECT_END && json_next(&j) == JSON_END && ret->typed;
}

static enum field field_of(const struct asked *a, const struct part *p)
{
    for (unsigned i = 0; i < FIELDS; i++)
        if (p->from >= a->fields[i].from && p->to <= a->fields[i].to) return (enum field)i;
    return FIELDS;
}

static void keep_fields(struct judging *j)
{
    size_t kept = 0;
    for (size_t i = 0; i < j->doc.part_count; i++)
        if (field_of(&j->asked, &j->doc.parts[i]) != FIELDS) j->doc.parts[kept++] = j->doc.parts[i];
    j->doc.part_count = kept;
}

/* ---- who says a text ---- */

/* Of one that several say, whom to trust the least. */
static unsigned distrust(const struct part *p)
{
    static const uint8_t ranks[PART_ROLES] = {
        [PART_SYSTEM] = 0, [PART_ASSISTANT] = 1, [PART_USER] = 2, [PART_TOOL] = 3};
    return ranks[p->role];
}

static bool roles_of_texts(struct judging *j)
{
    struct map said;
    union map_value v;
    struct part *parts = j->doc.parts;
    size_t count = j->doc.part_count;
    map_init(&said, j->arena, 0);
    for (size_t i = 0; i < count; i++) {
        if (field_of(&j->asked, &parts[i]) != F_MESSAGES || parts[i].channel == PART_OTHER)
            continue;
        const struct part *before = map_get(&said, parts[i].text, &v) ? v.ptr : NULL;
        if (before && distrust(before) >= distrust(&parts[i])) continue;
        v.ptr = &parts[i];
        if (!map_put(&said, parts[i].text, v, NULL)) return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (field_of(&j->asked, &parts[i]) != F_TEXTS || !map_get(&said, parts[i].text, &v))
            continue;
        parts[i].role = ((const struct part *)v.ptr)->role;
        parts[i].channel = ((const struct part *)v.ptr)->channel;
    }
    return true;
}

/* ---- judging ---- */

static void judge(struct judging *j)
{
    const struct guard_scope *scope = j->in->scope;
    struct record_side_of *r = &j->record->side[j->side];
    uint64_t begun = host_now_ns();
    struct inspect_in in = {.parts = j->doc.parts,
                            .count = j->doc.part_count,
                            .answer = j->asked.answer,
                            .deadline = scope->deadline_us ? begun + scope->deadline_us * 1000 : 0};
    inspect_parts(j->in->inspect, &scope->checks, &in, &j->found);
    uint64_t inspected = host_now_ns();
    struct decision_in how = {.policy = &scope->policy,
                              .parts = j->doc.parts,
                              .matches = j->found.list,
                              .count = j->found.count,
                              .unscanned = j->found.unscanned,
                              .route = j->in->route,
                              .tenant = j->in->tenant,
                              .answer = j->asked.answer};
    decide(&how, &j->decision);
    r->inspect_ns = inspected - begun;
    r->decide_ns = host_now_ns() - inspected;
}

/* Messages repeat the texts: what was found in both is told once. */
static bool told_already(const struct judging *j, const struct guard_match *m)
{
    const struct part *p = &j->doc.parts[m->part];
    if (field_of(&j->asked, p) != F_MESSAGES) return false;
    for (size_t i = 0; i < j->found.count; i++) {
        const struct guard_match *o = &j->found.list[i];
        const struct part *q = &j->doc.parts[o->part];
        if (field_of(&j->asked, q) == F_TEXTS && o->rule == m->rule && o->from == m->from &&
            o->to == m->to && slice_eq(q->text, p->text))
            return true;
    }
    return false;
}

static void keep_record(struct judging *j)
{
    struct record_side_of *r = &j->record->side[j->side];
    r->action = j->decision.action;
    r->because = j->decision.because ? j->decision.because->rule : NULL;
    r->parts = j->doc.part_count;
    memcpy(r->unscanned, j->found.unscanned, sizeof r->unscanned);
    record_model(j->record, &j->doc, &j->found);
    for (size_t i = 0; i < j->found.count; i++) {
        const struct guard_match *m = &j->found.list[i];
        if (told_already(j, m)) continue;
        record_found(j->record, j->side, &j->doc, &j->doc.parts[m->part], m,
                     (enum guard_action)j->decision.actions[i], j->in->scope->capture, j->arena);
    }
}

/* ---- answering ---- */

static void say(struct buf *out, const char *action, const char *reason)
{
    struct jot w;
    jot_init(&w, out, 0);
    jot_open(&w, '{');
    jot_pair_str(&w, "action", action);
    if (reason) jot_pair_str(&w, "blocked_reason", reason);
    jot_close(&w, '}');
    buf_byte(out, '\n');
}

static void block(struct judging *j, const struct rule *rule, const char *why, struct buf *out)
{
    char text[300];
    struct record_side_of *r = &j->record->side[j->side];
    (void)snprintf(text, sizeof text, "%s: %s%s%s", rule->id, rule->title, why ? ": " : "",
                   why ? why : "");
    r->action = ACT_BLOCK;
    if (!r->because) r->because = rule;
    say(out, "BLOCKED", text);
}

/* The lists of the changed body that have a change, as they stand there. */
static void give_back(const struct judging *j, struct slice changed, struct buf *out)
{
    struct asked now = {0};
    struct jot w;
    bool touched[FIELDS] = {0};
    (void)read_top(changed, &now);
    for (size_t i = 0; i < j->decision.count; i++)
        touched[field_of(&j->asked, j->decision.edits[i].part)] = true;
    jot_init(&w, out, 0);
    jot_open(&w, '{');
    jot_pair_str(&w, "action", "GUARDRAIL_INTERVENED");
    for (size_t i = 0; i < GIVEN_BACK; i++) {
        if (!touched[i]) continue;
        jot_key(&w, field_names[i]);
        jot_raw(&w, slice_sub(changed, now.fields[i].from, now.fields[i].to - now.fields[i].from));
    }
    jot_close(&w, '}');
    buf_byte(out, '\n');
}

static void change(struct judging *j, struct buf *out)
{
    struct buf body;
    const struct decision *d = &j->decision;
    for (size_t i = 0; i < d->count; i++)
        if (field_of(&j->asked, d->edits[i].part) >= GIVEN_BACK) {
            block(j, d->because->rule, "in tool_calls, where nothing can be replaced", out);
            return;
        }
    buf_init(&body, BODY_MOST);
    bool ok = surface_rewrite(j->in->body, d->edits, d->count, &body) && buf_ok(&body);
    if (ok)
        give_back(j, buf_slice(&body), out);
    else
        block(j, match_rule("guard.not-scanned"), "its edits contradict each other", out);
    buf_done(&body);
}

static void answer(struct judging *j, struct buf *out)
{
    const struct decision *d = &j->decision;
    if (!j->in->scope->enforce || (d->action != ACT_BLOCK && !d->count))
        say(out, "NONE", NULL);
    else if (d->action == ACT_BLOCK && d->because)
        block(j, d->because->rule, NULL, out);
    else if (d->action == ACT_BLOCK)
        block(j, match_rule("guard.not-scanned"), guard_check_name(d->skipped), out);
    else
        change(j, out);
}

static unsigned cannot(struct buf *out, unsigned status, const char *code, const char *message)
{
    struct jot w;
    jot_init(&w, out, 0);
    jot_open(&w, '{');
    jot_key_open(&w, "error", '{');
    jot_pair_str(&w, "message", message);
    jot_pair_str(&w, "type", "merlon_refused");
    jot_pair_str(&w, "code", code);
    jot_close(&w, '}');
    jot_close(&w, '}');
    buf_byte(out, '\n');
    return status;
}

static enum surface_result read_body(struct judging *j)
{
    const struct surface *s = surface_named(S("litellm"));
    const struct surface_head none = {0};
    uint64_t begun = host_now_ns();
    struct slice body = j->in->body;
    enum surface_result r = j->asked.answer ? surface_answer(s, body, &none, j->arena, &j->doc)
                                            : surface_request(s, body, &none, j->arena, &j->doc);
    keep_fields(j);
    if (r == SURFACE_OK && !roles_of_texts(j)) r = SURFACE_NOMEM;
    j->record->side[j->side].read_ns = host_now_ns() - begun;
    j->record->side[j->side].bytes = body.n;
    return r;
}

unsigned litellm_answer(const struct litellm_in *in, struct arena *arena,
                        struct guard_record *record, struct buf *out)
{
    struct judging *j = ARENA_NEW(arena, struct judging);
    if (!j) return cannot(out, 500, "memory", "out of memory");
    j->in = in;
    j->arena = arena;
    j->record = record;
    record_text(record->surface, sizeof record->surface, S("litellm"));
    record->enforced = in->scope->enforce;
    if (!read_top(in->body, &j->asked))
        return cannot(out, 400, "guard-body",
                      "a JSON object with input_type \"request\" or \"response\" and texts: see "
                      "LiteLLM, Generic Guardrail API");
    j->side = j->asked.answer ? RECORD_ANSWER : RECORD_REQUEST;
    enum surface_result r = read_body(j);
    if (r == SURFACE_NOMEM) return cannot(out, 500, "memory", "out of memory");
    if (r != SURFACE_OK)
        return cannot(out, 400, "guard-body", j->doc.why ? j->doc.why : "no such body");
    judge(j);
    keep_record(j);
    answer(j, out);
    return 200;
}
