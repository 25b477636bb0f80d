/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c - talking to libgit2, in a process of its own that ends afterwards; nothing is freed. */
#include "port/git/ask.h"
#include "base/buf.h"
#include "port/git/abi.h"
#include "port/seccomp/filter.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECONDS_MAX 60
#define MEMORY_MAX  ((rlim_t)4 << 30)

struct job {
    const struct ask *ask;
    struct git_api git;
    void *repo;
};

static void say(const struct job *j, char kind, const char *text)
{
    struct buf b;
    size_t n = strlen(text);
    buf_init(&b, 1u << 20);
    buf_byte(&b, (uint8_t)kind);
    buf_u32le(&b, (uint32_t)n);
    buf_add(&b, slice_of(text, n));
    for (size_t at = 0; at < b.n;) {
        ssize_t k = write(j->ask->fd, b.p + at, b.n - at);
        if (k <= 0) _exit(1);
        at += (size_t)k;
    }
    buf_done(&b);
}

static _Noreturn void give_up(const struct job *j, const char *what)
{
    char text[1024];
    const struct git_error *e = j->git.error_last ? j->git.error_last() : NULL;
    bool tell = e && e->message;
    (void)snprintf(text, sizeof text, "%s%s%s%s", what, tell ? " (" : "", tell ? e->message : "",
                   tell ? ")" : "");
    say(j, 'E', text);
    _exit(0);
}

static void limit(int what, rlim_t n)
{
    struct rlimit l = {n, n};
    (void)setrlimit((unsigned)what, &l);
}

static void lock_down(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    limit(RLIMIT_CPU, SECONDS_MAX);
    limit(RLIMIT_CORE, 0);
#ifndef MERLON_SANITIZED
    limit(RLIMIT_AS, MEMORY_MAX);
#endif
    (void)alarm(2 * SECONDS_MAX);
    (void)filter_reader();
}

/* No file outside the repository is asked how to behave, and neither is the repository itself. */
static void open_repository(struct job *j)
{
    const struct git_api *g = &j->git;
    void *empty = NULL;
    if (g->libgit2_init() < 0) give_up(j, "libgit2 did not start");
    for (int level = 1; level <= 4; level++)
        (void)g->libgit2_opts(GIT_OPT_SEARCH_PATH, level, "/dev/null");
    (void)g->libgit2_opts(GIT_OPT_OWNER_CHECK, 0);
    if (g->repository_open_ext(&j->repo, j->ask->root, GIT_OPEN_NO_SEARCH, NULL))
        give_up(j, "not a git repository that can be read");
    if (g->config_new(&empty) || g->repository_set_config(j->repo, empty) ||
        g->repository_set_workdir(j->repo, j->ask->root, 0))
        give_up(j, "the repository could not be opened safely");
}

static void options(const struct job *j, struct git_diff_options *o, uint32_t flags)
{
    memset(o, 0, sizeof *o);
    if (j->git.diff_options_init(o, 1)) give_up(j, "libgit2 is of an unknown version");
    o->flags |= flags | GIT_DIFF_NO_SUBMODULES;
}

static void *index_of(const struct job *j)
{
    void *index = NULL;
    int bad = j->ask->index ? j->git.index_open(&index, j->ask->index)
                            : j->git.repository_index(&index, j->repo);
    if (bad) give_up(j, "the index cannot be read");
    return index;
}

/* ---- since ---- */

/* Names of branches as records N, so that the parent can guess what was meant. */
static void offer_branches(const struct job *j)
{
    void *it = NULL, *ref = NULL;
    int type;
    const char *name;
    if (j->git.branch_iterator_new(&it, j->repo, 3)) return;
    for (int i = 0; i < 200 && j->git.branch_next(&ref, &type, it) == 0; i++)
        if (j->git.branch_name(&name, ref) == 0) say(j, 'N', name);
}

static void *tree_of(const struct job *j, const char *revision)
{
    void *object = NULL, *tree = NULL;
    if (j->git.revparse_single(&object, j->repo, revision)) {
        offer_branches(j);
        say(j, 'E', "?");
        _exit(0);
    }
    if (j->git.object_peel(&tree, object, GIT_OBJECT_TREE_))
        give_up(j, "that revision has no files");
    return tree;
}

