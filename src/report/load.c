/* SPDX-License-Identifier: Apache-2.0 */
/* load.c - one table of keys per object; each key says where its value goes. Unknown keys are
 * passed over, so that results of later versions can be shown, too. */
#include "report/load.h"
#include <stddef.h>
#include "base/ascii.h"
#include "base/num.h"
#include "codec/json.h"
#include "finding/rules.h"

struct loader {
    struct json j;
    struct arena *arena;
    struct result *r;
    const char *trouble; /* the first thing that was wrong */
    bool nomem;
    bool suppressed; /* the array being read is that of suppressed findings */
    bool has_schema;
};

enum value_kind { V_TEXT, V_U64, V_SIZE, V_PLACE, V_BOOL, V_OTHER };

struct field {
    const char *key;
    enum value_kind kind;
    size_t offset;                              /* in the item */
    bool (*read)(struct loader *l, void *item); /* V_OTHER: reads the current value */
};

static bool wrong(struct loader *l, const char *what)
{
    if (!l->trouble) l->trouble = what;
    return false;
}

static struct slice text_of(struct loader *l)
{
    struct slice s = l->j.token == JSON_STRING ? json_text(&l->j, l->arena) : S("");
    if (!s.p) l->nomem = true;
    return s;
}

static bool store(struct loader *l, const struct field *f, void *item)
{
    char *to = (char *)item + f->offset;
    uint64_t n = 0;
    bool is_number = json_u64(&l->j, &n);
    switch (f->kind) {
    case V_TEXT: *(struct slice *)(void *)to = text_of(l); break;
    case V_U64: *(uint64_t *)(void *)to = n; break;
    case V_SIZE: *(size_t *)(void *)to = (size_t)n; break;
    case V_PLACE: *(int64_t *)(void *)to = is_number && n <= INT64_MAX ? (int64_t)n : -1; break;
    case V_BOOL: *(bool *)(void *)to = l->j.token == JSON_TRUE; break;
    case V_OTHER: return f->read(l, item);
    }
    return json_skip(&l->j) || wrong(l, "the JSON is not well-formed");
}

static bool object(struct loader *l, const struct field *fields, size_t count, void *item)
{
    if (l->j.token != JSON_OBJECT) return wrong(l, "an object was expected");
    while (json_next(&l->j) == JSON_KEY) {
        size_t i = 0;
        while (i < count && !json_is(&l->j, slice_str(fields[i].key))) i++;
        (void)json_next(&l->j);
        if (i < count ? !store(l, &fields[i], item) : !json_skip(&l->j))
            return wrong(l, "the JSON is not well-formed");
    }
    return l->j.token == JSON_OBJECT_END || wrong(l, "the JSON is not well-formed");
}

/* Calls `each` for every value of the current array. */
static bool array(struct loader *l, bool (*each)(struct loader *l, void *item), void *item)
{
    if (l->j.token != JSON_ARRAY) return wrong(l, "a list was expected");
    while (json_next(&l->j) != JSON_ARRAY_END)
        if (l->j.token == JSON_BAD || !each(l, item))
            return wrong(l, "the JSON is not well-formed");
    return true;
}

/* ---- findings ---- */

struct loaded_finding {
    struct finding f;
    struct slice rule, class_id, severity, fingerprint;
    bool known;
};

static bool read_inner_name(struct loader *l, void *item)
{
    struct finding *f = item;
    if (f->inner_count < FINDING_INNER_MAX) f->inner[f->inner_count++] = text_of(l);
    return json_skip(&l->j);
}

static bool read_inner(struct loader *l, void *item)
{
    return array(l, read_inner_name, &((struct loaded_finding *)item)->f);
}

static bool read_waiver(struct loader *l, void *item)
{
    static const struct field fields[] = {
        {"by", V_TEXT, offsetof(struct finding, waived_by), NULL},
        {"reason", V_TEXT, offsetof(struct finding, waived_reason), NULL},
        {"until", V_TEXT, offsetof(struct finding, waived_until), NULL},
    };
    return object(l, fields, COUNT_OF(fields), &((struct loaded_finding *)item)->f);
}

#define IN_FINDING(member) offsetof(struct loaded_finding, f.member)

