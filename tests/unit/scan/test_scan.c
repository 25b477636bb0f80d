/* SPDX-License-Identifier: Apache-2.0 */
/* scan_run over a real folder: what is walked, skipped, hashed, cached and named. */
#include "../test.h"
#include "finding/rules.h"
#include "scan/scan.h"
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct tree {
    char root[64], cache[80];
    struct arena arena;
};

static void put(const struct tree *t, const char *name, const void *bytes, size_t n)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%s/%s", t->root, name);
    int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, n), n);
    close(fd);
}

static void dir(const struct tree *t, const char *name)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%s/%s", t->root, name);
    assert_int_equal(mkdir(path, 0700), 0);
}

static int setup(void **state)
{
    struct tree *t = calloc(1, sizeof *t);
    (void)snprintf(t->root, sizeof t->root, "/tmp/merlon-test-XXXXXX");
    if (!mkdtemp(t->root)) return -1;
    (void)snprintf(t->cache, sizeof t->cache, "%s.cache", t->root);
    arena_init(&t->arena, 64u << 20, 1u << 16);
    *state = t;
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
    struct tree *t = *state;
    nftw(t->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    nftw(t->cache, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_done(&t->arena);
    free(t);
    return 0;
}

static struct result run(struct tree *t, bool cache)
{
    struct result r;
    struct slice path = slice_str(t->root), error = S("");
    struct scan_options o = {.paths = &path,
                             .path_count = 1,
                             .project = path,
                             .jobs = 2,
                             .hash = true,
                             .cache = cache,
                             .cache_dir = t->cache};
    result_init(&r, &t->arena);
    assert_int_equal(scan_run(&o, &r, &error), ST_OK);
    return r;
}

static const struct subject *find(const struct result *r, const char *path)
{
    for (size_t i = 0; i < r->subject_count; i++)
        if (slice_eq(r->subjects[i].path, slice_str(path))) return &r->subjects[i];
    return NULL;
}

static bool has_rule(const struct result *r, const char *path, const char *rule)
{
    for (size_t i = 0; i < r->finding_count; i++)
        if (slice_eq(r->findings[i].path, slice_str(path)) &&
            strcmp(r->findings[i].rule->id, rule) == 0)
            return true;
    return false;
}

static void files_are_hashed_and_folders_skipped(void **state)
{
    struct tree *t = *state;
    put(t, "a.zip", "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
    dir(t, "sub");
    put(t, "sub/b.txt", "hello", 5);
    dir(t, ".git");
    put(t, ".git/HEAD", "ref", 3);
    struct result r = run(t, false);
    assert_int_equal(r.files, 2);
    assert_int_equal(r.skipped_dirs, 1);
    const struct subject *s = find(&r, "a.zip");
    assert_non_null(s);
    assert_int_equal(s->kind, SUBJECT_ARCHIVE);
    assert_string_equal(s->sha256,
                        "8739c76e681f900923b900c9df0ef75cf421d39cabb54650c4b9ad19b6a76d85");
}

static void links_and_pipes_are_named_not_followed(void **state)
{
    struct tree *t = *state;
    char path[300];
    (void)snprintf(path, sizeof path, "%s/out", t->root);
    assert_int_equal(symlink("/etc/hostname", path), 0);
    (void)snprintf(path, sizeof path, "%s/pipe", t->root);
    assert_int_equal(mkfifo(path, 0600), 0);
    put(t, "in.txt", "x", 1);
    (void)snprintf(path, sizeof path, "%s/inside", t->root);
    assert_int_equal(symlink("in.txt", path), 0);
    struct result r = run(t, false);
    assert_int_equal(r.files, 1);
    assert_true(has_rule(&r, "out", "file.symlink-escape"));
    assert_true(has_rule(&r, "pipe", "file.special"));
    assert_false(has_rule(&r, "inside", "file.symlink-escape"));
}

/* Two targets may hold files of the same name; a path of the result must lead to the one meant. */
static void each_of_several_targets_is_named(void **state)
{
    struct tree *t = *state;
    struct result r;
    char names[3][300];
    struct slice paths[3], error = S("");
    static const char zip[] = "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
    static const char *const below[] = {"a/x.zip", "b/x.zip", "c"};
    dir(t, "a");
    dir(t, "b");
    dir(t, "c");
    put(t, "a/x.zip", zip, 22);
    put(t, "b/x.zip", zip, 22);
    put(t, "c/x.zip", zip, 22);
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(names[i], sizeof names[i], "%s/%s", t->root, below[i]);
        paths[i] = slice_str(names[i]);
    }
    struct scan_options o = {.paths = paths, .path_count = 3, .project = slice_str(t->root)};
    result_init(&r, &t->arena);
    assert_int_equal(scan_run(&o, &r, &error), ST_OK);
    assert_int_equal(r.subject_count, 3);
    assert_non_null(find(&r, names[0]));
    assert_non_null(find(&r, names[1]));
    (void)snprintf(names[2], sizeof names[2], "%s/c/x.zip", t->root);
    assert_non_null(find(&r, names[2]));
}

static void a_missing_path_is_an_error(void **state)
{
    struct tree *t = *state;
    struct result r;
    struct slice path = S("/no/such/place"), error = S("");
    struct scan_options o = {.paths = &path, .path_count = 1, .hash = true};
    result_init(&r, &t->arena);
    assert_int_equal(scan_run(&o, &r, &error), ST_IO);
    assert_true(slice_has(error, S("/no/such/place")));
}

/* The same file from the cache, then with one byte of the cache changed. */
static void the_cache_is_authenticated(void **state)
{
    struct tree *t = *state;
    static uint8_t big[300 << 10];
    char path[300];
    memcpy(big, "PK\3\4", 4);
    put(t, "big.zip", big, sizeof big);
    (void)snprintf(path, sizeof path, "%s/big.zip", t->root);
    sleep(3); /* a file younger than two seconds is never cached */
    struct result first = run(t, true), second = run(t, true);
    assert_int_equal(first.finding_count, second.finding_count);
    assert_string_equal(find(&first, "big.zip")->sha256, find(&second, "big.zip")->sha256);
    (void)snprintf(path, sizeof path, "%s/scan.cache", t->cache);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "0", 1, 15 + 68 + 3), 1); /* a digit of the digest */
    close(fd);
    struct result third = run(t, true);
    assert_true(has_rule(&third, "big.zip", "meta.cache-tampered"));
    assert_string_equal(find(&first, "big.zip")->sha256, find(&third, "big.zip")->sha256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_are_hashed_and_folders_skipped, setup, teardown),
        cmocka_unit_test_setup_teardown(links_and_pipes_are_named_not_followed, setup, teardown),
        cmocka_unit_test_setup_teardown(each_of_several_targets_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_missing_path_is_an_error, setup, teardown),
        cmocka_unit_test_setup_teardown(the_cache_is_authenticated, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