/* Entries that git was told not to look at any more; a scan looks at them. */
static void hidden_entries(const struct job *j)
{
    void *index = index_of(j);
    for (size_t i = 0; i < j->git.index_entrycount(index); i++) {
        const struct git_index_entry *e = j->git.index_get_byindex(index, i);
        bool hidden = e && ((e->flags & GIT_INDEX_ASSUME_VALID) ||
                            (e->flags_extended & GIT_INDEX_SKIP_WORKTREE));
        if (hidden) say(j, 'P', e->path);
    }
}

static void changed(const struct job *j)
{
    struct git_diff_options o;
    void *diff = NULL, *tree = tree_of(j, j->ask->revision);
    options(j, &o, GIT_DIFF_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED | GIT_DIFF_TYPECHANGE);
    if (j->git.diff_tree_to_workdir_with_index(&diff, j->repo, tree, &o))
        give_up(j, "the files could not be compared");
    for (size_t i = 0; i < j->git.diff_num_deltas(diff); i++) {
        const struct git_diff_delta *d = j->git.diff_get_delta(diff, i);
        if (d && d->status != GIT_DELETED && d->new_file.path) say(j, 'P', d->new_file.path);
    }
    hidden_entries(j);
}

/* ---- staged ---- */

static bool is_safe(const char *path)
{
    struct slice rest = slice_str(path), part;
    if (!rest.n || *path == '/') return false;
    while (slice_split(&rest, '/', &part))
        if (!part.n || slice_eq(part, S(".")) || slice_eq(part, S(".."))) return false;
    return true;
}

/* Opens path below `to` for writing, making its folders. */
static int create(int to, const char *path)
{
    char part[4096];
    size_t n = strlen(path);
    if (n >= sizeof part) return -1;
    memcpy(part, path, n + 1);
    for (char *slash = strchr(part, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdirat(to, part, 0700) && errno != EEXIST) return -1;
        *slash = '/';
    }
    return openat(to, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

static void write_blob(const struct job *j, int to, const struct git_diff_file *f)
{
    void *blob = NULL;
    if (j->git.object_lookup(&blob, j->repo, &f->id, GIT_OBJECT_BLOB_))
        give_up(j, "a staged file is missing from the repository");
    const uint8_t *p = j->git.blob_rawcontent(blob);
    uint64_t left = j->git.blob_rawsize(blob), at = 0;
    int fd = create(to, f->path);
    while (fd >= 0 && left) {
        ssize_t n = write(fd, p + at, left < (1u << 20) ? left : (1u << 20));
        if (n <= 0) break;
        at += (uint64_t)n;
        left -= (uint64_t)n;
    }
    if (fd < 0 || left || close(fd)) give_up(j, "the staged files could not be unpacked");
    j->git.object_free(blob);
    say(j, 'P', f->path);
}

static void staged(const struct job *j)
{
    struct git_diff_options o;
    void *diff = NULL, *tree = NULL;
    int to = open(j->ask->to, O_DIRECTORY | O_PATH | O_CLOEXEC);
    if (to < 0) give_up(j, "there is no place for the staged files");
    if (j->git.repository_head_unborn(j->repo) == 0) tree = tree_of(j, "HEAD");
    options(j, &o, GIT_DIFF_TYPECHANGE);
    if (j->git.diff_tree_to_index(&diff, j->repo, tree, index_of(j), &o))
        give_up(j, "the index could not be compared");
    for (size_t i = 0; i < j->git.diff_num_deltas(diff); i++) {
        const struct git_diff_delta *d = j->git.diff_get_delta(diff, i);
        if (!d || d->status == GIT_DELETED || !d->new_file.path) continue;
        if ((d->new_file.mode & S_IFMT) == S_IFREG && is_safe(d->new_file.path))
            write_blob(j, to, &d->new_file);
        else
            say(j, 'L', d->new_file.path);
    }
}

void ask_run(const struct ask *a)
{
    struct job j = {.ask = a};
    if (!git_api_load(&j.git)) {
        j.git.error_last = NULL;
        give_up(&j, "libgit2 is not installed: apt-get install libgit2-1.5");
    }
    lock_down();
    open_repository(&j);
    if (a->revision)
        changed(&j);
    else
        staged(&j);
    say(&j, 'D', "");
    _exit(0);
}
