/* SPDX-License-Identifier: Apache-2.0 */
/* name.c - is this the name that was meant? */
#include "detect/package/names.h"
#include "detect/package/package_part.h"

static const char *const likes[] = {
    [LIKE_LETTERS] = "is written with letters of another alphabet and looks like",
    [LIKE_SHAPE] = "is drawn almost like",
    [LIKE_SEPARATOR] = "differs only in its hyphens from",
    [LIKE_TYPO] = "is spelt almost like",
    [LIKE_SWAP] = "says with other words the name of",
};

/* Somebody reported a fault of it, so it is a product of its own. */
static bool is_real(const struct asked *q)
{
    struct slice all;
    struct advisory a;
    if (!advisories_find(q->known, q->name, &all)) return false;
    while (advisory_next(&all, &a))
        if (!a.malicious) return true;
    return false;
}

static bool look_alike(const struct asked *q)
{
    struct slice popular;
    enum likeness l = names_like(q->names, q->name, &popular);
    if (l == LIKE_NONE) return false;
    if (l != LIKE_LETTERS && is_real(q)) return false;
    asked_say(q, "dep.lookalike", l == LIKE_LETTERS ? SEV_CRITICAL : SEV_HIGH,
              asked_text(q, "%.*s %s %.*s: such names are registered to be installed by mistake",
                         SLICE_ARG(q->name), likes[l], SLICE_ARG(popular)),
              asked_text(q, "Write %.*s, if that is meant.", SLICE_ARG(popular)));
    return true;
}

/* "instead <tab> why" */
static void listed(const struct asked *q, const char *rule, enum severity s, struct slice text)
{
    struct slice instead = S(""), why = S("");
    (void)slice_split(&text, '\t', &instead);
    (void)slice_split(&text, '\t', &why);
    asked_say(q, rule, s, why,
              instead.n ? asked_text(q, "Ask for %.*s", SLICE_ARG(instead)) : S(""));
}

/* Scanners that can be walked around: how good they are is a question of their version. */
static void bypassable(const struct asked *q, struct slice text)
{
    struct slice fixed = S(""), why = S("");
    struct version_span asked = {.low.none = true, .high.none = true}, weak;
    (void)slice_split(&text, '\t', &fixed);
    (void)slice_split(&text, '\t', &why);
    if (fixed.n) {
        struct slice range = asked_text(q, "<%.*s", SLICE_ARG(fixed));
        (void)version_span(range, VERSIONS_OSV, &weak);
        if (!q->exact) (void)version_span(q->p->versions, q->how, &asked);
        bool old = q->exact ? version_in_span(&q->version, &weak)
                            : version_spans_meet(&asked, &weak) && !asked.low.none;
        bool capped =
            !q->exact && !asked.high.none && version_edge_cmp(&asked.high, &weak.high) <= 0;
        if (!old && !capped) return;
    }
    asked_say(q, "dep.scanner-bypassable", SEV_MEDIUM, why,
              fixed.n ? asked_text(q, "%.*s>=%.*s", SLICE_ARG(q->name), SLICE_ARG(fixed)) : S(""));
}

bool judge_name(const struct asked *q)
{
    struct slice text;
    bool pypi = q->p->system == SYSTEM_PYPI;
    if (pypi && names_find(q->names, NAME_INVENTED, q->name, &text)) {
        listed(q, "dep.hallucinated", SEV_MEDIUM, text);
        return true;
    }
    if (pypi && names_find(q->names, NAME_MODULE, q->name, &text)) {
        struct slice real = slice_sub(text, 0, slice_find_byte(text, '\t'));
        asked_say(q, "dep.hallucinated", SEV_MEDIUM,
                  asked_text(q,
                             "%.*s is the name that is imported; installed it is %.*s, and whoever "
                             "owns the other name is installed instead",
                             SLICE_ARG(q->name), SLICE_ARG(real)),
                  asked_text(q, "Ask for %.*s", SLICE_ARG(real)));
        return true;
    }
    if (names_find(q->names, NAME_OLD, q->name, &text) && pypi)
        listed(q, "dep.abandoned", SEV_LOW, text);
    if (names_find(q->names, NAME_BYPASS, q->name, &text)) bypassable(q, text);
    return pypi && look_alike(q);
}
