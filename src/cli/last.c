/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/last.h"
#include "base/map.h"
#include "cli/files.h"
#include "cli/project.h"
#include "codec/json.h"
#include "report/report.h"
#include <sys/stat.h>

#define LAST_MAX (16u << 20)

const char *cache_path(struct cli *c)
{
    const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    struct slice dir;
    if (xdg && *xdg == '/')
        dir = cli_join(c, slice_str(xdg), S("merlon"));
    else if (home && *home == '/')
        dir = cli_join(c, slice_str(home), S(".cache/merlon"));
    else
        return NULL;
    const char *path = cli_cstr(c, dir);
    return *path ? path : NULL;
}

const char *cache_folder(struct cli *c)
{
    const char *path = cache_path(c);
    return path && folder_make(path) ? path : NULL;
}

static const char *last_path(struct cli *c)
{
    struct stat sb;
    project_find(c);
    const char *own = cli_cstr(c, cli_join(c, c->project.root, S(".merlon")));
    if (lstat(own, &sb) == 0 && S_ISDIR(sb.st_mode))
        return cli_cstr(c, cli_join(c, slice_str(own), S("last.json")));
    const char *cache = cache_folder(c);
    if (!cache) return NULL;
    struct slice name = arena_printf(&c->arena, "last-%016llx.json",
                                     (unsigned long long)hash_bytes(c->project.root, 0));
    return cli_cstr(c, cli_join(c, slice_str(cache), name));
}

void last_keep(struct cli *c, const struct result *r, const char *folder)
{
    const char *path = last_path(c);
    struct report_style style = {.width = 100};
    struct result copy = *r;
    struct buf b;
    if (!path || !*path) return;
    copy.target = slice_str(folder);
    buf_init(&b, LAST_MAX);
    report_find(S("json"))->write(&b, &copy, &style);
    if (buf_ok(&b)) (void)file_swap(path, buf_slice(&b));
    buf_done(&b);
}

/* ---- reading: one key of the top or of a finding at a time ---- */

static bool read_inner(struct json *j, struct arena *a, struct last_finding *f)
{
    while (json_next(j) == JSON_STRING)
        f->inner = arena_printf(a, "%.*s > %.*s", SLICE_ARG(f->inner), SLICE_ARG(json_text(j, a)));
    return j->token == JSON_ARRAY_END;
}

static void read_field(struct json *j, struct slice key, struct arena *a, struct last_finding *f)
{
    const struct {
        struct slice key;
        struct slice *to;
    } texts[] = {{S("rule"), &f->rule},
                 {S("path"), &f->path},
                 {S("evidence"), &f->evidence},
                 {S("fingerprint"), &f->fingerprint}};
    if (j->token == JSON_NUMBER && slice_eq(key, S("line"))) f->has_line = json_u64(j, &f->line);
    if (j->token == JSON_NUMBER && slice_eq(key, S("offset")))
        f->has_offset = json_u64(j, &f->offset);
    for (size_t i = 0; j->token == JSON_STRING && i < COUNT_OF(texts); i++)
        if (slice_eq(key, texts[i].key)) *texts[i].to = json_text(j, a);
}

static bool read_finding(struct json *j, struct arena *a, struct last_finding *f)
{
    *f = (struct last_finding){.inner = S("")};
    while (json_next(j) == JSON_KEY) {
        struct slice key = json_text(j, a);
        enum json_token t = json_next(j);
        bool ok = true;
        if (t == JSON_ARRAY && slice_eq(key, S("inner")))
            ok = read_inner(j, a, f);
        else if (t == JSON_OBJECT || t == JSON_ARRAY)
            ok = json_skip(j);
        else
            read_field(j, key, a, f);
        if (!ok) return false;
    }
    return j->token == JSON_OBJECT_END;
}

static void each(struct cli *c, struct json *j, struct slice folder, last_fn *fn, void *ctx)
{
    struct last_finding f;
    struct slice below = S(""), root = c->project.root;
    if (slice_starts(folder, root) && folder.n > root.n)
        below = slice_sub(folder, root.n + (root.n > 1), folder.n);
    while (json_next(j) == JSON_OBJECT && read_finding(j, &c->arena, &f)) {
        if (below.n) f.path = cli_join(c, below, f.path);
        fn(ctx, &f);
    }
}

static void read_result(struct cli *c, struct slice text, last_fn *fn, void *ctx)
{
    struct json j;
    struct slice folder = S("");
    json_init(&j, text);
    if (json_next(&j) != JSON_OBJECT) return;
    while (json_next(&j) == JSON_KEY) {
        bool target = json_is(&j, S("target")), findings = json_is(&j, S("findings"));
        enum json_token t = json_next(&j);
        if (t == JSON_STRING && target) folder = json_text(&j, &c->arena);
        if (t == JSON_ARRAY && findings)
            each(c, &j, folder, fn, ctx);
        else if ((t == JSON_OBJECT || t == JSON_ARRAY) && !json_skip(&j))
            return;
    }
}

bool last_each(struct cli *c, last_fn *fn, void *ctx)
{
    const char *path = last_path(c);
    struct buf b;
    buf_init(&b, LAST_MAX + 1);
    bool ok = path && *path && file_read(path, LAST_MAX, &b);
    if (ok) read_result(c, buf_slice(&b), fn, ctx);
    buf_done(&b);
    return ok;
}

struct slice last_text(struct cli *c, const struct last_finding *f)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    buf_add(&b, f->path);
    buf_add(&b, f->inner);
    if (f->has_line) buf_printf(&b, ":%llu", (unsigned long long)f->line);
    if (f->has_offset) buf_printf(&b, ", byte %llu", (unsigned long long)f->offset);
    if (f->evidence.n) buf_str(&b, ": ");
    buf_add(&b, slice_sub(f->evidence, 0, 160));
    struct slice text = arena_copy(&c->arena, buf_slice(&b));
    buf_done(&b);
    return text;
}