static const struct field finding_fields[] = {
    {"rule", V_TEXT, offsetof(struct loaded_finding, rule), NULL},
    {"class", V_TEXT, offsetof(struct loaded_finding, class_id), NULL},
    {"severity", V_TEXT, offsetof(struct loaded_finding, severity), NULL},
    {"path", V_TEXT, IN_FINDING(path), NULL},
    {"inner", V_OTHER, 0, read_inner},
    {"line", V_PLACE, IN_FINDING(line), NULL},
    {"column", V_PLACE, IN_FINDING(column), NULL},
    {"offset", V_PLACE, IN_FINDING(offset), NULL},
    {"row", V_PLACE, IN_FINDING(row), NULL},
    {"field", V_TEXT, IN_FINDING(field), NULL},
    {"message", V_TEXT, IN_FINDING(message), NULL},
    {"evidence", V_TEXT, IN_FINDING(evidence), NULL},
    {"fix", V_TEXT, IN_FINDING(fix), NULL},
    {"fingerprint", V_TEXT, offsetof(struct loaded_finding, fingerprint), NULL},
    {"known", V_BOOL, offsetof(struct loaded_finding, known), NULL},
    {"suppression", V_OTHER, 0, read_waiver},
};

/* Ids go into reports as they are: only what looks like one may pass. */
static bool is_id(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool good = ascii_alnum(c) || c == '.' || c == '-' || c == '_';
        if (!good) return false;
    }
    return s.n > 0 && s.n <= 100;
}

static const struct rule unknown_rule = {.title = "A rule of another version",
                                         .what = "",
                                         .attack = "",
                                         .why = "",
                                         .fix = "",
                                         .bad = "",
                                         .good = "",
                                         .refs = ""};

/* The rule as the document knew it: its class may have been another one then. */
static const struct rule *rule_of(struct loader *l, const struct loaded_finding *lf)
{
    const struct rule *known = rule_find(lf->rule);
    if (known && slice_eq(slice_str(known->class_id), lf->class_id)) return known;
    struct rule *made = ARENA_NEW(l->arena, struct rule);
    char *id = arena_cstr(l->arena, lf->rule);
    char *class_id = arena_cstr(l->arena, is_id(lf->class_id) ? lf->class_id : S(""));
    if (!made || !id || !class_id) {
        l->nomem = true;
        return NULL;
    }
    *made = known ? *known : unknown_rule;
    made->id = id;
    made->class_id = class_id;
    if (!known) made->severity = lf->f.severity;
    return made;
}

static bool read_finding(struct loader *l, void *item)
{
    (void)item;
    struct loaded_finding lf = {
        .f = {.line = -1, .column = -1, .offset = -1, .row = -1}, .rule = S(""), .severity = S("")};
    if (!object(l, finding_fields, COUNT_OF(finding_fields), &lf)) return false;
    if (!is_id(lf.rule)) return wrong(l, "a finding has no rule");
    if (!severity_parse(lf.severity, &lf.f.severity)) return wrong(l, "a severity is unknown");
    lf.f.rule = rule_of(l, &lf);
    if (!lf.f.rule) return false;
    lf.f.state = l->suppressed ? FINDING_SUPPRESSED : lf.known ? FINDING_KNOWN : FINDING_OPEN;
    if (is_id(lf.fingerprint) && lf.fingerprint.n < sizeof lf.f.fingerprint)
        memcpy(lf.f.fingerprint, lf.fingerprint.p, lf.fingerprint.n);
    if (!result_add_finding(l->r, &lf.f)) l->nomem = true;
    return !l->nomem;
}

static bool read_findings(struct loader *l, void *item)
{
    l->suppressed = false;
    return array(l, read_finding, item);
}

static bool read_suppressed(struct loader *l, void *item)
{
    l->suppressed = true;
    return array(l, read_finding, item);
}

/* ---- subjects ---- */

static enum subject_kind kind_of(struct slice name)
{
    for (unsigned k = 0; k < SUBJECT_KINDS; k++)
        if (slice_eq(name, slice_str(subject_kind_name((enum subject_kind)k))))
            return (enum subject_kind)k;
    return SUBJECT_OTHER;
}

static bool read_kind(struct loader *l, void *item)
{
    ((struct subject *)item)->kind = kind_of(text_of(l));
    return json_skip(&l->j);
}

static bool read_digest(struct loader *l, void *item)
{
    struct slice text = text_of(l);
    if (text.n == 64 && is_id(text)) memcpy(((struct subject *)item)->sha256, text.p, 64);
    return json_skip(&l->j);
}

/* An object that is passed on as it is; anything else is left out. */
static bool raw_object(struct loader *l, struct slice *ret)
{
    size_t start = l->j.start;
    bool is_object = l->j.token == JSON_OBJECT;
    if (!json_skip(&l->j)) return false;
    if (is_object) *ret = slice_sub(l->j.in, start, l->j.at - start);
    return true;
}

static bool read_detail(struct loader *l, void *item)
{
    return raw_object(l, &((struct subject *)item)->detail);
}

