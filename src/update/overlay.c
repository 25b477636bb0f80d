/* SPDX-License-Identifier: Apache-2.0 */
#include "update/overlay.h"
#include "base/st.h"
#include "base/utf8.h"

#define TEXT_MAX (1u << 20)

/* What holds the promise that nothing is silently clean, and what tells of tampering. */
static bool is_promise(const struct rule *r)
{
    struct slice id = slice_str(r->id);
    return slice_starts(id, S("meta.")) || slice_ends(id, S(".not-inspected")) ||
           slice_ends(id, S(".malformed"));
}

static size_t place_of(const struct rule *r)
{
    return (size_t)(r - rule_at(0));
}

/* The row of the rule, made at its first change. */
static struct overlay_row *row_of(struct overlay *o, struct arena *a, const struct rule *r)
{
    struct overlay_row **at = &o->of[place_of(r)];
    struct overlay_row *row = *at;
    if (row) return row;
    row = *at = ARENA_NEW(a, struct overlay_row);
    if (row) *row = (struct overlay_row){.base = r, .rule = *r};
    return row;
}

/* ---- one change ---- */

static enum update_fault set_severity(struct overlay_row *row, struct slice value)
{
    enum severity s;
    if (row->rule.severity != row->base->severity || !severity_parse(value, &s))
        return UPDATE_UNSOUND;
    if (is_promise(row->base) && s < row->base->severity) return UPDATE_UNSOUND;
    row->rule.severity = s;
    return UPDATE_OK;
}

static enum update_fault set_off(struct overlay_row *row, struct slice value)
{
    if (row->off || !slice_eq(value, S("1")) || is_promise(row->base)) return UPDATE_UNSOUND;
    row->off = true;
    return UPDATE_OK;
}

static size_t characters(struct slice s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) n += (s.p[i] & 0xc0) != 0x80;
    return n;
}

static enum update_fault set_text(const char **text, const char *base, size_t most,
                                  struct slice value, struct arena *a)
{
    if (*text != base || !value.n || characters(value) > most) return UPDATE_UNSOUND;
    const char *copy = arena_cstr(a, value);
    if (!copy) return UPDATE_NO_MEMORY;
    *text = copy;
    return UPDATE_OK;
}

static bool is_key(struct slice key)
{
    static const char *const keys[] = {"severity", "off", "title", "what", "why", "fix"};
    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (slice_eq(key, slice_str(keys[i]))) return true;
    return false;
}

static enum update_fault change(struct arena *a, struct overlay_row *row, struct slice key,
                                struct slice value)
{
    const struct {
        struct slice key;
        const char **text, *base;
        size_t most;
    } texts[] = {{S("title"), &row->rule.title, row->base->title, 60},
                 {S("what"), &row->rule.what, row->base->what, 200},
                 {S("why"), &row->rule.why, row->base->why, 140},
                 {S("fix"), &row->rule.fix, row->base->fix, 140}};
    if (slice_eq(key, S("severity"))) return set_severity(row, value);
    if (slice_eq(key, S("off"))) return set_off(row, value);
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (slice_eq(key, texts[i].key))
            return set_text(texts[i].text, texts[i].base, texts[i].most, value, a);
    return UPDATE_UNSOUND;
}

static enum update_fault read_line(struct overlay *o, struct arena *a, struct slice line)
{
    struct slice rest = line, id, key, value;
    bool three = slice_split(&rest, '\t', &id) && slice_split(&rest, '\t', &key) &&
                 slice_split(&rest, '\t', &value) && !rest.p;
    if (!three || !id.n || !key.n) return UPDATE_UNSOUND;
    const struct rule *r = rule_find(id);
    if (!r || !is_key(key)) { /* of other versions of the program */
        o->unknown++;
        return UPDATE_OK;
    }
    struct overlay_row *row = row_of(o, a, r);
    return row ? change(a, row, key, value) : UPDATE_NO_MEMORY;
}

/* ---- all of them ---- */

static bool is_text(struct slice s)
{
    if (s.n > TEXT_MAX || !utf8_valid(s)) return false;
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] < 0x20 && s.p[i] != '\n' && s.p[i] != '\t') || s.p[i] == 0x7f) return false;
    return !s.n || s.p[s.n - 1] == '\n';
}

static bool list_rows(struct overlay *o, struct arena *a)
{
    o->rows = ARENA_ARRAY(a, struct overlay_row *, rule_count());
    for (size_t i = 0; o->rows && i < rule_count(); i++)
        if (o->of[i]) o->rows[o->count++] = o->of[i];
    return o->rows != NULL;
}

static enum update_fault read_lines(struct overlay *o, struct slice text, struct arena *a)
{
    struct slice rest = text, line;
    enum update_fault fault = UPDATE_OK;
    o->of = ARENA_ARRAY(a, struct overlay_row *, rule_count());
    if (!o->of) return UPDATE_NO_MEMORY;
    while (!fault && rest.n && slice_split(&rest, '\n', &line)) fault = read_line(o, a, line);
    if (!fault && !list_rows(o, a)) fault = UPDATE_NO_MEMORY;
    return fault;
}

enum update_fault overlay_read(struct slice text, struct arena *a, struct overlay *ret)
{
    struct overlay o = {0};
    *ret = o;
    if (!is_text(text)) return UPDATE_UNSOUND;
    enum update_fault fault = text.n ? read_lines(&o, text, a) : UPDATE_OK;
    if (!fault) *ret = o;
    return fault;
}

/* ---- in use ---- */

static const struct overlay_row *changed(const struct overlay *o, const struct rule *r)
{
    return o && o->of ? o->of[place_of(r)] : NULL;
}

const struct rule *overlay_rule(const struct overlay *o, const struct rule *rule)
{
    const struct overlay_row *row = changed(o, rule);
    return row ? &row->rule : rule;
}

bool overlay_is_off(const struct overlay *o, const struct rule *rule)
{
    const struct overlay_row *row = changed(o, rule);
    return row && row->off;
}

/* Circumstances count as before: the finding moves by as many steps as its rule. */
bool overlay_finding(const struct overlay *o, struct finding *f)
{
    const struct overlay_row *row = changed(o, f->rule);
    if (!row) return true;
    int s = (int)f->severity + (int)row->rule.severity - (int)row->base->severity;
    f->severity = s < SEV_INFO ? SEV_INFO : s > SEV_CRITICAL ? SEV_CRITICAL : (enum severity)s;
    f->rule = &row->rule;
    return !row->off;
}
