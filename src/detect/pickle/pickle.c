/* SPDX-License-Identifier: Apache-2.0 */
/* pickle.c - imports, calls and builds of a pickle: which of them can do harm?
 *
 * Everything is denied but what the tables of rules/ allow:
 *
 *     known to do harm      called: its own severity; only imported: one step less, because what
 *                           is kept in an object is called when the object is used
 *     on the list           fine, if it keeps its argument rule
 *     unknown function      called: high
 *     unknown class         made without a constructor call, the user's own or a library's that
 *                           we do not know: medium, since honest models are made of such classes;
 *                           Python's own: high
 *     result of a call      called: a resolver was at work; critical
 *
 * One finding per global and severity, not one per call: struct pickle_global remembers. */
#include "base/buf.h"
#include "detect/judge.h"
#include "detect/pickle/pickle_part.h"
#include "finding/rules.h"

#define EVIDENCE_MAX 300

struct verdict {
    const char *rule;
    enum severity severity;
    const char *message;
};

const struct global_rule *pickle_rule(struct pickle_global *g)
{
    if (!g || g->naming == PICKLE_NAME_HIDDEN || !g->module.n) return NULL;
    if (!g->noted) {
        g->note = global_find(g->module, g->name);
        g->noted = true;
    }
    return g->note;
}

/* ---- saying it ---- */

static const char *act_text(const struct pickle_call *call)
{
    switch (call->act) {
    case PICKLE_IMPORT: return "imports ";
    case PICKLE_BUILD: return "sets the state of ";
    case PICKLE_FILL: return "puts items into ";
    default: return "";
    }
}

/* "opcode 41, REDUCE: posix.system('id')" */
static struct slice evidence(struct judge *j, const struct pickle_call *call, const char *why)
{
    struct buf b;
    buf_init(&b, 4096);
    buf_printf(&b, "opcode %llu, %s: %s", (unsigned long long)call->index, call->opcode,
               act_text(call));
    pickle_print(&b, call->callee, EVIDENCE_MAX);
    if (call->act == PICKLE_BUILD || call->act == PICKLE_FILL) buf_str(&b, " with ");
    if (call->act != PICKLE_IMPORT) {
        if (pickle_kind(call->args) == PV_UNKNOWN)
            buf_str(&b, "(...)");
        else
            pickle_print(&b, call->args, EVIDENCE_MAX);
    }
    if (why) buf_printf(&b, "; %s", why);
    struct slice s = arena_copy(j->arena, buf_slice(&b));
    if (!s.p) j->nomem = true;
    buf_done(&b);
    return s;
}

/* Once per global and severity; without a global, every time. */
static bool news(struct pickle_global *g, const struct pickle_call *call, enum severity severity)
{
    unsigned slot = call->act == PICKLE_IMPORT ? 0 : call->act == PICKLE_BUILD ? 1 : 2;
    if (!g) return true;
    if (g->told[slot] > (unsigned)severity) return false;
    g->told[slot] = (uint8_t)(severity + 1);
    return true;
}

static void say(struct judge *j, const struct reading *r, const struct event *ev,
                const struct verdict *v, const char *why)
{
    const struct pickle_call *call = ev->call;
    struct pickle_global *g =
        call->global ? call->global : pickle_global(pickle_callee(call->callee));
    if (!news(g, call, v->severity)) return;
    struct finding f = judge_finding(j, r, v->rule, ev->offset);
    f.severity = v->severity;
    f.message = slice_str(v->message);
    f.evidence = evidence(j, call, why);
    if (f.evidence.p) judge_emit(j, &f);
}

/* ---- what a danger is called ---- */

static const char *danger_text(const char *rule_id)
{
    static const struct {
        const char *id, *text;
    } rows[] = {
        {"model.pickle-exec", "Loading the file runs code or programs of its maker's choice"},
        {"model.pickle-indirection", "Loading the file finds and calls functions by their name"},
        {"model.pickle-nested-load",
         "Loading the file loads another pickle or model, which can run "
         "code"},
        {"model.pickle-code-object",
         "Loading the file makes functions from byte code that it brings"},
        {"model.pickle-obfuscated", "Loading the file decodes what it hides"},
        {"model.pickle-file-access", "Loading the file reads, writes or deletes files"},
        {"model.pickle-network", "Loading the file opens network connections"},
        {"model.pickle-resource", "Loading the file uses up memory or time"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].id, rule_id) == 0) return rows[i].text;
    return "Loading the file reads or changes the surroundings of the process";
}

static struct verdict danger(const struct global_rule *rule)
{
    const char *id = global_rule_id(rule);
    return (struct verdict){id, rule->severity, danger_text(id)};
}

/* Imported, but not called: it waits in an object, or was handed to a call that may use it. */
static struct verdict armed(const struct global_rule *rule, unsigned uses)
{
    struct verdict v = danger(rule);
    if (uses & PICKLE_USED_ARG) {
        v.message = "Loading the file hands a dangerous function to another one, which may call it";
        return v;
    }
    if (v.severity == SEV_CRITICAL) v.severity = SEV_HIGH;
    v.message =
        "The object that is loaded carries a dangerous function, to be called when it is used";
    return v;
}

