/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/project.h"
#include <stdlib.h>
#include <sys/stat.h>

static bool has(const char *dir, const char *name)
{
    char path[4200];
    struct stat sb;
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);
    return n > 0 && (size_t)n < sizeof path && lstat(path, &sb) == 0;
}

static bool is_root(const char *dir)
{
    static const char *const marks[] = {".git", ".hg", ".svn", ".jj"};
    for (size_t i = 0; i < COUNT_OF(marks); i++)
        if (has(dir, marks[i])) return true;
    return false;
}

void project_find(struct cli *c)
{
    struct project *p = &c->project;
    if (p->root.n) return;
    char *here = realpath(".", NULL);
    p->cwd = arena_copy(&c->arena, slice_str(here ? here : "/"));
    p->root = p->cwd;
    for (char *end; here && *here; *end = 0) {
        if (is_root(here)) {
            p->versioned = true;
            p->root = slice_sub(p->cwd, 0, strlen(here));
            break;
        }
        end = strrchr(here, '/');
        if (!end) break;
    }
    p->here =
        p->cwd.n > p->root.n ? slice_sub(p->cwd, p->root.n + (p->root.n > 1), p->cwd.n) : S("");
    free(here);
}

bool project_place(struct cli *c, const char *path, struct slice *ret)
{
    const struct project *p = &c->project;
    char *full = realpath(path, NULL);
    struct slice f = slice_str(full ? full : "");
    bool top = slice_eq(p->root, S("/"));
    bool inside = slice_starts(f, p->root) && (top || f.n == p->root.n || f.p[p->root.n] == '/');
    if (inside)
        *ret = arena_copy(&c->arena, f.n > p->root.n ? slice_sub(f, p->root.n + !top, f.n) : S(""));
    free(full);
    return inside;
}
