/* SPDX-License-Identifier: Apache-2.0 */
/* What is found in a folder, what of it cannot be covered and why, and memory that runs out. */
#include "folder.h"
#include "heap.h"
#include "sign/tree.h"

static void make_model(void)
{
    assert_false(mkdir(folder_path("sub"), 0700) || mkdir(folder_path("empty"), 0700) ||
                 mkdir(folder_path("out"), 0700) || mkdir(folder_path(".git"), 0700));
    folder_put("a.bin", S("four"));
    folder_put("sub/b.bin", S("sixty!"));
    folder_put("sub/\xff", S("no text"));
    folder_put(".git/config", S("left out"));
    folder_put("a.sig", S("own"));
    assert_false(
        symlink("a.bin", folder_path("link")) || symlink("/dev/null", folder_path("device")) ||
        symlink("nowhere", folder_path("dangling")) || symlink("sub", folder_path("sub-link")) ||
        symlink("/bin/sh", folder_path("outside")) || mkfifo(folder_path("pipe"), 0600));
    folder_put("out/c", S(""));
}

static const struct tree_file *find(const struct tree *t, const char *path)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->files[i].path, path) == 0) return &t->files[i];
    return NULL;
}

/* Why it is not covered; -1: nothing is said of it. */
static int why(const struct tree *t, const char *path)
{
    for (size_t i = 0; i < t->note_count; i++)
        if (slice_eq(t->notes[i].path, slice_str(path))) return (int)t->notes[i].why;
    return -1;
}

static enum st read_model(bool links, bool details, struct arena *arena, struct tree *ret)
{
    struct slice own = slice_str(folder_path("./sub/../a.sig")), git = S(".git"), text = {0};
    const struct tree_options o = {.ignored = &git,
                                   .ignored_count = 1,
                                   .own = &own,
                                   .own_count = 1,
                                   .links = links,
                                   .details = details};
    return tree_read(folder, &o, arena, ret, &text);
}

static void what_is_there(void **state)
{
    (void)state;
    struct arena arena;
    struct tree t;
    arena_init(&arena, 1u << 20, 4096);
    assert_int_equal(read_model(false, false, &arena, &t), ST_OK);
    assert_int_equal(t.count, 4);
    assert_true(find(&t, "a.bin") && find(&t, "sub/b.bin") && find(&t, "sub/\xff") &&
                find(&t, "out/c"));
    static const struct {
        const char *path;
        int why;
    } notes[] = {{".git", TREE_IGNORED},  {"empty", TREE_EMPTY},  {"sub/\xff", TREE_NAME},
                 {"link", TREE_LINK},     {"device", TREE_LINK},  {"dangling", TREE_LINK},
                 {"sub-link", TREE_LINK}, {"pipe", TREE_SPECIAL}, {"outside", TREE_LINK},
                 {".git/config", -1},     {"a.sig", -1},          {"a.bin", -1}};
    for (size_t i = 0; i < COUNT_OF(notes); i++)
        if (why(&t, notes[i].path) != notes[i].why) fail_msg("%s", notes[i].path);
    assert_false(t.single);
    assert_true(slice_eq(t.name, slice_str(strrchr(folder, '/') + 1)));
    tree_done(&t);
    arena_done(&arena);
}

static void links_to_files(void **state)
{
    (void)state;
    struct arena arena;
    struct tree t;
    arena_init(&arena, 1u << 20, 4096);
    assert_int_equal(read_model(true, true, &arena, &t), ST_OK);
    const struct tree_file *link = find(&t, "link"), *outside = find(&t, "outside");
    assert_true(link && link->link && !link->outside && link->size == 4);
    assert_true(outside && outside->link && outside->outside);
    assert_int_equal(why(&t, "device"), TREE_SPECIAL);
    assert_int_equal(why(&t, "dangling"), TREE_DANGLING);
    assert_int_equal(why(&t, "sub-link"), TREE_FOLDER_LINK);
    tree_done(&t);
    arena_done(&arena);
}

static void details(void **state)
{
    (void)state;
    struct arena arena;
    struct tree t;
    struct stat sb;
    arena_init(&arena, 1u << 20, 4096);
    assert_int_equal(read_model(false, true, &arena, &t), ST_OK);
    const struct tree_file *f = find(&t, "sub/b.bin");
    assert_false(stat(folder_path("sub/b.bin"), &sb));
    struct identity id = identity_of(&sb);
    assert_true(f && f->size == 6);
    assert_memory_equal(&f->id, &id, sizeof id);
    tree_done(&t);
    arena_done(&arena);
}