static bool read_subject(struct loader *l, void *item)
{
    static const struct field fields[] = {
        {"path", V_TEXT, offsetof(struct subject, path), NULL},
        {"kind", V_OTHER, 0, read_kind},
        {"format", V_TEXT, offsetof(struct subject, format), NULL},
        {"bytes", V_U64, offsetof(struct subject, bytes), NULL},
        {"sha256", V_OTHER, 0, read_digest},
        {"detail", V_OTHER, 0, read_detail},
        {"not_inspected", V_BOOL, offsetof(struct subject, not_inspected), NULL},
        {"unread", V_U64, offsetof(struct subject, unread), NULL},
    };
    (void)item;
    struct subject s = {.kind = SUBJECT_OTHER};
    if (!object(l, fields, COUNT_OF(fields), &s)) return false;
    if (!result_add_subject(l->r, &s)) l->nomem = true;
    return !l->nomem;
}

static bool read_subjects(struct loader *l, void *item)
{
    return array(l, read_subject, item);
}

/* ---- the rest ---- */

static bool read_schema(struct loader *l, void *item)
{
    (void)item;
    l->has_schema = l->j.token == JSON_STRING && json_is(&l->j, S("merlon.result/1"));
    return l->has_schema || wrong(l, "this is not a merlon.result/1 document");
}

/* It is shown as it is, so it must be a version. */
static bool read_rules(struct loader *l, void *item)
{
    struct slice text = text_of(l);
    struct result *r = item;
    bool fits = text.n > 0 && text.n < 16;
    for (size_t i = 0; fits && i < text.n; i++) fits = ascii_digit(text.p[i]) || text.p[i] == '.';
    r->rules = fits ? text : S("unknown");
    return json_skip(&l->j);
}

static bool read_tool(struct loader *l, void *item)
{
    static const struct field fields[] = {{"rules", V_OTHER, 0, read_rules}};
    return object(l, fields, COUNT_OF(fields), item);
}

static bool read_started(struct loader *l, void *item)
{
    struct slice text = text_of(l);
    struct result *r = item;
    bool fits = text.n == sizeof r->started - 1;
    for (size_t i = 0; fits && i < text.n; i++)
        fits = ascii_digit(text.p[i]) || slice_find_byte(S("-:TZ"), text.p[i]) < 4;
    if (fits) memcpy(r->started, text.p, text.n);
    return json_skip(&l->j);
}

static bool read_seconds(struct loader *l, void *item)
{
    double v;
    if (l->j.token == JSON_NUMBER && num_f64(l->j.raw, &v) && v >= 0 && v < 1e9)
        ((struct result *)item)->seconds = v;
    return json_skip(&l->j);
}

static bool read_fixed(struct loader *l, void *item)
{
    uint64_t n = 0;
    struct result *r = item;
    r->baseline = json_u64(&l->j, &n);
    r->fixed = (size_t)n;
    return json_skip(&l->j);
}

static bool read_summary(struct loader *l, void *item)
{
    static const struct field fields[] = {
        {"files", V_U64, offsetof(struct result, files), NULL},
        {"bytes", V_U64, offsetof(struct result, bytes), NULL},
        {"fixed", V_OTHER, 0, read_fixed},
    };
    return object(l, fields, COUNT_OF(fields), item);
}

static bool read_not_judged(struct loader *l, void *item)
{
    static const struct field fields[] = {
        {"model", V_SIZE, SUBJECT_MODEL * sizeof(size_t), NULL},
        {"dataset", V_SIZE, SUBJECT_DATASET * sizeof(size_t), NULL},
        {"notebook", V_SIZE, SUBJECT_NOTEBOOK * sizeof(size_t), NULL},
        {"code", V_SIZE, SUBJECT_CODE * sizeof(size_t), NULL},
        {"config", V_SIZE, SUBJECT_CONFIG * sizeof(size_t), NULL},
        {"settings", V_SIZE, SUBJECT_SETTINGS * sizeof(size_t), NULL},
        {"dependencies", V_SIZE, SUBJECT_DEPENDENCIES * sizeof(size_t), NULL},
        {"archive", V_SIZE, SUBJECT_ARCHIVE * sizeof(size_t), NULL},
        {"other", V_SIZE, SUBJECT_OTHER * sizeof(size_t), NULL},
    };
    return object(l, fields, COUNT_OF(fields), ((struct result *)item)->not_covered);
}

static bool read_coverage(struct loader *l, void *item)
{
    static const struct field fields[] = {
        {"structure_only", V_BOOL, offsetof(struct result, structure_only), NULL},
        {"skipped_folders", V_SIZE, offsetof(struct result, skipped_dirs), NULL},
        {"not_judged", V_OTHER, 0, read_not_judged},
    };
    return object(l, fields, COUNT_OF(fields), item);
}

struct loaded_store {
    struct slice name;
    struct store_count count;
};

