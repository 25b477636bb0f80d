/* SPDX-License-Identifier: Apache-2.0 */
/* policy_check.c - what a policy says and cannot mean: rows and scopes that are never reached,
 * globs that fit nothing. A rule that does not exist is a fault: whoever wrote it believes in it.
 */
#include "base/utf8.h"
#include "finding/rules.h"
#include "guard/config/policy_said.h"

static bool is_glob(struct slice s)
{
    return slice_find_byte(s, '*') != SIZE_MAX || slice_find_byte(s, '?') != SIZE_MAX;
}

/* Whatever text `b` fits, `a` fits, as far as that is plain. */
static bool covers(struct slice a, struct slice b)
{
    if (!a.n || slice_eq(a, S("**")) || slice_eq(a, b)) return true;
    return b.n && !is_glob(b) && slice_glob(a, b);
}

static bool bits_cover(unsigned a, unsigned b)
{
    return !a || (b && !(b & ~a));
}

/* ---- rules ---- */

static bool fits_rule(struct slice glob, const struct rule *rule)
{
    return !glob.n || slice_glob(glob, slice_str(rule->id));
}

static bool rules_cover(struct slice a, struct slice b)
{
    for (size_t i = 0; a.n && i < rule_count(); i++)
        if (fits_rule(b, rule_at(i)) && !fits_rule(a, rule_at(i))) return false;
    return true;
}

static bool check_rule(struct reader *r, const struct row_said *s)
{
    const struct rule *near = rule_nearest(s->rule);
    for (size_t i = 0; i < rule_count(); i++)
        if (fits_rule(s->rule, rule_at(i))) return true;
    if (near)
        reader_fault(r, s->at, "'%.*s' fits no rule; did you mean %s? merlon explain lists them",
                     SLICE_ARG(s->rule), near->id);
    else
        reader_fault(r, s->at, "'%.*s' fits no rule; merlon explain lists them",
                     SLICE_ARG(s->rule));
    return false;
}

/* ---- what is never reached ---- */

static bool row_covers(const struct policy_row *a, const struct policy_row *b)
{
    return bits_cover(a->sides, b->sides) && bits_cover(a->roles, b->roles) &&
           bits_cover(a->channels, b->channels) && a->least <= b->least &&
           covers(a->route, b->route) && covers(a->tenant, b->tenant) &&
           rules_cover(a->rule, b->rule);
}

static void check_rows(struct reader *r, const struct policy_said *said,
                       const struct policy_row *rows)
{
    for (size_t i = 0; i < said->row_count; i++) {
        bool known = check_rule(r, &said->rows[i]);
        for (size_t k = 0; known && k < i; k++) {
            if (!row_covers(&rows[k], &rows[i])) continue;
            reader_note(r, said->rows[i].at, "never reached: the row of line %u takes all of it",
                        rows[k].line);
            break;
        }
    }
}

static void check_scopes(struct reader *r, const struct policy_said *said)
{
    for (size_t i = 0; i < said->scope_count; i++)
        for (size_t k = 0; k < i; k++) {
            const struct scope_said *a = &said->scopes[k], *b = &said->scopes[i];
            if (!covers(a->route, b->route) || !covers(a->tenant, b->tenant)) continue;
            reader_note(r, b->at, "never reached: the scope of line %zu takes all of it",
                        a->at->line);
            break;
        }
}

/* ---- tenants ---- */

static bool tenant_known(const struct policy_said *said, struct slice glob)
{
    if (!glob.n || said->all.tenant_header.n) return true;
    for (size_t i = 0; i < said->tenant_count; i++)
        if (slice_glob(glob, said->tenants[i].name)) return true;
    return false;
}

static void check_tenant(struct reader *r, const struct policy_said *said, struct slice glob,
                         const struct toml_node *at)
{
    if (tenant_known(said, glob)) return;
    reader_note(r, at,
                "no tenant is '%.*s': name it in [[policy.tenant]], or say in [policy] which "
                "field of a request has it (tenant_header)",
                SLICE_ARG(glob));
}

void policy_check(struct reader *r, const struct policy_said *said, const struct guard_policy *made)
{
    check_rows(r, said, made->scopes[0].policy.rows);
    check_scopes(r, said);
    for (size_t i = 0; i < said->scope_count; i++)
        check_tenant(r, said, said->scopes[i].tenant, said->scopes[i].at);
    for (size_t i = 0; i < said->row_count; i++)
        check_tenant(r, said, said->rows[i].tenant, said->rows[i].at);
}

/* ---- routes ---- */

static void check_route(const struct guard_policy *p, struct slice glob, unsigned line,
                        const struct slice *routes, size_t count, struct buf *notes)
{
    for (size_t i = 0; i < count; i++)
        if (!glob.n || slice_glob(glob, routes[i])) return;
    esc_tty(notes, p->file);
    buf_printf(notes, ":%u: no route is '", line);
    esc_tty(notes, glob);
    buf_str(notes, "'; what is: ");
    for (size_t i = 0; i < count; i++) {
        buf_str(notes, i ? ", " : "");
        esc_tty(notes, routes[i]);
    }
    buf_str(notes, " (* stops at a slash, ** does not)\n");
}

void policy_check_routes(const struct guard_policy *p, const struct slice *routes, size_t count,
                         struct buf *notes)
{
    const struct policy *rows = &p->scopes[p->count - 1].policy;
    for (size_t i = 0; i + 1 < p->count; i++)
        check_route(p, p->scopes[i].route, p->scopes[i].line, routes, count, notes);
    for (size_t i = 0; i < rows->count && rows->rows[i].line; i++)
        check_route(p, rows->rows[i].route, rows->rows[i].line, routes, count, notes);
}
