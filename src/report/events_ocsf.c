/* SPDX-License-Identifier: Apache-2.0 */
/* events_ocsf.c - OCSF 1.1.0, an object a line: what was detected is a Detection Finding (class
 * 2004, with the security control profile), the rest a Base Event (class 0), also an exchange in
 * which the gateway found nothing. Fields that OCSF has no place for stand in `unmapped` under the
 * names of the log. Source: schema.ocsf.io/1.1.0 */
#include "codec/jot.h"
#include "codec/json.h"
#include "report/events.h"

#define VERSION "1.1.0"
#define BIT(f)  (UINT64_C(1) << EVENT_##f)

static const char *const severities[] = {"Unknown", "Informational", "Low",
                                         "Medium",  "High",          "Critical"};

/* OCSF's words for what was done. */
static const struct outcome {
    const char *verdict;
    unsigned action, disposition;
    const char *action_name, *disposition_name;
} outcomes[] = {
    {"allow", 1, 1, "Allowed", "Allowed"},  {"pass", 1, 1, "Allowed", "Allowed"},
    {"flag", 1, 15, "Allowed", "Detected"}, {"redact", 1, 11, "Allowed", "Corrected"},
    {"block", 2, 2, "Denied", "Blocked"},   {"fail", 2, 25, "Denied", "Rejected"},
};

static const struct outcome *outcome_of(const struct event *e)
{
    for (size_t i = 0; i < COUNT_OF(outcomes); i++)
        if (slice_eq(e->text[EVENT_VERDICT], slice_str(outcomes[i].verdict))) return &outcomes[i];
    return NULL;
}

static void classify(struct jot *j, const struct event *e, bool finding)
{
    unsigned severity = events_severity(e);
    jot_pair_num(j, "class_uid", finding ? 2004 : 0);
    jot_pair_str(j, "class_name", finding ? "Detection Finding" : "Base Event");
    jot_pair_num(j, "category_uid", finding ? 2 : 0);
    jot_pair_str(j, "category_name", finding ? "Findings" : "Uncategorized");
    jot_pair_num(j, "activity_id", finding ? 1 : 99);
    if (finding)
        jot_pair_str(j, "activity_name", "Create");
    else
        jot_pair(j, "activity_name", e->name);
    jot_pair_num(j, "type_uid", finding ? 200401 : 99);
    jot_pair_num(j, "severity_id", severity);
    jot_pair_str(j, "severity", severities[severity]);
    jot_pair_num(j, "time", (uint64_t)e->time_ms);
}

static void metadata(struct jot *j, const struct event *e, const struct event_source *s,
                     bool finding, struct slice uid)
{
    jot_key_open(j, "metadata", '{');
    jot_pair_str(j, "version", VERSION);
    jot_pair(j, "uid", uid);
    jot_pair(j, "event_code", e->name);
    jot_pair(j, "log_name", s->log);
    jot_pair_num(j, "sequence", s->n);
    jot_key_open(j, "product", '{');
    jot_pair_str(j, "name", "Merlon");
    jot_pair_str(j, "vendor_name", "Merlon");
    jot_pair_str(j, "version", MERLON_VERSION);
    jot_close(j, '}');
    if (finding) {
        jot_key_open(j, "profiles", '[');
        jot_text(j, S("security_control"));
        jot_close(j, ']');
    }
    jot_close(j, '}');
}

static void rules(struct jot *j, const struct event *e)
{
    struct slice rest = e->text[EVENT_RULES], rule;
    if (!event_has(e, EVENT_RULES)) return;
    jot_key_open(j, "types", '[');
    while (slice_split(&rest, ' ', &rule)) jot_text(j, rule);
    jot_close(j, ']');
    struct slice first = e->text[EVENT_RULES];
    if (!slice_split(&first, ' ', &rule)) return;
    jot_key_open(j, "analytic", '{');
    jot_pair_num(j, "type_id", 1);
    jot_pair_str(j, "type", "Rule");
    jot_pair(j, "uid", rule);
    jot_close(j, '}');
}

static void finding_info(struct jot *j, const struct event *e, struct slice uid)
{
    struct buf title;
    buf_init(&title, 4096);
    events_title(&title, e);
    jot_key_open(j, "finding_info", '{');
    jot_pair(j, "uid", uid);
    jot_pair(j, "title", buf_slice(&title));
    jot_pair_num(j, "created_time", (uint64_t)e->time_ms);
    if (event_has(e, EVENT_RESULT)) jot_pair(j, "desc", e->text[EVENT_RESULT]);
    rules(j, e);
    jot_close(j, '}');
    buf_done(&title);
}

static void control(struct jot *j, const struct event *e)
{
    const struct outcome *o = outcome_of(e);
    jot_pair_num(j, "action_id", o ? o->action : 0);
    jot_pair_str(j, "action", o ? o->action_name : "Unknown");
    jot_pair_num(j, "disposition_id", o ? o->disposition : 0);
    jot_pair_str(j, "disposition", o ? o->disposition_name : "Unknown");
    jot_pair_num(j, "status_id", 1);
    jot_pair_str(j, "status", "New");
}