static void one_file(void **state)
{
    (void)state;
    struct arena arena;
    struct tree t;
    struct slice text = {0};
    const struct tree_options o = {.details = true};
    arena_init(&arena, 1u << 20, 4096);
    assert_int_equal(tree_read(folder_path("link"), &o, &arena, &t, &text), ST_OK);
    assert_true(t.single && t.count == 1 && t.files[0].size == 4);
    assert_string_equal(t.files[0].path, "a.bin");
    tree_done(&t);
    assert_int_equal(tree_read(folder_path("pipe"), &o, &arena, &t, &text), ST_UNSUPPORTED);
    assert_slice(text, "it is neither a file nor a folder");
    assert_int_equal(tree_read(folder_path("none"), &o, &arena, &t, &text), ST_IO);
    assert_slice(text, "No such file or directory");
    assert_int_equal(t.folder, -1);
    arena_done(&arena);
}

static void too_deep(void **state)
{
    (void)state;
    struct arena arena;
    struct tree t;
    struct slice text = {0};
    const struct tree_options o = {.details = true};
    int at = open(folder_path("out"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; i < TREE_DEPTH_MAX + 2; i++) {
        assert_false(mkdirat(at, "d", 0700));
        int next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        close(at);
        at = next;
    }
    close(at);
    arena_init(&arena, 1u << 20, 4096);
    assert_int_equal(tree_read(folder_path("out"), &o, &arena, &t, &text), ST_OK);
    assert_true(t.note_count == 1 && t.notes[0].why == TREE_DEEP);
    tree_done(&t);
    arena_done(&arena);
}

static void places(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 1u << 20, 4096);
    assert_slice(tree_place(folder, folder_path("sub/x.sig"), &arena), "sub/x.sig");
    assert_slice(tree_place(folder, folder_path("sub-link/x.sig"), &arena), "sub/x.sig");
    assert_slice(tree_place(folder, folder_path("x.sig"), &arena), "x.sig");
    assert_slice(tree_place(folder_path("sub"), folder_path("x.sig"), &arena), "");
    assert_slice(tree_place(folder, folder_path("none/x.sig"), &arena), "");
    assert_slice(tree_place("/", "/x.sig", &arena), "x.sig");
    arena_done(&arena);
}

/* All of it or ST_NOMEM, whatever runs out where; no descriptor stays open. */
static void arena_runs_out(void **state)
{
    (void)state;
    unsigned before = open_descriptors(), failed = 0;
    enum st st = ST_NOMEM;
    for (size_t cap = 0; st != ST_OK; cap += 16) {
        struct arena arena;
        struct tree t;
        arena_init(&arena, cap, 0);
        st = read_model(true, true, &arena, &t);
        if (st == ST_OK) {
            assert_int_equal(t.count, 6);
            tree_done(&t);
        } else {
            assert_int_equal(st, ST_NOMEM);
            assert_int_equal(t.folder, -1);
            failed++;
        }
        arena_done(&arena);
        assert_int_equal(open_descriptors(), before);
    }
    assert_true(failed > 50);
}

/* Where the place of the signature cannot be found out for want of memory, it is met as a file. */
static void heap_runs_out(void **state)
{
    (void)state;
    unsigned before = open_descriptors(), failed = 0;
    bool refused = true;
    for (size_t k = 0; refused; k++) {
        struct arena arena;
        struct tree t;
        arena_init(&arena, 1u << 20, 4096);
        heap_refuse(k);
        enum st st = read_model(true, true, &arena, &t);
        refused = heap_refused;
        heap_refuse(SIZE_MAX);
        if (st == ST_OK)
            assert_in_range(t.count, 6, 7);
        else
            failed++;
        tree_done(&t);
        arena_done(&arena);
        assert_int_equal(open_descriptors(), before);
    }
    assert_true(failed > 4);
}

static int start(void **state)
{
    if (folder_start(state)) return -1;
    make_model();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_there), cmocka_unit_test(links_to_files),
        cmocka_unit_test(details),       cmocka_unit_test(one_file),
        cmocka_unit_test(places),        cmocka_unit_test(arena_runs_out),
        cmocka_unit_test(heap_runs_out), cmocka_unit_test(too_deep),
    };
    return cmocka_run_group_tests(tests, start, folder_finish);
}
