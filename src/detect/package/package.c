/* SPDX-License-Identifier: Apache-2.0 */
/* package.c - one dependency after another: is it the one that is meant, which versions may it
 * have, and what is known of these? */
#include "detect/package/package.h"
#include "base/ascii.h"
#include "detect/package/names.h"
#include "detect/package/package_part.h"
#include "finding/rules.h"
#include <stdarg.h>
#include <stdio.h>

/* ---- saying ---- */

struct slice asked_text(const struct asked *q, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    if (n < 0) n = 0;
    struct slice s = slice_of(text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
    s = arena_copy(q->j->arena, s);
    if (!s.p) q->j->nomem = true;
    return s;
}

static struct finding finding_at(const struct asked *q, const char *rule, enum severity s,
                                 struct slice message)
{
    struct finding f = judge_finding(q->j, q->r, rule, q->ev->offset);
    f.severity = s;
    f.line = q->p->line ? (int64_t)q->p->line : -1;
    f.column = q->p->column ? (int64_t)q->p->column : -1;
    f.message = message;
    f.evidence = q->shown;
    return f;
}

void asked_say(const struct asked *q, const char *rule, enum severity s, struct slice message,
               struct slice fix)
{
    struct finding f = finding_at(q, rule, s, message);
    f.fix = fix;
    judge_emit(q->j, &f);
}

void asked_say_unlocked(const struct asked *q, const char *rule, enum severity s,
                        struct slice message)
{
    struct finding f = finding_at(q, rule, s, message);
    if (q->p->source == PACKAGE_MANIFEST) {
        f.when.kind = WHEN_NONE_OF;
        f.when.name = S("uv.lock\npoetry.lock\npdm.lock\npylock.toml\nPipfile.lock\n"
                        "requirements.txt\nrequirements.lock\nconda-lock.yml");
    }
    judge_emit(q->j, &f);
}

void asked_say_import(const struct asked *q, struct slice like)
{
    struct finding f = finding_at(q, "dep.lookalike", SEV_HIGH,
                                  asked_text(q,
                                             "%.*s is spelt almost like %.*s: such names are "
                                             "registered to be installed by mistake",
                                             SLICE_ARG(q->p->name), SLICE_ARG(like)));
    f.fix = asked_text(q, "Write %.*s, if that is meant.", SLICE_ARG(like));
    f.when.kind = WHEN_NONE_OF;
    f.when.name =
        asked_text(q, "%.*s.py\n%.*s/__init__.py", SLICE_ARG(q->p->name), SLICE_ARG(q->p->name));
    judge_emit(q->j, &f);
}

/* ---- one package ---- */

struct advisories *packages_known(struct judge *j)
{
    if (j->packages) return j->packages;
    struct advisories *a = ARENA_NEW(j->arena, struct advisories);
    if (!a) j->nomem = true;
    if (!a || (!advisories_open(a, j->advisories, j->arena) &&
               !advisories_open(a, (struct slice){NULL, 0}, j->arena)))
        return NULL;
    return j->packages = a;
}

/* What conda calls by another name. */
static struct slice pypi_name(struct slice name)
{
    static const char *const names[][2] = {{"pytorch", "torch"},
                                           {"pytorch-cpu", "torch"},
                                           {"pytorch-gpu", "torch"},
                                           {"opencv", "opencv-python"},
                                           {"py-opencv", "opencv-python"},
                                           {"tensorflow-base", "tensorflow"},
                                           {"tensorflow-gpu", "tensorflow"},
                                           {"py-xgboost", "xgboost"},
                                           {"huggingface-hub", "huggingface-hub"}};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_eq(name, slice_str(names[i][0]))) return slice_str(names[i][1]);
    return name;
}

static struct slice shown_of(struct asked *q)
{
    const struct package *p = q->p;
    struct arena *a = q->j->arena;
    if (p->source == PACKAGE_INDEX)
        return arena_printf(a, "%.*s %.*s", SLICE_ARG(p->name), SLICE_ARG(url_shown(a, p->url)));
    if (p->url.n && p->name.n)
        return arena_printf(a, "%.*s @ %.*s", SLICE_ARG(p->name), SLICE_ARG(url_shown(a, p->url)));
    if (p->url.n) return arena_copy(a, url_shown(a, p->url));
    bool bare = p->versions.n && ascii_digit(p->versions.p[0]); /* poetry, conda */
    return arena_printf(a, "%.*s%s%.*s", SLICE_ARG(p->name),
                        p->exact ? "=="
                        : bare   ? " "
                                 : "",
                        SLICE_ARG(slice_sub(p->versions, 0, 120)));
}

