/* SPDX-License-Identifier: Apache-2.0 */
/* settings.c - configuration: every document is asked what it is, every setting of it is held
 * against the rows for such documents, and what needs more than one setting has a function. */
#include "detect/settings/conf.h"

#define STEPS_MAX 64u

struct conf_place conf_place_of(const struct code_setting *x)
{
    return (struct conf_place){x->line, x->column, x->offset};
}

struct conf_place conf_place_in(const struct conf_doc *d, uint32_t i, size_t at)
{
    const struct code_setting *x = conf_at(d, i);
    struct conf_place place = conf_place_of(x);
    struct slice raw = slice_sub(d->s->text, x->offset, x->length);
    struct slice before = slice_sub(x->value, 0, at);
    size_t begin = slice_rfind_byte(before, '\n');
    struct slice line = slice_sub(x->value, begin == SIZE_MAX ? 0 : begin + 1, x->value.n);
    line = slice_trim(slice_sub(line, 0, slice_find_byte(line, '\n')));
    size_t found = line.n ? slice_find(raw, slice_sub(line, 0, 200)) : SIZE_MAX;
    for (size_t k = 0; found != SIZE_MAX && k < found; k++) place.line += raw.p[k] == '\n';
    place.offset += found == SIZE_MAX ? at : found;
    return place;
}

void conf_say_setting(const struct conf_doc *d, const char *rule, int severity, uint32_t i,
                      const char *message)
{
    const struct code_setting *x = conf_at(d, i);
    struct slice value = conf_secret_name(x->key) ? S("...") : x->value;
    struct slice evidence =
        x->key.n ? arena_printf(d->j->arena, "%.*s: %.*s", SLICE_ARG(x->key), SLICE_ARG(value))
                 : value;
    if (!evidence.p) d->j->nomem = true;
    conf_say(d->j, d->r, rule, severity, conf_place_of(x), slice_str(message), evidence);
}

/* ---- paths ---- */

static struct slice step_of(const struct conf_doc *d, uint32_t i)
{
    const struct code_setting *x = conf_at(d, i);
    bool item = x->parent != CONF_NONE && conf_at(d, x->parent)->kind == SET_LIST;
    return item ? S("[]") : x->key;
}

/* The steps from the document down to i; 0: too many. */
static size_t steps_of(const struct conf_doc *d, uint32_t i, struct slice steps[STEPS_MAX])
{
    uint32_t chain[STEPS_MAX];
    size_t n = 0;
    for (; i != CONF_NONE && i >= d->root && n < STEPS_MAX; i = conf_at(d, i)->parent)
        chain[n++] = i;
    if (n == STEPS_MAX) return 0;
    for (size_t k = 0; k < n; k++) steps[k] = step_of(d, chain[n - 1 - k]);
    return n;
}

static bool step_fits(struct slice pattern, struct slice step)
{
    if (slice_eq(pattern, S("*"))) return !slice_eq(step, S("[]"));
    size_t escape = slice_find_byte(pattern, '\\');
    if (escape == SIZE_MAX) return slice_eq(pattern, step);
    return conf_fits(pattern, step);
}

/* The next step of a path: up to a dot that no \ stands in front of. */
static bool next_step(struct slice *rest, struct slice *ret)
{
    if (!rest->p || !rest->n) return false;
    size_t i = 0;
    while (i < rest->n && rest->p[i] != '.') i += rest->p[i] == '\\' ? 2 : 1;
    *ret = slice_sub(*rest, 0, i);
    *rest = slice_sub(*rest, i + 1, rest->n);
    return true;
}

bool conf_path(const struct conf_doc *d, uint32_t i, struct slice pattern)
{
    struct slice steps[STEPS_MAX], parts[STEPS_MAX];
    size_t n = steps_of(d, i, steps), m = 0, a = 0, b = 0, star = SIZE_MAX, mark = 0;
    while (m < STEPS_MAX && next_step(&pattern, &parts[m])) m++;
    while (n && a < n) {
        if (b < m && slice_eq(parts[b], S("**"))) {
            star = ++b;
            mark = a;
        } else if (b < m && step_fits(parts[b], steps[a])) {
            a++;
            b++;
        } else if (star != SIZE_MAX) {
            b = star;
            a = ++mark;
        } else {
            return false;
        }
    }
    return n && b == m;
}

/* ---- rows ---- */

static bool value_fits(const struct conf_doc *d, uint32_t i, const struct conf_value_test *t)
{
    const struct code_setting *x = conf_at(d, i);
    if (t->test != CONF_TEST_NONE)
        return conf_setting_test((enum conf_test)t->test, d, i) != t->negated;
    if (!conf_is_text(x) && x->kind != SET_NULL) return false;
    struct slice value = x->kind == SET_NULL ? S("null") : x->value;
    return conf_fits(conf_text(t->pattern), value) != t->negated;
}