static const struct verdict hidden = {
    "model.pickle-obfuscated", SEV_CRITICAL,
    "Loading the file calls a function whose name is put together while loading"};
static const struct verdict extension = {
    "model.pickle-extension-code", SEV_HIGH,
    "Loading the file calls whatever an extension code stands for on that machine"};
static const struct verdict unknown_call = {
    "model.pickle-unknown-global", SEV_HIGH,
    "Loading the file calls a function that is not known to be harmless"};
static const struct verdict unknown_class = {
    "model.pickle-unknown-import", SEV_MEDIUM,
    "Loading the file imports a module and makes an object of a class that are not known"};
static const struct verdict unknown_import = {
    "model.pickle-unknown-import", SEV_MEDIUM,
    "Loading the file imports a module that is not known, and so runs its code"};
static const struct verdict result_called = {
    "model.pickle-indirection", SEV_CRITICAL,
    "Loading the file calls what an earlier call returned"};
static const struct verdict shared_changed = {
    "model.pickle-build-state", SEV_HIGH,
    "Loading the file changes a class, function or module of the running process"};
static const struct verdict setstate_planted = {
    "model.pickle-build-state", SEV_CRITICAL,
    "Loading the file plants a method in an object, for loading to call it"};

/* ---- calls ---- */

static void judge_unknown(struct judge *j, const struct reading *r, const struct event *ev)
{
    const struct pickle_call *call = ev->call;
    const struct pickle_global *g = call->global;
    bool makes = call->act == PICKLE_NEW && named_like_class(g->name);
    struct verdict v = unknown_class;
    if (!makes || !pickle_callables_safe(call->args, NULL)) {
        say(j, r, ev, &unknown_call, NULL);
        return;
    }
    if (g->told[2]) return; /* as often as there are objects: no look-up for each */
    enum module_owner owner = module_owner(g->module);
    if (owner == OWNER_STDLIB) v.severity = SEV_HIGH;
    say(j, r, ev, &v, NULL);
}

static void judge_args(struct judge *j, const struct reading *r, const struct event *ev,
                       const struct global_rule *rule)
{
    const char *why = pickle_args_broken(rule, r, ev->call);
    if (!why) return;
    if (rule->args == GLOBAL_ARGS_GETATTR && pickle_member_of_unknown(ev->call)) {
        say(j, r, ev, &unknown_import, NULL);
        return;
    }
    struct verdict v = danger(rule);
    struct pickle_value bad;
    struct pickle_global *g = NULL;
    if (!pickle_callables_safe(ev->call->args, &bad)) g = pickle_global(bad);
    const struct global_rule *inner = g ? pickle_rule(g) : NULL;
    /* a wrapper is as bad as what it wraps */
    if (inner && inner->use == GLOBAL_DANGEROUS && inner->severity > v.severity) v = danger(inner);
    say(j, r, ev, &v, why);
}

static const struct verdict greedy = {"model.pickle-resource", SEV_MEDIUM,
                                      "Loading the file uses up memory or time"};

/* A harmless function given an unknown one may call it. */
static void judge_safe_call(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct pickle_value bad;
    const char *much = pickle_args_greedy(ev->call);
    if (much) say(j, r, ev, &greedy, much);
    if (pickle_plain(ev->call->args) || pickle_callables_safe(ev->call->args, &bad)) return;
    struct pickle_global *g = pickle_global(bad);
    const struct global_rule *inner = g ? pickle_rule(g) : NULL;
    bool dangerous = inner && inner->use == GLOBAL_DANGEROUS;
    if (!g || (!dangerous && named_like_class(g->name))) return;
    struct verdict v = dangerous ? danger(inner) : unknown_call;
    say(j, r, ev, &v, "it is given a function that is not known to be harmless");
}

static void judge_global_call(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct pickle_global *g = ev->call->global;
    const struct global_rule *rule = pickle_rule(g);
    struct verdict v;
    if (g->naming == PICKLE_NAME_HIDDEN) {
        say(j, r, ev, &hidden, NULL);
    } else if (!g->module.n) {
        say(j, r, ev, &extension, NULL);
    } else if (!rule) {
        judge_unknown(j, r, ev);
    } else if (rule->use == GLOBAL_DANGEROUS) {
        v = danger(rule);
        say(j, r, ev, &v, NULL);
    } else if (rule->use == GLOBAL_ARGS) {
        judge_args(j, r, ev, rule);
    } else if (rule->use == GLOBAL_REF) {
        say(j, r, ev, &unknown_call, "honest files only refer to it");
    } else {
        judge_safe_call(j, r, ev);
    }
}

