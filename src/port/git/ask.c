/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c - talking to libgit2, in a process of its own that ends afterwards; nothing is freed. */
#include "port/git/ask_part.h"
#include "base/fd.h"
#include "port/seccomp/filter.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECONDS_MAX      60
#define PAST_SECONDS_MAX 1800
#define MEMORY_MAX       ((rlim_t)4 << 30)

void ask_write(const struct ask_job *j, struct slice bytes)
{
    if (!fd_write(j->ask->fd, bytes)) _exit(1);
}

void ask_say(const struct ask_job *j, char kind, const char *text)
{
    struct buf b;
    size_t n = strlen(text);
    buf_init(&b, 1u << 20);
    buf_byte(&b, (uint8_t)kind);
    buf_u32le(&b, (uint32_t)n);
    buf_add(&b, slice_of(text, n));
    if (!buf_ok(&b)) _exit(1);
    ask_write(j, buf_slice(&b));
    buf_done(&b);
}

_Noreturn void ask_give_up(const struct ask_job *j, const char *what)
{
    char text[1024];
    const struct git_error *e = j->git.error_last ? j->git.error_last() : NULL;
    bool tell = e && e->message;
    (void)snprintf(text, sizeof text, "%s%s%s%s", what, tell ? " (" : "", tell ? e->message : "",
                   tell ? ")" : "");
    ask_say(j, 'E', text);
    _exit(0);
}

static void limit(int what, rlim_t n)
{
    struct rlimit l = {n, n};
    (void)setrlimit((unsigned)what, &l);
}

static void lock_down(bool past)
{
    rlim_t seconds = past ? PAST_SECONDS_MAX : SECONDS_MAX;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    limit(RLIMIT_CPU, seconds);
    limit(RLIMIT_CORE, 0);
#ifndef MERLON_SANITIZED
    limit(RLIMIT_AS, MEMORY_MAX);
#endif
    if (!past) (void)alarm(2 * SECONDS_MAX); /* the past waits for whoever looks at it */
    (void)filter_reader();
}

/* No file outside the repository is asked how to behave, and neither is the repository itself. */
static void open_repository(struct ask_job *j)
{
    const struct git_api *g = &j->git;
    void *empty = NULL;
    if (g->libgit2_init() < 0) ask_give_up(j, "libgit2 did not start");
    for (int level = 1; level <= 4; level++)
        (void)g->libgit2_opts(GIT_OPT_SEARCH_PATH, level, "/dev/null");
    (void)g->libgit2_opts(GIT_OPT_OWNER_CHECK, 0);
    if (g->repository_open_ext(&j->repo, j->ask->root, GIT_OPEN_NO_SEARCH, NULL))
        ask_give_up(j, "not a git repository that can be read");
    j->bare = g->repository_is_bare(j->repo) == 1 && j->ask->past;
    if (g->config_new(&empty) || g->repository_set_config(j->repo, empty) ||
        (!j->bare && g->repository_set_workdir(j->repo, j->ask->root, 0)))
        ask_give_up(j, "the repository could not be opened safely");
}

static void options(const struct ask_job *j, struct git_diff_options *o, uint32_t flags)
{
    memset(o, 0, sizeof *o);
    if (j->git.diff_options_init(o, 1)) ask_give_up(j, "libgit2 is of an unknown version");
    o->flags |= flags | GIT_DIFF_NO_SUBMODULES;
}

static void *index_of(const struct ask_job *j)
{
    void *index = NULL;
    int bad = j->ask->index ? j->git.index_open(&index, j->ask->index)
                            : j->git.repository_index(&index, j->repo);
    if (bad) ask_give_up(j, "the index cannot be read");
    return index;
}

/* ---- since ---- */

/* Names of branches as records N, so that the parent can guess what was meant. */
static void offer_branches(const struct ask_job *j)
{
    void *it = NULL, *ref = NULL;
    int type;
    const char *name;
    if (j->git.branch_iterator_new(&it, j->repo, 3)) return;
    for (int i = 0; i < 200 && j->git.branch_next(&ref, &type, it) == 0; i++)
        if (j->git.branch_name(&name, ref) == 0) ask_say(j, 'N', name);
}