static bool row_fits(const struct conf_doc *d, uint32_t i, const struct conf_setting_row *row)
{
    const struct code_setting *x = conf_at(d, i);
    struct slice last = conf_text(row->last);
    if (!(d->kinds >> row->kind & 1)) return false;
    if (!slice_eq(last, S("[]")) && !slice_eq(last, x->key) &&
        slice_find_byte(last, '\\') == SIZE_MAX)
        return false;
    if (row->empty ? !((conf_is_text(x) || x->kind == SET_NULL) && !x->value.n)
                   : !value_fits(d, i, &row->value))
        return false;
    if (!conf_path(d, i, conf_text(row->path))) return false;
    bool exception = row->unless.test != CONF_TEST_NONE || conf_text(row->unless.pattern).n;
    return !exception || !value_fits(d, i, &row->unless);
}

static void judge_one(const struct conf_doc *d, uint32_t i)
{
    for (size_t k = 0; k < conf_setting_count; k++) {
        const struct conf_setting_row *row = &conf_setting_rows[k];
        if (!row_fits(d, i, row)) continue;
        const char *rule = arena_cstr(d->j->arena, conf_text(row->rule));
        const char *message = arena_cstr(d->j->arena, conf_text(row->message));
        if (!rule || !message) {
            d->j->nomem = true;
            return;
        }
        conf_say_setting(d, rule, row->severity, i, message);
        return;
    }
}

/* ---- environment ---- */

static bool is_env_map(const struct conf_doc *d, uint32_t i)
{
    return conf_fits(S("env|environment|environment_variables|env_vars|variables|envVars|extraEnv|"
                       "runtimeEnv|data|stringData"),
                     conf_at(d, i)->key);
}

/* KEY: value below env:, "KEY=value" in a list, {name: KEY, value: value}, a line of .env */
static void judge_env(const struct conf_doc *d, uint32_t i)
{
    const struct code_setting *x = conf_at(d, i);
    struct slice name = x->key, value = x->value;
    if (!conf_is_text(x) && !(x->kind == SET_NULL && conf_is(d, CONF_ENVFILE))) return;
    if (x->parent == CONF_NONE) {
        if (conf_is(d, CONF_ENVFILE)) conf_env(d->j, d->r, name, value, conf_place_of(x));
        return;
    }
    const struct code_setting *up = conf_at(d, x->parent);
    if (slice_eq(name, S("value")) && up->kind == SET_MAP) {
        uint32_t other = conf_child(d, x->parent, "name");
        if (other == CONF_NONE) return;
        name = conf_value(d, other);
    } else if (up->kind == SET_LIST) {
        size_t equals = slice_find_byte(value, '=');
        if (!is_env_map(d, x->parent) || equals == SIZE_MAX) return;
        name = slice_sub(value, 0, equals);
        value = slice_sub(value, equals + 1, value.n);
    } else if (!is_env_map(d, x->parent)) {
        return;
    }
    conf_env(d->j, d->r, name, value, conf_place_of(x));
}

/* ---- documents ---- */

static void judge_document(const struct conf_doc *d)
{
    for (uint32_t i = d->root; i < d->end; i++) {
        judge_one(d, i);
        judge_env(d, i);
    }
    if (conf_is(d, CONF_GITHUB) || conf_is(d, CONF_ACTION)) conf_github(d);
    if (conf_is(d, CONF_MCP)) conf_mcp(d);
    if (conf_is(d, CONF_COMPOSE)) conf_compose(d);
    if (conf_is(d, CONF_K8S)) conf_k8s(d);
}

/* A document is one map without a key (YAML, JSON), or all roots together (TOML, INI). */
void judge_settings(struct judge *j, const struct reading *r, const struct event *ev)
{
    const struct code_settings *s = ev->settings;
    if (s->dialect == DIALECT_DOCKERFILE) {
        conf_docker(j, r, s);
        return;
    }
    for (uint32_t root = 0; root < s->count;) {
        const struct code_setting *x = &s->list[root];
        bool whole = x->kind == SET_MAP && !x->key.n;
        struct conf_doc d = {.j = j, .r = r, .s = s};
        d.root = whole ? root + 1 : root;
        d.end = whole ? x->end : (uint32_t)s->count;
        if (x->kind == SET_LIST && !x->key.n) d.end = x->end;
        d.kinds = conf_kinds(&d);
        judge_document(&d);
        root = d.end > root ? d.end : root + 1;
    }
}
