/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/select.h"
#include "cli/last.h"
#include "cli/project.h"
#include "cli/signals.h"
#include "port/git/git.h"
#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>

static bool is_dir(const char *path)
{
    struct stat sb;
    return stat(path, &sb) == 0 && S_ISDIR(sb.st_mode);
}

/* The folder above or at `path` that holds .git; "" when there is none. */
static struct slice git_root(struct cli *c, const char *path)
{
    char *full = realpath(path, NULL);
    struct slice root = S("");
    for (char *slash; full && *full && !root.n; *slash = 0) {
        struct stat sb;
        const char *mark = cli_cstr(c, cli_join(c, slice_str(full), S(".git")));
        if (lstat(mark, &sb) == 0) root = arena_copy(&c->arena, slice_str(full));
        slash = strrchr(full, '/');
        if (!slash) break;
    }
    free(full);
    return root;
}

static bool add_only(struct cli *c, struct selection *s, struct slice path)
{
    if (s->only_count == s->only_room) {
        size_t bigger = s->only_room ? s->only_room * 2 : 256;
        struct slice *p = ARENA_ARRAY(&c->arena, struct slice, bigger);
        if (!p) return false;
        if (s->only_count) memcpy(p, s->only, s->only_count * sizeof *p);
        s->only = p;
        s->only_room = bigger;
    }
    s->only[s->only_count++] = path;
    return true;
}

/* ---- since ---- */

/* Paths from the repository's root become paths from the target. */
static bool keep_below(struct cli *c, struct selection *s, const struct git_answer *a,
                       struct slice below, bool folder)
{
    for (size_t i = 0; i < a->count; i++) {
        struct slice p = a->paths[i];
        bool same = slice_eq(p, below);
        bool in = !below.n || (slice_starts(p, below) && p.n > below.n && p.p[below.n] == '/');
        size_t slash = slice_rfind_byte(p, '/');
        struct slice base = slash == SIZE_MAX ? p : slice_sub(p, slash + 1, p.n);
        if (folder && in && !add_only(c, s, below.n ? slice_sub(p, below.n + 1, p.n) : p))
            return false;
        if (!folder && same && !add_only(c, s, base)) return false;
    }
    return true;
}

static bool since_one(struct cli *c, struct selection *s, const char *path, const char *revision)
{
    struct git_answer a;
    struct slice root = git_root(c, path);
    char *full = realpath(path, NULL);
    if (!root.n || !full) {
        free(full);
        return cli_fail(c, "--since: %s lies in no git repository", path), false;
    }
    struct slice f = slice_str(full);
    struct slice below = f.n > root.n ? slice_sub(f, root.n + (root.n > 1), f.n) : S("");
    below = arena_copy(&c->arena, below);
    free(full);
    git_changed(cli_cstr(c, root), revision, &c->arena, &a);
    if (a.error.n) return cli_fail(c, "--since: %.*s", SLICE_ARG(a.error)), false;
    return keep_below(c, s, &a, below, is_dir(path)) ||
           (cli_fail(c, "--since: too many files"), false);
}

static bool select_since(struct cli *c, struct selection *s, const char *revision)
{
    s->only_set = true;
    for (size_t i = 0; i < s->path_count; i++)
        if (!since_one(c, s, cli_cstr(c, s->paths[i]), revision)) return false;
    return true;
}

/* ---- history ---- */

/* A folder that is laid out like a repository without a work tree. */
static bool is_bare(struct cli *c, struct slice path)
{
    static const char *const parts[] = {"objects", "refs", "HEAD"};
    struct stat sb;
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (stat(cli_cstr(c, cli_join(c, path, slice_str(parts[i]))), &sb)) return false;
    return true;
}

static bool select_history(struct cli *c, struct selection *s)
{
    if (s->path_count > 1) return cli_fail(c, "--git looks at one PATH"), false;
    const char *path = cli_cstr(c, s->paths[0]);
    char *full = realpath(path, NULL);
    struct slice f = slice_str(full), root = is_bare(c, f) ? f : git_root(c, path);
    if (!full || !root.n) {
        free(full);
        return cli_fail(c, "--git: %s lies in no git repository", path), false;
    }
    s->history_root = cli_cstr(c, root);
    s->history_below = cli_cstr(c, f.n > root.n ? slice_sub(f, root.n + (root.n > 1), f.n) : S(""));
    free(full);
    return true;
}