static void resource(struct jot *j, const struct event *e)
{
    bool file = event_has(e, EVENT_SUBJECT);
    enum event_field about = file ? EVENT_SUBJECT : EVENT_MODEL;
    if (!event_has(e, about)) return;
    jot_key_open(j, "resources", '[');
    jot_open(j, '{');
    jot_pair(j, "name", e->text[about]);
    jot_pair_str(j, "type", file ? "file" : "model");
    if (event_has(e, EVENT_SHA256)) jot_pair(j, "uid", e->text[EVENT_SHA256]);
    jot_close(j, '}');
    jot_close(j, ']');
}

/* ---- an exchange of the gateway: who asked whom for what, and what was found where ---- */

static void endpoint(struct jot *j, const char *name, const char *key, struct slice value)
{
    if (!value.n) return;
    jot_key_open(j, name, '{');
    jot_pair(j, key, value);
    jot_close(j, '}');
}

static void parties(struct jot *j, const struct event *e)
{
    jot_open(j, '{');
    if (event_has(e, EVENT_CALLER)) {
        jot_key_open(j, "actor", '{');
        endpoint(j, "user", "uid", e->text[EVENT_CALLER]);
        jot_close(j, '}');
    }
    jot_key_open(j, "api", '{');
    jot_pair(j, "operation", event_has(e, EVENT_SURFACE) ? e->text[EVENT_SURFACE] : S("unknown"));
    endpoint(j, "request", "uid", e->text[EVENT_ID]);
    jot_close(j, '}');
    endpoint(j, "src_endpoint", "ip", e->text[EVENT_ADDRESS]);
    endpoint(j, "dst_endpoint", "name", e->text[EVENT_UPSTREAM]);
    jot_close(j, '}');
}

static void matches(struct jot *j, struct slice list)
{
    struct json in;
    json_init(&in, list);
    if (json_next(&in) != JSON_ARRAY) return;
    while (json_next(&in) == JSON_OBJECT) {
        size_t from = in.start;
        if (!json_skip(&in)) return;
        jot_open(j, '{');
        jot_key(j, "data");
        jot_raw(j, slice_sub(list, from, in.at - from));
        jot_close(j, '}');
    }
}

static void evidences(struct jot *j, const struct event *e)
{
    if (e->kind != EVENT_GUARD) return;
    jot_key_open(j, "evidences", '[');
    parties(j, e);
    matches(j, e->text[EVENT_MATCHES]);
    jot_close(j, ']');
}

static void unmapped(struct jot *j, const struct event *e, bool finding)
{
    uint64_t placed = BIT(SEVERITY) | BIT(RULES) | BIT(SUBJECT);
    if (finding) placed |= BIT(MATCHES);
    jot_key_open(j, "unmapped", '{');
    for (enum event_field f = 0; f < EVENT_FIELDS; f++) {
        if (!event_has(e, f) || placed >> f & 1) continue;
        if (event_field(f)->type == EVENT_NUMBER) {
            jot_pair_num(j, event_field(f)->key, e->number[f]);
        } else if (event_field(f)->type == EVENT_JSON) {
            jot_key(j, event_field(f)->key);
            jot_raw(j, e->text[f]);
        } else
            jot_pair(j, event_field(f)->key, e->text[f]);
    }
    jot_close(j, '}');
}

/* Exchanges in which nothing was detected are most of all, and no detections. */
static bool is_uneventful(const struct event *e)
{
    return e->kind == EVENT_GUARD && !event_has(e, EVENT_RULES) &&
           slice_eq(e->text[EVENT_VERDICT], S("allow"));
}

void events_ocsf(struct buf *out, const struct event *e, const struct event_source *s)
{
    struct jot j;
    struct buf uid;
    const struct event_kind_row *kind = event_kind(e->kind);
    bool finding = kind && kind->finding && !is_uneventful(e);
    buf_init(&uid, 1024);
    buf_printf(&uid, "%.*s/%llu", SLICE_ARG(s->log), (unsigned long long)s->n);
    jot_init(&j, out, 0);
    jot_open(&j, '{');
    classify(&j, e, finding);
    if (event_has(e, EVENT_RESULT)) jot_pair(&j, "message", e->text[EVENT_RESULT]);
    if (event_has(e, EVENT_MICROS)) jot_pair_num(&j, "duration", e->number[EVENT_MICROS] / 1000);
    metadata(&j, e, s, finding, buf_slice(&uid));
    if (finding) {
        finding_info(&j, e, buf_slice(&uid));
        control(&j, e);
        resource(&j, e);
        evidences(&j, e);
    }
    unmapped(&j, e, finding);
    jot_close(&j, '}');
    buf_byte(out, '\n');
    buf_done(&uid);
}
