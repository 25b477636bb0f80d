/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/ignore.h"
#include "finding/rules.h"
#include "policy/allow.h"

bool ignore_forbids(struct slice id)
{
    return slice_eq(id, S("meta.suppression-lapsed")) ||
           slice_eq(id, S("meta.suppression-invalid"));
}

struct ignore_entry *ignore_match(const struct ignore_list *l, const struct finding *f,
                                  struct slice place)
{
    struct slice id = slice_str(f->rule->id);
    if (ignore_forbids(id)) return NULL;
    for (size_t i = 0; i < l->count; i++) {
        struct ignore_entry *e = &l->entries[i];
        if (e->state != IGNORE_ACTIVE || !allow_covers(e->rule, id)) continue;
        if (e->path.n && !slice_glob(e->path, place)) continue;
        if (e->fingerprint.n && !slice_eq_nocase(e->fingerprint, slice_str(f->fingerprint)))
            continue;
        return e;
    }
    return NULL;
}

static bool add(struct result *r, const char *rule, struct slice file, size_t line, size_t column,
                struct slice message, struct slice evidence)
{
    struct finding f = finding_of(rule_find(slice_str(rule)));
    f.path = file;
    f.line = (int64_t)line;
    if (column) f.column = (int64_t)column;
    f.message = message;
    f.evidence = evidence;
    finding_fingerprint(&f, 0);
    return message.p && evidence.p && result_add_finding(r, &f) != NULL;
}

static bool report_lapsed(const struct ignore_entry *e, struct slice file, struct result *r)
{
    struct slice message =
        arena_printf(r->arena, "The suppression of %.*s ended on %.*s; what it hid is open again",
                     SLICE_ARG(e->rule), SLICE_ARG(e->until));
    struct slice evidence = arena_printf(r->arena, "reason was: %.*s%s%.*s", SLICE_ARG(e->reason),
                                         e->by.n ? "; by " : "", SLICE_ARG(e->by));
    return add(r, "meta.suppression-lapsed", file, e->line, 0, message, evidence);
}

bool ignore_report(const struct ignore_list *l, struct result *r)
{
    if (l->error) {
        struct slice message = arena_printf(
            r->arena, "The file cannot be read, so nothing in it counts: %s", l->error);
        return add(r, "meta.suppression-invalid", l->file, l->error_line, l->error_column, message,
                   slice_str(l->error_fix));
    }
    for (size_t i = 0; i < l->count; i++) {
        const struct ignore_entry *e = &l->entries[i];
        bool ok = true;
        if (e->state == IGNORE_LAPSED) ok = report_lapsed(e, l->file, r);
        if (e->state == IGNORE_INVALID)
            ok = add(r, "meta.suppression-invalid", l->file, e->line, 0,
                     arena_printf(r->arena, "This entry was not applied: %s", e->wrong),
                     e->rule.n ? e->rule : S(""));
        if (!ok) return false;
    }
    return true;
}