/* ---- staged ---- */

static int remove_one(const char *path, const struct stat *sb, int type, struct FTW *where)
{
    (void)sb, (void)type, (void)where;
    return remove(path);
}

static char *make_folder(struct cli *c)
{
    const char *cache = cache_folder(c);
    struct slice name = arena_printf(&c->arena, "%s/merlon-staged-XXXXXX", cache ? cache : "/tmp");
    return name.p ? mkdtemp((char *)(uintptr_t)name.p) : NULL;
}

static bool select_staged(struct cli *c, struct selection *s)
{
    struct git_answer a;
    struct slice root = git_root(c, ".");
    if (!root.n) return cli_fail(c, "--staged: this is no git repository"), false;
    if (c->arg_count)
        return cli_fail(c, "--staged looks at the whole commit; leave out the paths"), false;
    signals_hold(true); /* until the folder is gone again */
    s->staged = make_folder(c);
    if (!s->staged) return cli_fail(c, "no place for the staged files: %s", strerror(errno)), false;
    const char *index = getenv("GIT_INDEX_FILE");
    git_staged(cli_cstr(c, root), index && *index ? index : NULL, s->staged, &c->arena, &a);
    if (a.error.n) return cli_fail(c, "--staged: %.*s", SLICE_ARG(a.error)), false;
    s->paths[0] = slice_str(s->staged);
    s->path_count = 1;
    s->target = S("staged files");
    s->only_count = a.count;
    s->staged_left_out = a.left_out;
    return true;
}

/* ---- all ---- */

static struct slice name_target(struct cli *c, const struct selection *s)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    for (size_t i = 0; i < s->path_count; i++) {
        if (i) buf_byte(&b, ' ');
        buf_add(&b, s->paths[i]);
    }
    struct slice name = arena_copy(&c->arena, buf_slice(&b));
    buf_done(&b);
    return name;
}

bool select_paths(struct cli *c, struct selection *ret)
{
    struct slice since = setting_text(&c->settings, OPT_SINCE), unused;
    bool staged = setting_on(&c->settings, OPT_STAGED);
    *ret = (struct selection){.path_count = c->arg_count ? c->arg_count : 1, .inside = true};
    ret->paths = ARENA_ARRAY(&c->arena, struct slice, ret->path_count);
    if (!ret->paths) return cli_fail(c, "out of memory"), false;
    ret->paths[0] = S(".");
    for (size_t i = 0; i < c->arg_count; i++) ret->paths[i] = c->args[i];
    ret->target = name_target(c, ret);
    bool git = setting_on(&c->settings, OPT_GIT);
    if (since.n && staged) return cli_fail(c, "--since and --staged exclude each other"), false;
    if (git && (since.n || staged))
        return cli_fail(c, "--git is not for some files only: leave out --since and --staged"),
               false;
    if (staged) return select_staged(c, ret);
    for (size_t i = 0; i < ret->path_count; i++)
        ret->inside = ret->inside && project_place(c, cli_cstr(c, ret->paths[i]), &unused);
    if (git) return select_history(c, ret);
    return !since.n || select_since(c, ret, cli_cstr(c, since));
}

const char *select_folder(struct cli *c, const struct selection *s)
{
    char *folder = realpath(s->path_count > 1 ? "." : cli_cstr(c, s->paths[0]), NULL);
    struct stat sb;
    if (!folder) return NULL;
    if (stat(folder, &sb) == 0 && !S_ISDIR(sb.st_mode)) {
        char *slash = strrchr(folder, '/');
        slash[slash == folder] = 0;
    }
    const char *kept = cli_cstr(c, slice_str(folder));
    free(folder);
    return kept;
}

void select_done(struct selection *s)
{
    if (s->staged) {
        (void)nftw(s->staged, remove_one, 32, FTW_DEPTH | FTW_PHYS);
        signals_hold(false);
    }
    s->staged = NULL;
}

const char *select_file(struct cli *c, const struct selection *s, struct slice path)
{
    struct slice target = s->paths[0];
    if (slice_eq(path, S("stdin"))) return "";
    if (s->path_count > 1) return cli_cstr(c, path); /* it carries its target */
    if (!is_dir(cli_cstr(c, target))) return cli_cstr(c, target);
    return cli_cstr(c, cli_join(c, target, path));
}
