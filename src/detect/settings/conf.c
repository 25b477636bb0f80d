/* SPDX-License-Identifier: Apache-2.0 */
/* conf.c - findings about configuration, and the table of the environment. */
#include "detect/settings/conf.h"
#include "finding/rules.h"

#define EVIDENCE_MAX 160u

/* On one line, cut: a command that goes on behind a backslash is one line. */
static struct slice shown(struct judge *j, struct slice s)
{
    uint8_t room[EVIDENCE_MAX];
    size_t n = 0;
    s = slice_trim(s);
    for (size_t i = 0; i < s.n && n < sizeof room; i++) {
        bool goes_on = s.p[i] == '\\' && i + 1 < s.n && s.p[i + 1] == '\n';
        if (s.p[i] == '\n') break;
        bool blank = goes_on || s.p[i] == ' ' || s.p[i] == '\t';
        if (!blank || (n && room[n - 1] != ' ')) room[n++] = blank ? ' ' : s.p[i];
        i += goes_on;
    }
    if (n == sizeof room) { /* whole characters */
        while (n && (room[n - 1] & 0xc0) == 0x80) n--;
        n -= n && room[n - 1] >= 0xc0;
    }
    struct slice out = arena_copy(j->arena, slice_trim(slice_of(room, n)));
    if (!out.p) j->nomem = true;
    return out;
}

void conf_say(struct judge *j, const struct reading *r, const char *rule, int severity,
              struct conf_place at, struct slice message, struct slice evidence)
{
    struct finding f = judge_finding(j, r, rule, at.offset);
    f.line = at.line;
    f.column = at.column;
    if (severity >= 0) f.severity = (enum severity)severity;
    f.message = message;
    f.evidence = shown(j, evidence);
    if (f.evidence.p) judge_emit(j, &f);
}

static bool fits(const struct conf_value_test *t, struct slice value)
{
    bool yes = false;
    switch (t->test) {
    case CONF_TEST_ALL_HOSTS: yes = conf_all_hosts(value); break;
    case CONF_TEST_HTTP_REMOTE:
        yes = slice_starts(value, S("http://")) && !conf_loopback_url(value);
        break;
    case CONF_TEST_LOCAL_URL: yes = conf_loopback_url(value); break;
    case CONF_TEST_EXTRA_INDEX: yes = slice_has(value, S("://")) && !conf_known_index(value); break;
    default: {
        struct slice pattern = conf_text(t->pattern);
        yes = pattern.n ? conf_fits(pattern, value) : !value.n;
    }
    }
    return yes != t->negated;
}

/* ENV, ARG, environment:, export: a secret that everyone can read who reads the file. */
static void secret_in_env(struct judge *j, const struct reading *r, struct slice name,
                          struct slice value, struct conf_place at)
{
    if (!conf_secret_name(name) || !conf_secret_value(value)) return;
    if (conf_engine_sees(j, name, value)) return;
    bool image = r->format == FMT_DOCKERFILE;
    conf_say(j, r, image ? "code.docker-secret" : "code.config-secret", CONF_RULE_SEVERITY, at,
             image ? S("Everyone who can pull the image has this secret")
                   : S("Whoever reads the file can use this secret"),
             name);
}

void conf_env(struct judge *j, const struct reading *r, struct slice name, struct slice value,
              struct conf_place at)
{
    for (size_t i = 0; i < conf_env_count; i++) {
        const struct conf_env_row *row = &conf_env_rows[i];
        if (!conf_fits(conf_text(row->name), name) || !fits(&row->value, value)) continue;
        struct slice evidence = arena_printf(j->arena, "%.*s=%.*s", SLICE_ARG(name),
                                             SLICE_ARG(conf_secret_name(name) ? S("...") : value));
        struct slice rule = conf_text(row->rule);
        const char *id = arena_cstr(j->arena, rule);
        if (!id || !evidence.p) {
            j->nomem = true;
            return;
        }
        conf_say(j, r, id, row->severity, at, conf_text(row->message), evidence);
        return;
    }
    secret_in_env(j, r, name, value, at);
}
