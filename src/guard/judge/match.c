/* SPDX-License-Identifier: Apache-2.0 */
/* match.c - matches as a list: added, allowed, sorted. */
#include "base/st.h"
#include "guard/judge/inspect_part.h"
#include <stdio.h>

const struct rule *match_rule(const char *id)
{
    const struct rule *r = rule_find(slice_str(id));
    return r ? r : rule_at(0);
}

const char *link_rule(enum link_fault fault)
{
    switch (fault) {
    case LINK_IMAGE: return "exfil.markdown-image";
    case LINK_CARRY: return "exfil.link";
    case LINK_FETCH: return "exfil.image-host";
    case LINK_SCHEME: return "link.scheme";
    case LINK_LOOKS: return "link.deceptive";
    case LINK_HOST:
    case LINK_FINE: break;
    }
    return "link.odd-host";
}

void match_seen_in(struct guard_match *m, const char *via)
{
    (void)snprintf(m->via, sizeof m->via, "%.47s", via ? via : "");
}

void match_add(struct inspect_out *out, enum guard_check check, const struct guard_match *m)
{
    if (m->to <= m->from) return;
    for (size_t i = out->count; i-- > 0;) { /* a value is seen in a view of a view, too */
        const struct guard_match *o = &out->list[i];
        if (o->rule == m->rule && o->part == m->part && o->from == m->from && o->to == m->to)
            return;
    }
    if (out->count == MATCHES_MOST) {
        out->unscanned[check] |= UNSCANNED_MATCHES;
        return;
    }
    out->list[out->count++] = *m;
}

bool match_of_literal(const struct literal_found *f, struct guard_match *ret)
{
    if (f->kind == LITERAL_ALLOW) return false;
    ret->rule = match_rule(f->kind == LITERAL_CANARY ? "guard.canary" : "guard.deny-list");
    ret->severity = ret->rule->severity;
    if (f->rotated) match_seen_in(ret, "rot13");
    return true;
}

/* Canaries are never allowed away. */
static bool is_allowed(const struct guard_match *m, unsigned part, size_t from, size_t to)
{
    return m->part == part && m->from >= from && m->to <= to &&
           strcmp(m->rule->id, "guard.canary") != 0;
}

void matches_allow(struct inspect_out *out, unsigned part, size_t from, size_t to)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++)
        if (!is_allowed(&out->list[i], part, from, to)) out->list[kept++] = out->list[i];
    out->count = kept;
}

static bool before(const struct guard_match *a, const struct guard_match *b)
{
    if (a->part != b->part) return a->part < b->part;
    if (a->from != b->from) return a->from < b->from;
    if (a->to != b->to) return a->to > b->to;
    return strcmp(a->rule->id, b->rule->id) < 0;
}

void matches_sort(struct inspect_out *out)
{
    for (size_t i = 1; i < out->count; i++) {
        struct guard_match m = out->list[i];
        size_t at = i;
        for (; at > 0 && before(&m, &out->list[at - 1]); at--) out->list[at] = out->list[at - 1];
        out->list[at] = m;
    }
}

static const char *const reasons[] = {"deadline", "nested", "memory", "opaque", "matches", "held"};

const char *unscanned_name(enum unscanned bit)
{
    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        if (bit == 1u << i) return reasons[i];
    return NULL;
}

const char *guard_check_name(enum guard_check check)
{
    static const char *const names[CHECKS] = {"text", "lists", "links", "prompt", "schema"};
    return check < CHECKS ? names[check] : "";
}
