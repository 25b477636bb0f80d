/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_hook.c - a pre-commit hook that scans what is staged. */
#include "cli/cli.h"
#include "cli/files.h"
#include "cli/project.h"
#include <errno.h>
#include <sys/stat.h>

#define MARK "# installed by: merlon hook install"

/* git's own folder of this work tree: .git, or what the file .git points to. */
static struct slice git_folder(struct cli *c)
{
    struct stat sb;
    struct buf b;
    struct slice dot = cli_join(c, c->project.root, S(".git")), line;
    if (lstat(cli_cstr(c, dot), &sb)) return S("");
    if (S_ISDIR(sb.st_mode)) return dot;
    buf_init(&b, 8192);
    bool ok = file_read(cli_cstr(c, dot), 8192, &b);
    struct slice rest = buf_slice(&b);
    ok = ok && slice_split(&rest, '\n', &line) && slice_starts(line, S("gitdir: "));
    struct slice to = ok ? arena_copy(&c->arena, slice_trim(slice_sub(line, 8, line.n))) : S("");
    buf_done(&b);
    if (!to.n || slice_starts(to, S("/"))) return to;
    return cli_join(c, c->project.root, to);
}

/* In a linked work tree the hooks lie in the main one: commondir says where. */
static const char *hook_path(struct cli *c)
{
    project_find(c);
    struct slice git = git_folder(c);
    struct buf b;
    if (!git.n) return NULL;
    buf_init(&b, 8192);
    if (file_read(cli_cstr(c, cli_join(c, git, S("commondir"))), 8192, &b)) {
        struct slice common = slice_trim(buf_slice(&b));
        git =
            slice_starts(common, S("/")) ? arena_copy(&c->arena, common) : cli_join(c, git, common);
    }
    buf_done(&b);
    struct slice hooks = cli_join(c, git, S("hooks"));
    if (!folder_make(cli_cstr(c, hooks))) return NULL;
    return cli_cstr(c, cli_join(c, hooks, S("pre-commit")));
}

static bool is_ours(const char *path)
{
    struct buf b;
    buf_init(&b, 1u << 16);
    bool ours = file_read(path, 1u << 16, &b) && slice_has(buf_slice(&b), S(MARK));
    buf_done(&b);
    return ours;
}

/* The path of this very program, for a shell: in single quotes. */
static void say_self(struct buf *b)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    buf_byte(b, '\'');
    for (ssize_t i = 0; i < n; i++) {
        if (self[i] == '\'')
            buf_str(b, "'\\''");
        else
            buf_byte(b, (uint8_t)self[i]);
    }
    buf_byte(b, '\'');
}

int cmd_hook_install(struct cli *c)
{
    const char *path = hook_path(c);
    struct buf b;
    if (!path) return cli_fail(c, "this is no git repository");
    if (access(path, F_OK) == 0 && !is_ours(path))
        return cli_fail(
            c, "%s is there already and not Merlon's\n  add this line to it: merlon scan --staged",
            path);
    buf_init(&b, 1u << 16);
    buf_str(&b, "#!/bin/sh\n" MARK "\n# take it out with: merlon hook uninstall\nmerlon=");
    say_self(&b);
    buf_str(&b, "\n[ -x \"$merlon\" ] || merlon=merlon\nexec \"$merlon\" scan --staged\n");
    bool ok = file_write(path, buf_slice(&b)) && chmod(path, 0755) == 0;
    buf_done(&b);
    if (!ok) return cli_fail(c, "%s: %s", path, strerror(errno));
    printf(
        "wrote %s\neach commit is scanned as it is staged; git commit --no-verify goes around it\n",
        path);
    return cli_out(S("")) ? 0 : EXIT_CANNOT;
}

int cmd_hook_uninstall(struct cli *c)
{
    const char *path = hook_path(c);
    if (!path) return cli_fail(c, "this is no git repository");
    if (access(path, F_OK)) return cli_fail(c, "there is no hook");
    if (!is_ours(path)) return cli_fail(c, "%s is not Merlon's; it was left alone", path);
    if (unlink(path)) return cli_fail(c, "%s: %s", path, strerror(errno));
    printf("removed %s\n", path);
    return cli_out(S("")) ? 0 : EXIT_CANNOT;
}