/* Old torch.save() writes a module's class as the persistent id ('module', class, file, source). */
static struct pickle_global *module_class(struct pickle_value callee)
{
    struct pickle_value id = pickle_item(callee, 0);
    if (pickle_kind(callee) != PV_PERSID || !pickle_is_text(pickle_item(id, 0), "module"))
        return NULL;
    return pickle_global(pickle_item(id, 1));
}

static void judge_invoke(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct pickle_global *module = module_class(ev->call->callee);
    if (module) {
        struct pickle_call as_class = *ev->call;
        struct event again = *ev;
        as_class.global = module;
        again.call = &as_class;
        judge_global_call(j, r, &again);
        return;
    }
    if (ev->call->global) {
        judge_global_call(j, r, ev);
        return;
    }
    const struct global_rule *method = pickle_method_rule(ev->call->callee);
    if (method && method->use == GLOBAL_CALL && pickle_plain(ev->call->args)) return;
    struct verdict v = result_called;
    if (pickle_kind(ev->call->callee) == PV_PERSID) v.severity = SEV_HIGH;
    say(j, r, ev, &v, NULL);
}

/* ---- states ---- */

/* Opcodes call these by name. */
static bool called_by_opcodes(struct slice key)
{
    return (slice_starts(key, S("__")) && slice_ends(key, S("__"))) || slice_eq(key, S("append")) ||
           slice_eq(key, S("extend")) || slice_eq(key, S("add"));
}

/* A key such as __setstate__ or append with more than data under it. */
static bool plants_method(struct pickle_value state)
{
    struct slice key;
    for (uint64_t i = 0; i + 1 < pickle_kept(state); i += 2)
        if (pickle_text(pickle_item(state, i), &key) && called_by_opcodes(key) &&
            !pickle_plain(pickle_item(state, i + 1)))
            return true;
    return false;
}

static bool state_plants(struct pickle_value state)
{
    if (pickle_kind(state) == PV_DICT) return plants_method(state);
    if (pickle_kind(state) != PV_TUPLE) return false;
    for (uint64_t i = 0; i < pickle_kept(state) && i < 4; i++)
        if (pickle_kind(pickle_item(state, i)) == PV_DICT && plants_method(pickle_item(state, i)))
            return true;
    return false;
}

static void judge_instance(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct pickle_global *g = ev->call->global;
    const struct global_rule *rule = pickle_rule(g);
    if (state_plants(ev->call->args)) {
        say(j, r, ev, &setstate_planted, NULL);
        return;
    }
    const char *why = rule && rule->use == GLOBAL_ARGS ? pickle_state_broken(rule, ev->call) : NULL;
    if (!why) return;
    struct verdict v = danger(rule);
    struct pickle_value bad;
    struct pickle_global *inside = NULL;
    if (!pickle_callables_safe(ev->call->args, &bad)) inside = pickle_global(bad);
    const struct global_rule *inner = inside ? pickle_rule(inside) : NULL;
    if (inner && inner->use == GLOBAL_DANGEROUS && inner->severity > v.severity) v = danger(inner);
    say(j, r, ev, &v, why);
}

/* BUILD or items on something shared: a class, a function, a module, a mapping such as os.environ.
 */
static void judge_change(struct judge *j, const struct reading *r, const struct event *ev)
{
    const struct pickle_call *call = ev->call;
    const struct global_rule *rule = call->global ? pickle_rule(call->global) : NULL;
    if (call->instance) {
        if (call->act == PICKLE_BUILD) judge_instance(j, r, ev);
        return;
    }
    struct verdict v = shared_changed;
    if (pickle_kind(call->callee) == PV_PERSID && pickle_plain(call->args)) return;
    bool critical = rule && rule->use == GLOBAL_DANGEROUS && rule->severity == SEV_CRITICAL;
    if (critical || !pickle_callables_safe(call->args, NULL)) v.severity = SEV_CRITICAL;
    say(j, r, ev, &v, NULL);
}

/* ---- imports ---- */

static bool explained(const struct pickle_global *g)
{
    return g->told[1] || g->told[2];
}

static void judge_import(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct pickle_global *g = ev->call->global;
    const struct global_rule *rule = pickle_rule(g);
    struct verdict v = unknown_import;
    if (explained(g) || g->naming == PICKLE_NAME_HIDDEN || !g->module.n) return;
    if (rule && rule->use == GLOBAL_DANGEROUS) {
        v = armed(rule, g->uses);
        say(j, r, ev, &v, NULL);
        return;
    }
    if (rule) return;
    if (module_owner(g->module) == OWNER_STDLIB) v.severity = SEV_HIGH;
    say(j, r, ev, &v, NULL);
}

void judge_call(struct judge *j, const struct reading *r, const struct event *ev)
{
    switch (ev->call->act) {
    case PICKLE_IMPORT: judge_import(j, r, ev); break;
    case PICKLE_CALL:
    case PICKLE_NEW: judge_invoke(j, r, ev); break;
    case PICKLE_BUILD:
    case PICKLE_FILL: judge_change(j, r, ev); break;
    }
}