static bool prepare(struct asked *q)
{
    static const enum version_dialect hows[] = {[SYSTEM_PYPI] = VERSIONS_PYPI,
                                                [SYSTEM_NPM] = VERSIONS_NPM,
                                                [SYSTEM_CONDA] = VERSIONS_CONDA};
    const struct package *p = q->p;
    q->known = packages_known(q->j);
    q->name = names_normal(q->j->arena, p->name);
    q->shown = shown_of(q);
    q->how = hows[p->system];
    if (p->system == SYSTEM_CONDA) q->name = pypi_name(q->name);
    q->exact = p->exact ? version_parse_loose(p->versions, &q->version)
                        : version_exact(p->versions, q->how, &q->version);
    if (q->known) q->names = advisories_names(q->known);
    if (!q->name.p || !q->shown.p || (q->known && q->known->nomem)) q->j->nomem = true;
    return q->known && !q->j->nomem;
}

/* Tools that everybody has in every version. */
static bool is_tool(struct slice name)
{
    return slice_eq(name, S("pip")) || slice_eq(name, S("setuptools")) ||
           slice_eq(name, S("wheel")) || slice_eq(name, S("uv")) || slice_eq(name, S("poetry"));
}

static bool is_pinned(const struct asked *q)
{
    return q->exact || q->p->url.n || q->p->hashed;
}

static void judge_pin(const struct asked *q)
{
    const struct package *p = q->p;
    bool list = p->source == PACKAGE_MANIFEST || p->source == PACKAGE_PINS;
    if (!list || p->build || p->system == SYSTEM_NPM || is_pinned(q) || is_tool(q->name)) return;
    bool loose = !version_bounded(p->versions, q->how);
    bool open = (p->file && p->file->library) || p->dev;
    asked_say_unlocked(q, "dep.unpinned", open ? SEV_INFO : SEV_LOW,
                       loose ? S("Any version may be installed, also one that was made to harm "
                                 "after this was written")
                             : S("Versions that nobody here has tested may be installed, also one "
                                 "that was made to harm"));
}

/* Once per file, at its first pin. */
static void judge_hashes(const struct asked *q)
{
    const struct package *p = q->p;
    const struct package_file *f = p->file;
    if (!f || !f->options || p->source != PACKAGE_PINS || p->dev) return;
    if (f->hashed || !f->exact || f->first_exact != p->line) return;
    asked_say(q, "dep.unhashed", SEV_LOW,
              asked_text(q,
                         "%zu %s pinned, without a hash: what the index answers is installed "
                         "unseen",
                         f->exact, f->exact == 1 ? "version is" : "versions are"),
              S(""));
}

static void tell_requirement(const struct asked *q)
{
    const struct package *p = q->p;
    bool list =
        p->source == PACKAGE_MANIFEST || p->source == PACKAGE_PINS || p->source == PACKAGE_LOCK;
    if (!list || p->system == SYSTEM_NPM || p->build || p->url.n) return;
    struct requirement req = {.name = q->name, .versions = p->versions, .exact = p->exact};
    /* =1.2 of conda is 1.2.* for the others */
    if (p->system == SYSTEM_CONDA && slice_starts(p->versions, S("=")) &&
        !slice_starts(p->versions, S("==")))
        req.versions = asked_text(q, "==%.*s.*", SLICE_ARG(slice_sub(p->versions, 1, SIZE_MAX)));
    judge_requirement(q->j, q->r, &req);
}

static void judge_one(struct asked *q)
{
    if (!prepare(q)) return;
    if (q->p->source == PACKAGE_INDEX) {
        judge_index(q);
        return;
    }
    licence_package(q);
    if (q->p->source == PACKAGE_INSTALLED) return;
    judge_direct(q);
    if (!q->name.n || q->p->system == SYSTEM_NPM) return;
    tell_requirement(q);
    if (judge_malicious(q) || judge_name(q)) return;
    judge_vulnerable(q);
    judge_pin(q);
    judge_hashes(q);
}

void judge_package(struct judge *j, const struct reading *r, const struct event *ev)
{
    struct asked q = {.j = j, .r = r, .ev = ev, .p = ev->package};
    if (!j->nomem) judge_one(&q);
    if (q.known && q.known->nomem) j->nomem = true; /* what was not unpacked was not compared */
}
