/* SPDX-License-Identifier: Apache-2.0 */
/* git.h over a repository that git itself makes, with configuration that tries to run things. */
#include "../test.h"
#include "port/git/git.h"
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct repo {
    char root[64];
    struct arena arena;
};

static void run(const struct repo *r, const char *script)
{
    char full[2000];
    (void)snprintf(full, sizeof full,
                   "cd '%s' && export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 && { %s ; } > /dev/null 2>&1",
                   r->root, script);
    char *argv[] = {(char *)"sh", (char *)"-c", full, NULL};
    pid_t pid;
    int status = 1;
    assert_int_equal(posix_spawnp(&pid, "sh", NULL, NULL, argv, environ), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static int setup(void **state)
{
    struct repo *r = calloc(1, sizeof *r);
    (void)snprintf(r->root, sizeof r->root, "/tmp/merlon-since-XXXXXX");
    if (!mkdtemp(r->root)) return -1;
    arena_init(&r->arena, 16u << 20, 1u << 14);
    run(r,
        "git init -q -b main && git config user.email a@b && git config user.name t && mkdir d && "
        "echo 1 > kept && echo 1 > d/changed && echo 1 > gone && git add . && git commit -qm one");
    *state = r;
    return 0;
}

static int remove_one(const char *path, const struct stat *sb, int type, struct FTW *ftw)
{
    (void)sb;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int teardown(void **state)
{
    struct repo *r = *state;
    nftw(r->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_done(&r->arena);
    free(r);
    return 0;
}

static bool has(const struct git_answer *s, const char *path)
{
    for (size_t i = 0; i < s->count; i++)
        if (slice_eq(s->paths[i], slice_str(path))) return true;
    return false;
}

static void changes_are_listed(void **state)
{
    struct repo *r = *state;
    struct git_answer s;
    run(r, "echo 2 > d/changed && echo 1 > d/new && rm gone && git add -A && git commit -qm two && "
           "echo 3 > untracked");
    git_changed(r->root, "HEAD~1", &r->arena, &s);
    assert_int_equal(s.error.n, 0);
    assert_int_equal(s.count, 3);
    assert_true(has(&s, "d/changed") && has(&s, "d/new") && has(&s, "untracked"));
}

/* What git was told not to look at is looked at. */
static void hidden_files_are_listed(void **state)
{
    struct repo *r = *state;
    struct git_answer s;
    run(r, "git update-index --assume-unchanged kept && git update-index --skip-worktree gone && "
           "echo 2 > kept");
    git_changed(r->root, "HEAD", &r->arena, &s);
    assert_true(has(&s, "kept") && has(&s, "gone") && !has(&s, "d/changed"));
}

/* The content of the index counts, not what lies in the work tree by now. */
static void staged_content_is_unpacked(void **state)
{
    struct repo *r = *state;
    struct git_answer s;
    char path[100], text[8] = "";
    run(r, "mkdir .git/out && echo 2 > d/changed && git add d/changed && echo 3 > d/changed && "
           "echo 2 > kept && ln -s kept link && git add link");
    (void)snprintf(path, sizeof path, "%s/.git/out", r->root);
    git_staged(r->root, NULL, path, &r->arena, &s);
    assert_int_equal(s.error.n, 0);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.left_out, 1);
    assert_true(has(&s, "d/changed"));
    (void)snprintf(path, sizeof path, "%s/.git/out/d/changed", r->root);
    int fd = open(path, O_RDONLY);
    assert_int_equal(read(fd, text, sizeof text), 2);
    assert_memory_equal(text, "2\n", 2);
    close(fd);
}

static void first_commit_can_be_staged(void **state)
{
    struct repo *r = *state;
    struct git_answer s;
    char path[100];
    run(r, "rm -rf .git && git init -q && git add kept && mkdir .git/out");
    (void)snprintf(path, sizeof path, "%s/.git/out", r->root);
    git_staged(r->root, NULL, path, &r->arena, &s);
    assert_int_equal(s.error.n, 0);
    assert_int_equal(s.count, 1);
}

static void errors_are_told(void **state)
{
    struct repo *r = *state;
    struct git_answer s;
    git_changed(r->root, "no-such-ref", &r->arena, &s);
    assert_true(slice_has(s.error, S("no-such-ref")));
    git_changed(r->root, "mian", &r->arena, &s);
    assert_true(slice_has(s.error, S("did you mean main?")));
    git_changed("/", "HEAD", &r->arena, &s);
    assert_true(slice_has(s.error, S("not a git repository")));
}

static void hostile_configuration_runs_nothing(void **state)
{
    struct repo *r = *state;
    struct git_answer s;
    char proof[100];
    run(r, "printf '#!/bin/sh\ntouch %s/owned\n' \"$PWD\" > evil.sh && chmod +x evil.sh && "
           "git config core.fsmonitor ./evil.sh && git config filter.x.clean ./evil.sh && "
           "git config filter.x.smudge ./evil.sh && git config diff.external ./evil.sh && "
           "git config core.worktree /etc && git config core.checkstat minimal && "
           "git config core.hooksPath . && echo '* filter=x' > .gitattributes && echo 2 > kept");
    git_changed(r->root, "HEAD", &r->arena, &s);
    assert_int_equal(s.error.n, 0);
    assert_true(has(&s, "kept") && has(&s, "evil.sh") && !has(&s, "passwd"));
    (void)snprintf(proof, sizeof proof, "%s/owned", r->root);
    assert_int_not_equal(access(proof, F_OK), 0);
}

int main(void)
{
    if (!git_available()) return 77; /* skipped: libgit2 is not installed */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(changes_are_listed, setup, teardown),
        cmocka_unit_test_setup_teardown(hidden_files_are_listed, setup, teardown),
        cmocka_unit_test_setup_teardown(staged_content_is_unpacked, setup, teardown),
        cmocka_unit_test_setup_teardown(first_commit_can_be_staged, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile_configuration_runs_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
