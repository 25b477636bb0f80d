/* SPDX-License-Identifier: Apache-2.0 */
#include "port/git/changed.h"

#ifdef MERLON_HAVE_LIBGIT2
#include "base/st.h"
#include <dlfcn.h>
#include <git2.h>

/* The functions that are used, looked up by name: X(return type, name, parameters). */
#define GIT_FUNCTIONS(X)                                                                       \
    X(int, git_libgit2_init, (void))                                                           \
    X(int, git_libgit2_opts, (int, ...))                                                       \
    X(const git_error *, git_error_last, (void))                                               \
    X(int, git_repository_open_ext, (git_repository **, const char *, unsigned, const char *)) \
    X(const char *, git_repository_workdir, (const git_repository *))                          \
    X(int, git_revparse_single, (git_object **, git_repository *, const char *))               \
    X(int, git_object_peel, (git_object **, const git_object *, git_object_t))                 \
    X(int, git_diff_options_init, (git_diff_options *, unsigned))                              \
    X(int, git_diff_tree_to_workdir_with_index,                                                \
      (git_diff **, git_repository *, git_tree *, const git_diff_options *))                   \
    X(int, git_diff_tree_to_index,                                                             \
      (git_diff **, git_repository *, git_tree *, git_index *, const git_diff_options *))      \
    X(size_t, git_diff_num_deltas, (const git_diff *))                                         \
    X(const git_diff_delta *, git_diff_get_delta, (const git_diff *, size_t))

#define MEMBER(type, name, parameters) type(*name) parameters;

struct git {
    GIT_FUNCTIONS(MEMBER)
};

static bool load(struct git *g, struct buf *error)
{
    static const char *const names[] = {"libgit2.so.1.5", "libgit2.so.1.7", "libgit2.so.1.8",
                                        "libgit2.so.1.9"};
    void *lib = NULL;
    for (size_t i = 0; i < COUNT_OF(names) && !lib; i++)
        lib = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!lib) {
        buf_str(error, "git support needs the library libgit2: apt-get install libgit2-1.5");
        return false;
    }
#define LOOK_UP(type, name, parameters)                                 \
    *(void **)&g->name = dlsym(lib, #name);                             \
    if (!g->name) {                                                     \
        buf_str(error, "the installed libgit2 has no function " #name); \
        return false;                                                   \
    }
    GIT_FUNCTIONS(LOOK_UP)
    return true;
}

/* No configuration but the repository's own, which cannot make libgit2 run anything. */
static void shut_off_configuration(const struct git *g)
{
    static const int levels[] = {GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM,
                                 GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL};
    for (size_t i = 0; i < COUNT_OF(levels); i++)
        g->git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
    g->git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION,
                        0); /* CI checkouts often have another owner */
}

static bool said(const struct git *g, struct buf *error, const char *what)
{
    const git_error *e = g->git_error_last();
    buf_printf(error, "%s: %s", what, e && e->message ? e->message : "unknown reason");
    return false;
}

static bool tree_of(const struct git *g, git_repository *repo, const char *ref, git_tree **ret,
                    struct buf *error)
{
    git_object *object = NULL, *tree = NULL;
    if (g->git_revparse_single(&object, repo, ref) ||
        g->git_object_peel(&tree, object, GIT_OBJECT_TREE)) {
        buf_printf(
            error,
            "no commit \"%s\" in this repository (a shallow clone? git fetch it first, or give "
            "--since a branch, tag or commit that git log shows)",
            ref);
        return false;
    }
    *ret = (git_tree *)tree;
    return true;
}

static int diff_of(const struct git *g, git_repository *repo, const char *ref, git_tree *tree,
                   git_diff **ret)
{
    git_diff_options o;
    if (g->git_diff_options_init(&o, GIT_DIFF_OPTIONS_VERSION)) return -1;
    o.flags = GIT_DIFF_INCLUDE_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED_DIRS |
              GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_IGNORE_SUBMODULES | GIT_DIFF_SKIP_BINARY_CHECK;
    return ref ? g->git_diff_tree_to_workdir_with_index(ret, repo, tree, &o)
               : g->git_diff_tree_to_index(ret, repo, tree, NULL, &o);
}

bool changed_list(const struct changed_query *q, changed_fn *on_root, changed_fn *on_path,
                  void *ctx, struct buf *error)
{
    struct git g;
    git_repository *repo = NULL;
    git_tree *tree = NULL;
    git_diff *diff = NULL;
    if (!load(&g, error)) return false;
    if (g.git_libgit2_init() < 0) return said(&g, error, "libgit2");
    shut_off_configuration(&g);
    if (g.git_repository_open_ext(&repo, q->dir, 0, NULL))
        return said(&g, error, "not a git repository");
    const char *root = g.git_repository_workdir(repo);
    if (!root) return said(&g, error, "the repository has no work tree");
    /* before the first commit everything that is staged is new */
    if (q->ref && !tree_of(&g, repo, q->ref, &tree, error)) return false;
    if (!q->ref && !tree_of(&g, repo, "HEAD", &tree, error)) buf_reset(error);
    if (diff_of(&g, repo, q->ref, tree, &diff))
        return said(&g, error, "the changes could not be listed");
    on_root(ctx, slice_str(root));
    for (size_t i = 0; i < g.git_diff_num_deltas(diff); i++) {
        const git_diff_delta *d = g.git_diff_get_delta(diff, i);
        if (d->status != GIT_DELTA_DELETED) on_path(ctx, slice_str(d->new_file.path));
    }
    return true;
}

#else

bool changed_list(const struct changed_query *q, changed_fn *on_root, changed_fn *on_path,
                  void *ctx, struct buf *error)
{
    (void)q;
    (void)on_root;
    (void)on_path;
    (void)ctx;
    buf_str(error, "this build has no git support (libgit2-dev was absent when it was built)");
    return false;
}

#endif
