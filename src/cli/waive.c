/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/waive.h"
#include "base/host.h"
#include "cli/files.h"
#include "cli/project.h"
#include "finding/rules.h"
#include "policy/allow.h"
#include <errno.h>
#include <sys/stat.h>

#define IGNORE_MAX   (1u << 20)
#define BASELINE_MAX (256u << 20)
#define TEXT_MAX     (4u << 20)

int64_t today(void)
{
    return host_wall_s() / 86400;
}

const char *ignore_path(struct cli *c)
{
    project_find(c);
    return cli_cstr(c, cli_join(c, c->project.root, S(".merlonignore.toml")));
}

bool ignore_load(struct cli *c, struct ignore_list *ret, struct slice *ret_text)
{
    struct buf b;
    const char *path = ignore_path(c);
    buf_init(&b, IGNORE_MAX + 1);
    bool there = file_read(path, IGNORE_MAX, &b);
    bool ok = there || errno == ENOENT;
    if (!ok) cli_fail(c, "%s: %s", path, strerror(errno));
    *ret_text = arena_copy(&c->arena, buf_slice(&b));
    buf_done(&b);
    return ok && ignore_parse(*ret_text, S(".merlonignore.toml"), today(), &c->arena, ret);
}

static bool load_baseline(struct cli *c, struct waive *w)
{
    struct slice name = setting_text(&c->settings, OPT_BASELINE);
    struct buf b;
    const char *why = NULL;
    if (!name.n) return true;
    const struct setting *v = &c->settings.of[OPT_BASELINE];
    /* a path in merlon.toml starts where that file lies */
    bool from_root = v->origin == ORIGIN_PROJECT && !slice_starts(name, S("/"));
    if (from_root) name = cli_join(c, c->project.root, name);
    w->baseline_file = cli_cstr(c, name);
    buf_init(&b, BASELINE_MAX + 1);
    bool ok = file_read(w->baseline_file, BASELINE_MAX, &b);
    if (!ok) why = strerror(errno);
    ok = ok && baseline_read(buf_slice(&b), &c->arena, &w->baseline, &why);
    if (!ok) cli_fail(c, "--baseline %.*s: %s", SLICE_ARG(name), why);
    buf_done(&b);
    return w->has_baseline = ok;
}

bool waive_load(struct cli *c, const struct selection *s, struct waive *ret)
{
    struct slice text;
    *ret = (struct waive){.cli = c, .selection = s};
    return ignore_load(c, &ret->ignores, &text) && load_baseline(c, ret);
}

bool waive_can_stream(const struct waive *w)
{
    for (size_t i = 0; i < w->ignores.count; i++)
        if (w->ignores.entries[i].fingerprint.n) return false;
    return !w->has_baseline;
}

static void suppress(struct finding *f, struct slice by, struct slice reason, struct slice until)
{
    f->state = FINDING_SUPPRESSED;
    f->waived_by = by;
    f->waived_reason = reason;
    f->waived_until = until;
}

/* ---- inline ---- */

static bool allow_on(struct slice text, int64_t line, struct slice id, struct allow *ret)
{
    struct slice rest = text, one;
    for (int64_t n = 1; n <= line && rest.n && slice_split(&rest, '\n', &one); n++)
        if (n >= line - 1 && allow_parse(one, ret) && allow_covers(ret->rule, id)) return true;
    return false;
}

/* A file has many findings, and few files have an allow: each is looked for and read once in a row.
 */
static void load_text(struct waive *w, struct slice path)
{
    struct stat sb;
    if (slice_eq(w->path, path) && w->path.p) return;
    w->path = arena_copy(&w->cli->arena, path);
    const char *file = select_file(w->cli, w->selection, path);
    buf_reset(&w->text);
    w->text.max = TEXT_MAX + 1;
    bool small = *file && stat(file, &sb) == 0 && sb.st_size <= (off_t)TEXT_MAX;
    if (!small || !file_read(file, TEXT_MAX, &w->text) ||
        !slice_has(buf_slice(&w->text), S("merlon:")))
        buf_reset(&w->text);
}