static void *tree_of(const struct ask_job *j, const char *revision)
{
    void *object = NULL, *tree = NULL;
    if (j->git.revparse_single(&object, j->repo, revision)) {
        offer_branches(j);
        ask_say(j, 'E', "?");
        _exit(0);
    }
    if (j->git.object_peel(&tree, object, GIT_OBJECT_TREE_))
        ask_give_up(j, "that revision has no files");
    return tree;
}

/* Entries that git was told not to look at any more; a scan looks at them. */
static void hidden_entries(const struct ask_job *j)
{
    void *index = index_of(j);
    for (size_t i = 0; i < j->git.index_entrycount(index); i++) {
        const struct git_index_entry *e = j->git.index_get_byindex(index, i);
        bool hidden = e && ((e->flags & GIT_INDEX_ASSUME_VALID) ||
                            (e->flags_extended & GIT_INDEX_SKIP_WORKTREE));
        if (hidden) ask_say(j, 'P', e->path);
    }
}

static void changed(const struct ask_job *j)
{
    struct git_diff_options o;
    void *diff = NULL, *tree = tree_of(j, j->ask->revision);
    options(j, &o, GIT_DIFF_UNTRACKED | GIT_DIFF_RECURSE_UNTRACKED | GIT_DIFF_TYPECHANGE);
    if (j->git.diff_tree_to_workdir_with_index(&diff, j->repo, tree, &o))
        ask_give_up(j, "the files could not be compared");
    for (size_t i = 0; i < j->git.diff_num_deltas(diff); i++) {
        const struct git_diff_delta *d = j->git.diff_get_delta(diff, i);
        if (d && d->status != GIT_DELETED && d->new_file.path) ask_say(j, 'P', d->new_file.path);
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

static void write_blob(const struct ask_job *j, int to, const struct git_diff_file *f)
{
    void *blob = NULL;
    if (j->git.object_lookup(&blob, j->repo, &f->id, GIT_OBJECT_BLOB_))
        ask_give_up(j, "a staged file is missing from the repository");
    struct slice bytes = slice_of(j->git.blob_rawcontent(blob), (size_t)j->git.blob_rawsize(blob));
    int fd = create(to, f->path);
    if (fd < 0 || !fd_write(fd, bytes) || close(fd))
        ask_give_up(j, "the staged files could not be unpacked");
    j->git.object_free(blob);
    ask_say(j, 'P', f->path);
}

static void staged(const struct ask_job *j)
{
    struct git_diff_options o;
    void *diff = NULL, *tree = NULL;
    int to = open(j->ask->to, O_DIRECTORY | O_PATH | O_CLOEXEC);
    if (to < 0) ask_give_up(j, "there is no place for the staged files");
    if (j->git.repository_head_unborn(j->repo) == 0) tree = tree_of(j, "HEAD");
    options(j, &o, GIT_DIFF_TYPECHANGE);
    if (j->git.diff_tree_to_index(&diff, j->repo, tree, index_of(j), &o))
        ask_give_up(j, "the index could not be compared");
    for (size_t i = 0; i < j->git.diff_num_deltas(diff); i++) {
        const struct git_diff_delta *d = j->git.diff_get_delta(diff, i);
        if (!d || d->status == GIT_DELETED || !d->new_file.path) continue;
        if ((d->new_file.mode & S_IFMT) == S_IFREG && is_safe(d->new_file.path))
            write_blob(j, to, &d->new_file);
        else
            ask_say(j, 'L', d->new_file.path);
    }
}

void ask_run(const struct ask *a)
{
    struct ask_job j = {.ask = a};
    if (!git_api_load(&j.git)) {
        j.git.error_last = NULL;
        ask_give_up(&j, "libgit2 is not installed: apt-get install libgit2-1.5");
    }
    lock_down(a->past);
    open_repository(&j);
    if (a->past)
        ask_past(&j);
    else if (a->revision)
        changed(&j);
    else
        staged(&j);
    ask_say(&j, 'D', "");
    _exit(0);
}