static bool read_store(struct loader *l, void *item)
{
    static const struct field fields[] = {
        {"store", V_TEXT, offsetof(struct loaded_store, name), NULL},
        {"recorded", V_U64, offsetof(struct loaded_store, count.recorded), NULL},
        {"held", V_U64, offsetof(struct loaded_store, count.held), NULL},
        {"changed", V_U64, offsetof(struct loaded_store, count.changed), NULL},
        {"missing", V_U64, offsetof(struct loaded_store, count.missing), NULL},
        {"unlisted", V_U64, offsetof(struct loaded_store, count.unlisted), NULL},
        {"unchecked", V_U64, offsetof(struct loaded_store, count.unchecked), NULL},
        {"weak_digest", V_BOOL, offsetof(struct loaded_store, count.weak), NULL},
    };
    struct loaded_store s = {.name = S("")};
    if (!object(l, fields, COUNT_OF(fields), &s)) return false;
    for (unsigned i = 0; i < CLAIM_STORES; i++)
        if (slice_eq(s.name, slice_str(claim_store_name((enum claim_store)i))))
            ((struct result *)item)->stores[i] = s.count;
    return true;
}

static bool read_stores(struct loader *l, void *item)
{
    return array(l, read_store, item);
}

static bool read_reason(struct loader *l, void *item)
{
    struct gate *g = item;
    if (g->reason_count < COUNT_OF(g->reasons)) g->reasons[g->reason_count++] = text_of(l);
    return json_skip(&l->j);
}

static bool read_reasons(struct loader *l, void *item)
{
    return array(l, read_reason, item);
}

static bool read_fail_on(struct loader *l, void *item)
{
    struct gate *g = item;
    g->enabled = severity_parse(text_of(l), &g->fail_on);
    return json_skip(&l->j);
}

static bool read_gate(struct loader *l, void *item)
{
    static const struct field fields[] = {
        {"fail_on", V_OTHER, 0, read_fail_on},
        {"passed", V_BOOL, offsetof(struct gate, passed), NULL},
        {"reasons", V_OTHER, 0, read_reasons},
    };
    return object(l, fields, COUNT_OF(fields), &((struct result *)item)->gate);
}

static bool read_note(struct loader *l, void *item)
{
    struct result *r = item;
    if (r->note_count < COUNT_OF(r->notes)) r->notes[r->note_count++] = text_of(l);
    return json_skip(&l->j);
}

static bool read_notes(struct loader *l, void *item)
{
    return array(l, read_note, item);
}

static bool read_statistics(struct loader *l, void *item)
{
    return raw_object(l, &((struct result *)item)->statistics);
}

static const struct field result_fields[] = {
    {"schema", V_OTHER, 0, read_schema},
    {"tool", V_OTHER, 0, read_tool},
    {"target", V_TEXT, offsetof(struct result, target), NULL},
    {"base", V_TEXT, offsetof(struct result, base), NULL},
    {"started", V_OTHER, 0, read_started},
    {"seconds", V_OTHER, 0, read_seconds},
    {"summary", V_OTHER, 0, read_summary},
    {"coverage", V_OTHER, 0, read_coverage},
    {"gate", V_OTHER, 0, read_gate},
    {"stores", V_OTHER, 0, read_stores},
    {"statistics", V_OTHER, 0, read_statistics},
    {"subjects", V_OTHER, 0, read_subjects},
    {"findings", V_OTHER, 0, read_findings},
    {"suppressed", V_OTHER, 0, read_suppressed},
    {"notes", V_OTHER, 0, read_notes},
};

static void count_gate(struct result *r)
{
    for (size_t i = 0; i < r->finding_count; i++)
        r->gate.at_or_above += r->gate.enabled && r->findings[i].state == FINDING_OPEN &&
                               r->findings[i].severity >= r->gate.fail_on;
}

enum st report_load(struct arena *a, struct slice text, struct result *ret, struct slice *ret_error)
{
    struct loader l = {.arena = a, .r = ret};
    result_init(ret, a);
    json_init(&l.j, text);
    (void)json_next(&l.j);
    bool ok = object(&l, result_fields, COUNT_OF(result_fields), ret);
    if (ok && json_next(&l.j) != JSON_END) ok = wrong(&l, "something follows the document");
    if (ok && !l.has_schema) ok = wrong(&l, "this is not a merlon.result/1 document");
    if (l.nomem) return ST_NOMEM;
    if (!ok) {
        *ret_error = arena_printf(a, "line %llu: %s", (unsigned long long)json_line(&l.j),
                                  l.trouble ? l.trouble : "the JSON is not well-formed");
        return ST_MALFORMED;
    }
    result_finish(ret);
    count_gate(ret);
    return ST_OK;
}
