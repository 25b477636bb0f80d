/* SPDX-License-Identifier: Apache-2.0 */
/* since_list over a repository that git itself makes, with configuration that tries to run things.
 */
#include "../test.h"
#include "scan/since.h"
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

static bool has(const struct since *s, const char *path)
{
    for (size_t i = 0; i < s->count; i++)
        if (slice_eq(s->paths[i], slice_str(path))) return true;
    return false;
}

static void changes_are_listed(void **state)
{
    struct repo *r = *state;
    struct since s;
    struct slice error;
    run(r, "echo 2 > d/changed && echo 1 > d/new && rm gone && git add -A && git commit -qm two && "
           "echo 3 > untracked");
    assert_int_equal(since_list(r->root, S("HEAD~1"), false, &r->arena, &s, &error), ST_OK);
    assert_int_equal(s.count, 3);
    assert_true(has(&s, "d/changed") && has(&s, "d/new") && has(&s, "untracked"));
    assert_true(slice_ends(s.root, S("/")));
}

static void staged_files_are_listed(void **state)
{
    struct repo *r = *state;
    struct since s;
    struct slice error;
    run(r, "echo 2 > d/changed && git add d/changed && echo 2 > kept");
    assert_int_equal(since_list(r->root, S(""), true, &r->arena, &s, &error), ST_OK);
    assert_int_equal(s.count, 1);
    assert_true(has(&s, "d/changed"));
}

static void errors_are_told(void **state)
{
    struct repo *r = *state;
    struct since s;
    struct slice error;
    assert_int_equal(since_list(r->root, S("no-such-ref"), false, &r->arena, &s, &error), ST_IO);
    assert_true(slice_has(error, S("no-such-ref")));
    assert_int_equal(since_list("/", S("HEAD"), false, &r->arena, &s, &error), ST_IO);
    assert_true(slice_has(error, S("not a git repository")));
}

static void hostile_configuration_runs_nothing(void **state)
{
    struct repo *r = *state;
    struct since s;
    struct slice error;
    char proof[100];
    run(r, "printf '#!/bin/sh\\ntouch %s/owned\\n' \"$PWD\" > evil.sh && chmod +x evil.sh && "
           "git config core.fsmonitor ./evil.sh && git config filter.x.clean ./evil.sh && "
           "git config filter.x.smudge ./evil.sh && git config diff.external ./evil.sh && "
           "git config core.hooksPath . && echo '* filter=x' > .gitattributes && echo 2 > kept");
    assert_int_equal(since_list(r->root, S("HEAD"), false, &r->arena, &s, &error), ST_OK);
    assert_true(has(&s, "kept"));
    (void)snprintf(proof, sizeof proof, "%s/owned", r->root);
    assert_int_not_equal(access(proof, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(changes_are_listed, setup, teardown),
        cmocka_unit_test_setup_teardown(staged_files_are_listed, setup, teardown),
        cmocka_unit_test_setup_teardown(errors_are_told, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile_configuration_runs_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