void waive_done(struct waive *w)
{
    buf_done(&w->text);
}

/* An allow on the finding's line or the one before it; its texts live in the arena. */
static bool find_allow(struct waive *w, const struct finding *f, struct allow *ret)
{
    if (f->line < 1 || f->inner_count || slice_starts(slice_str(f->rule->id), S("meta.")))
        return false;
    load_text(w, f->path);
    bool hit = allow_on(buf_slice(&w->text), f->line, slice_str(f->rule->id), ret);
    if (hit) {
        ret->rule = arena_copy(&w->cli->arena, ret->rule);
        ret->reason = arena_copy(&w->cli->arena, ret->reason);
    }
    return hit;
}

void waive_one(struct waive *w, struct finding *f)
{
    struct slice place = f->path;
    struct allow allow;
    if (!w->selection->staged && w->ignores.count)
        (void)project_place(w->cli, select_file(w->cli, w->selection, f->path), &place);
    struct ignore_entry *e = ignore_match(&w->ignores, f, place);
    if (e) {
        e->hits++;
        suppress(f, e->by, e->reason, e->until);
    } else if (w->selection->inside && find_allow(w, f, &allow) && allow.reason.n) {
        suppress(f, S("a comment in the file"), allow.reason, S(""));
    }
}

/* ---- the end ---- */

static bool add_meta(struct result *r, const char *rule, const struct finding *at,
                     const char *message)
{
    struct finding f = finding_of(rule_find(slice_str(rule)));
    f.path = at->path;
    f.line = at->line;
    f.message = slice_str(message);
    f.evidence = arena_printf(r->arena, "merlon: allow %s", at->rule->id);
    finding_fingerprint(&f, 0);
    return result_add_finding(r, &f) != NULL;
}

/* Allows that do not count are told: in foreign files, and those without a reason. */
static bool report_allows(struct waive *w, struct result *r)
{
    size_t n = r->finding_count;
    for (size_t i = 0; i < n; i++) {
        struct finding f = r->findings[i];
        struct allow allow;
        if (f.state != FINDING_OPEN || !find_allow(w, &f, &allow)) continue;
        bool ok = true;
        if (!w->selection->inside)
            ok = add_meta(
                r, "meta.foreign-config", &f,
                "What is scanned tries to allow its own findings; the comment had no effect");
        else if (!allow.reason.n)
            ok =
                add_meta(r, "meta.suppression-invalid", &f,
                         "This allow was not applied: it gives no reason (allow RULE because ...)");
        if (!ok) return false;
    }
    return true;
}

struct scanned {
    struct map paths;
    bool some_only;
};

static bool was_scanned(const void *ctx, struct slice path)
{
    const struct scanned *s = ctx;
    union map_value unused;
    return !s->some_only || map_get(&s->paths, path, &unused);
}

static bool apply_baseline(struct waive *w, struct result *r)
{
    struct scanned s = {.some_only = w->selection->only_set || w->selection->staged};
    map_init(&s.paths, r->arena, 0);
    for (size_t i = 0; i < r->subject_count; i++)
        if (!map_put(&s.paths, r->subjects[i].path, (union map_value){.num = 1}, NULL))
            return false;
    baseline_apply(&w->baseline, r, was_scanned, &s);
    return true;
}

bool waive_all(struct waive *w, struct result *r)
{
    for (size_t i = 0; i < r->finding_count; i++)
        if (r->findings[i].state == FINDING_OPEN) waive_one(w, &r->findings[i]);
    bool ok = ignore_report(&w->ignores, r) && report_allows(w, r) &&
              (!w->has_baseline || apply_baseline(w, r));
    if (!ok) cli_fail(w->cli, "out of memory");
    result_finish(r);
    return ok;
}
