/* SPDX-License-Identifier: Apache-2.0 */
/* vulnerable.c - do the versions that a requirement admits have known vulnerabilities?
 *
 *    what is asked        -------[======================)--------->  versions
 *    an advisory          ===============)                            "the oldest admitted": low
 *    another              ==================================)         "all admitted": its own
 * severity
 *
 * A resolver takes the newest version that fits. Where that one is affected, the requirement forces
 * a vulnerable version; where only the oldest is, it merely admits one. */
#include "detect/package/package_part.h"

struct verdict {
    struct advisory worst;
    size_t count;
    bool forced;
};

static bool affects_version(const struct advisory *a, const struct version *v)
{
    return version_matches(a->ranges, VERSIONS_OSV, v, true);
}

/* The upper edge of the interval of `a` that holds the edge `at`; false: it holds it not. */
static bool end_of(const struct advisory *a, const struct version_edge *at,
                   struct version_edge *ret)
{
    struct slice rest = a->ranges, one;
    struct version_span s, here = {.low = *at, .high.none = true};
    while (version_next(&rest, &one)) {
        (void)version_span(one, VERSIONS_OSV, &s);
        bool begun = s.low.none || version_edge_cmp(&s.low, at) <= 0;
        if (!begun || !version_spans_meet(&s, &here)) continue;
        *ret = s.high;
        return true;
    }
    return false;
}

/* ">1.2" does not admit 1.2 itself, but what follows. */
static bool affects_bottom(const struct advisory *a, const struct version_span *asked)
{
    struct version_edge end;
    if (asked->low.none) return false;
    return asked->low.side > 0 ? end_of(a, &asked->low, &end) : affects_version(a, &asked->low.v);
}

static void note(struct verdict *v, const struct advisory *a)
{
    if (!v->count++ || a->severity > v->worst.severity) v->worst = *a;
}

static struct verdict weigh(const struct asked *q, struct slice all,
                            const struct version_span *span)
{
    struct verdict forced = {.forced = true}, admitted = {.forced = false};
    struct advisory a;
    while (advisory_next(&all, &a)) {
        if (a.malicious) continue;
        if (q->exact ? affects_version(&a, &q->version) : version_reaches_top(a.ranges, span))
            note(&forced, &a);
        else if (!q->exact && affects_bottom(&a, span))
            note(&admitted, &a);
    }
    return forced.count ? forced : admitted;
}

/* From where on nothing affects what is asked for, as far as fixes are named: ">=2.6.0", or
 * ">2.6.0" where only the last version that is affected is known. Empty: nobody knows. */
static struct slice first_clean(const struct asked *q, struct slice all,
                                const struct version_edge *from)
{
    struct version_edge at = *from, end;
    bool moved = true;
    for (unsigned rounds = 0; moved && rounds < 1000; rounds++) {
        struct advisory a;
        struct slice rest = all;
        moved = false;
        while (advisory_next(&rest, &a)) {
            if (a.malicious || !end_of(&a, &at, &end)) continue;
            if (end.none) continue; /* nobody names a fix of this one */
            at = end;
            moved = true;
        }
    }
    if (version_edge_cmp(&at, from) == 0) return S("");
    return asked_text(q, "%s%.*s", at.side < 0 ? ">=" : ">", SLICE_ARG(at.v.text));
}

static struct slice first_id(const struct advisory *a)
{
    return slice_sub(a->ids, 0, slice_find_byte(a->ids, ' '));
}

static struct slice more_text(const struct asked *q, size_t count)
{
    return count > 1 ? asked_text(q, ", and %zu more", count - 1) : S("");
}

static struct slice message_of(const struct asked *q, const struct verdict *v, struct slice clean,
                               const struct version_span *span)
{
    struct slice id = first_id(&v->worst), more = more_text(q, v->count);
    struct slice colon = v->worst.summary.n ? S(": ") : S("");
    if (v->forced)
        return asked_text(q, "%.*s%.*s%.*s%.*s", SLICE_ARG(id), SLICE_ARG(more), SLICE_ARG(colon),
                          SLICE_ARG(v->worst.summary));
    struct slice low = span->low.v.text;
    const char *after = span->low.side > 0 ? "what follows " : "";
    if (!clean.n)
        return asked_text(q, "Admits %s%.*s, which has %.*s%.*s%.*s%.*s", after, SLICE_ARG(low),
                          SLICE_ARG(id), SLICE_ARG(more), SLICE_ARG(colon),
                          SLICE_ARG(v->worst.summary));
    return asked_text(q, "Admits %s%.*s, which has %.*s%.*s; free of these: %.*s", after,
                      SLICE_ARG(low), SLICE_ARG(id), SLICE_ARG(more), SLICE_ARG(clean));
}

static enum severity severity_of(const struct asked *q, const struct verdict *v)
{
    enum severity s = v->worst.severity;
    if (!v->forced) return s < SEV_LOW ? s : SEV_LOW;
    bool dev = q->p->dev || q->p->build;
    return dev && s > SEV_INFO ? (enum severity)(s - 1) : s;
}

static struct slice fix_of(const struct asked *q, struct slice clean)
{
    if (!clean.n)
        return S("No release is named as fixed: replace it, or keep it from untrusted input");
    if (q->p->source == PACKAGE_LOCK)
        return asked_text(q, "Lock %.*s%.*s", SLICE_ARG(q->name), SLICE_ARG(clean));
    return asked_text(q, "%.*s%.*s", SLICE_ARG(q->name), SLICE_ARG(clean));
}

void judge_vulnerable(const struct asked *q)
{
    struct slice all;
    struct version_span span;
    if (!q->p->versions.n || q->p->url.n) return;
    if (!q->exact && (q->p->source == PACKAGE_COMMAND || !version_bounded(q->p->versions, q->how) ||
                      slice_find_byte(q->p->versions, '|') != SIZE_MAX))
        return;
    if (!advisories_find(q->known, q->name, &all)) return;
    if (q->exact) {
        span.low = (struct version_edge){.v = q->version, .side = -1};
        span.high.none = true;
    } else {
        (void)version_span(q->p->versions, q->how, &span);
    }
    struct verdict v = weigh(q, all, &span);
    if (!v.count || (!v.forced && q->p->build)) return;
    struct version_edge zero = {.side = -1};
    struct version_edge from = span.low.none ? zero : span.low;
    struct slice clean = first_clean(q, all, &from);
    asked_say(q, "dep.vulnerable", severity_of(q, &v), message_of(q, &v, clean, &span),
              fix_of(q, clean));
}

bool judge_malicious(const struct asked *q)
{
    struct slice all;
    struct advisory a;
    if (!advisories_find_harmful(q->known, q->name, &all)) return false;
    while (advisory_next(&all, &a)) {
        if (!a.malicious) break; /* they stand first */
        bool any = slice_eq(a.ranges, S("*"));
        if (!any && !(q->exact && affects_version(&a, &q->version))) continue;
        struct slice id = first_id(&a);
        asked_say(q, "dep.malicious", SEV_CRITICAL,
                  asked_text(q, "%s was made to harm%s%.*s%s%.*s%s",
                             any ? "This package" : "This release", id.n ? " (" : "", SLICE_ARG(id),
                             id.n ? ")" : "", SLICE_ARG(S("")),
                             ": whoever installs it runs its author's code"),
                  any ? S("")
                      : S("Take a release from before or after it, and change every "
                          "secret that the machine could read."));
        return true;
    }
    return false;
}
