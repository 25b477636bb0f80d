/* SPDX-License-Identifier: Apache-2.0 */
/* Files below a folder by names that others gave, and claims about them. */
#include "../test.h"
#include "base/st.h"
#include "finding/rules.h"
#include "scan/beneath.h"
#include "scan/layout.h"
#include "scan/paths.h"
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

#define MD5_A "60b725f10c9c85c70d97880dfe8191b3" /* of "a\n" */
#define GIT_A "78981922613b2afb6025042ff6bd878ac1994e85"
#define SHA_A "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7"
/* of [{"md5": MD5_A, "relpath": "a"}, {"md5": MD5_A, "relpath": "b/\u00e9 \"\ud83d\ude00\""}] */
#define MD5_LIST "f08c7879b0f9d275147385459cbad8d6"

static char top[64];

static void put(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

/* top/in is scanned, top/out is not. */
static int make(void **state)
{
    (void)state;
    (void)snprintf(top, sizeof top, "/tmp/merlon-layout-XXXXXX");
    assert_non_null(mkdtemp(top));
    assert_int_equal(chdir(top), 0);
    assert_int_equal(mkdir("in", 0700) | mkdir("in/d", 0700) | mkdir("in/d/b", 0700), 0);
    assert_int_equal(mkdir("out", 0700) | mkdir("in2", 0700), 0);
    put("in/a", "a\n");
    put("in/d/a", "a\n");
    put("in/d/b/\xc3\xa9 \"\xf0\x9f\x98\x80\"", "a\n");
    put("in/crlf", "a\r\nb\r\n");
    put("out/secret", "secret\n");
    put("in2/secret", "secret\n");
    assert_int_equal(symlink("a", "in/link"), 0);
    assert_int_equal(symlink("../out/secret", "in/escape"), 0);
    assert_int_equal(symlink("/etc", "in/folder"), 0);
    assert_int_equal(symlink("loop", "in/loop"), 0);
    assert_int_equal(mkfifo("in/pipe", 0600), 0);
    return 0;
}

static int remove_one(const char *path, const struct stat *sb, int type, struct FTW *where)
{
    (void)sb;
    (void)type;
    (void)where;
    return remove(path);
}

static int unmake(void **state)
{
    (void)state;
    return chdir("/") || nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void paths_are_joined(void **state)
{
    (void)state;
    static const struct {
        const char *folder, *name, *joined;
    } cases[] = {
        {"", "a", "a"},           {"a/", "b", "a/b"},
        {"a/b/", "../c", "a/c"},  {"a/", "./b//c", "a/b/c"},
        {"a/", "../../b", ""},    {"", "..", ""},
        {"a/", "b/../../c", "c"},
    };
    struct arena a;
    arena_init(&a, 1u << 16, 4096);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct slice got = path_join(&a, slice_str(cases[i].folder), slice_str(cases[i].name));
        assert_true(slice_eq(got, slice_str(cases[i].joined)));
    }
    assert_slice(path_name(S("a/b.c")), "b.c");
    assert_slice(path_folder(S("b.c")), "");
    arena_done(&a);
}

static void nothing_outside_is_opened(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum beneath_end end;
    } cases[] = {
        {"a", BENEATH_FILE},
        {"link", BENEATH_FILE},
        {"d", BENEATH_FOLDER},
        {"d/../a", BENEATH_FILE},
        {"none", BENEATH_MISSING},
        {"a/b", BENEATH_MISSING},
        {"", BENEATH_MISSING},
        {"escape", BENEATH_OUTSIDE},
        {"folder/passwd", BENEATH_OUTSIDE},
        {"../out/secret", BENEATH_OUTSIDE},
        {"../in2/secret", BENEATH_OUTSIDE},
        {"/etc/passwd", BENEATH_OUTSIDE},
        {"pipe", BENEATH_OTHER},
        {"loop", BENEATH_OTHER},
    };
    struct beneath b;
    assert_true(beneath_open(&b, "in"));
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct stat sb;
        int fd = -2;
        enum beneath_end end = beneath_find(&b, slice_str(cases[i].path), &sb, &fd);
        if (end != cases[i].end) print_error("%s: %d\n", cases[i].path, (int)end);
        assert_int_equal(end, cases[i].end);
        assert_int_equal(fd >= 0, end == BENEATH_FILE);
        if (fd >= 0) close(fd);
    }
    beneath_close(&b);
    assert_false(beneath_open(&b, "none"));
    assert_false(beneath_open(&b, "in/a"));
}

/* ---- claims ---- */

struct run {
    struct arena arena;
    struct layout layout;
    struct result result;
    struct slice target;
    struct finding told[8];
    size_t count;
    bool whole, hash;
};

static void begin(struct run *r, size_t cap)
{
    *r = (struct run){.target = S("in"), .whole = true, .hash = true};
    arena_init(&r->arena, cap, cap > 4096 ? 4096 : 0);
    result_init(&r->result, &r->arena);
    layout_init(&r->layout, &r->arena);
}

static void add(void *ctx, struct finding *f)
{
    struct run *r = ctx;
    assert_non_null(f->rule);
    assert_true(f->message.n > 0);
    if (r->count < COUNT_OF(r->told)) r->told[r->count++] = *f;
}

static void settle(struct run *r)
{
    struct scan_options o = {.paths = &r->target, .path_count = 1, .hash = r->hash};
    layout_settle(&r->layout, &o, &r->result, r->whole, add, r);
}

static void digest(struct file_claim *c, enum claim_digest kind, const char *hex)
{
    c->kind = kind;
    for (size_t i = 0; i < claim_digest_size(kind); i++) {
        char two[3] = {hex[2 * i], hex[2 * i + 1], 0};
        c->digest[i] = (uint8_t)strtoul(two, NULL, 16);
    }
}

static void claim(struct run *r, enum claim_about about, const char *path, enum claim_digest kind,
                  const char *hex)
{
    struct file_claim c = {.store = CLAIM_DVC, .about = about, .path = slice_str(path), .line = 3};
    digest(&c, kind, hex);
    layout_claim(&r->layout, S("x.dvc"), &c);
}

struct expected {
    const char *path;
    enum claim_digest kind;
    const char *hex;
    const char *rule; /* NULL: nothing is told */
    char counted;     /* held, changed, missing, unchecked */
};

static void one_file(void **state)
{
    (void)state;
    static const struct expected cases[] = {
        {"a", CLAIM_MD5, MD5_A, NULL, 'h'},
        {"a", CLAIM_GIT_BLOB, GIT_A, NULL, 'h'},
        {"a", CLAIM_SHA256, SHA_A, NULL, 'h'},
        {"link", CLAIM_MD5, MD5_A, NULL, 'h'},
        {"d/a", CLAIM_MD5, GIT_A, "file.record-mismatch", 'c'},
        {"a", CLAIM_SHA256, SHA_A "x", NULL, 'h'},
        {"a", CLAIM_NO_DIGEST, "", NULL, 'u'},
        {"none", CLAIM_MD5, MD5_A, "file.record-missing", 'm'},
        {"escape", CLAIM_MD5, MD5_A, NULL, 'u'},
        {"../out/secret", CLAIM_MD5, MD5_A, NULL, 'u'},
        {"/etc/passwd", CLAIM_MD5, MD5_A, NULL, 'u'},
        {"pipe", CLAIM_MD5, MD5_A, NULL, 'u'},
        {"d", CLAIM_MD5, MD5_A, NULL, 'u'},
        /* text with CR LF: as DVC 2 had it, and as it is */
        {"crlf", CLAIM_MD5_LINES, "dd8c6a395b5dd36c56d23275028f526c", NULL, 'h'},
        {"crlf", CLAIM_MD5, "dd8c6a395b5dd36c56d23275028f526c", "file.record-mismatch", 'c'},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct run r;
        begin(&r, 1u << 20);
        claim(&r, CLAIM_FILE, cases[i].path, cases[i].kind, cases[i].hex);
        settle(&r);
        const struct store_count *n = &r.result.stores[CLAIM_DVC];
        char counted = n->held ? 'h' : n->changed ? 'c' : n->missing ? 'm' : 'u';
        if (counted != cases[i].counted) print_error("%s: %c\n", cases[i].path, counted);
        assert_int_equal(counted, cases[i].counted);
        assert_int_equal(n->recorded, 1);
        assert_int_equal(r.count, cases[i].rule != NULL);
        if (r.count) assert_string_equal(r.told[0].rule->id, cases[i].rule);
        arena_done(&r.arena);
    }
}

/* The digest of the scan is believed: nothing is read again. */
static void what_was_hashed_is_not_read(void **state)
{
    (void)state;
    struct run r;
    begin(&r, 1u << 20);
    layout_file(&r.layout, S("a"), 2, MD5_A MD5_A, false);
    claim(&r, CLAIM_FILE, "a", CLAIM_SHA256, MD5_A MD5_A);
    settle(&r);
    assert_int_equal(r.result.stores[CLAIM_DVC].held, 1);
    arena_done(&r.arena);
}

static void a_folder(struct run *r, const char *hex)
{
    layout_file(&r->layout, S("d/b/\xc3\xa9 \"\xf0\x9f\x98\x80\""), 2, SHA_A, false);
    layout_file(&r->layout, S("d/a"), 2, SHA_A, false);
    layout_file(&r->layout, S("dd"), 2, SHA_A, false);
    claim(r, CLAIM_FOLDER, "d", CLAIM_MD5, hex);
    settle(r);
}

static void a_list_is_made_as_python_makes_it(void **state)
{
    (void)state;
    struct run r;
    begin(&r, 1u << 20);
    a_folder(&r, MD5_LIST);
    assert_int_equal(r.count, 0);
    assert_int_equal(r.result.stores[CLAIM_DVC].held, 2);
    assert_int_equal(r.result.note_count, 1);
    arena_done(&r.arena);
    begin(&r, 1u << 20);
    a_folder(&r, MD5_A);
    assert_int_equal(r.count, 1);
    assert_string_equal(r.told[0].rule->id, "file.record-mismatch");
    assert_int_equal(r.told[0].line, 3);
    arena_done(&r.arena);
    begin(&r, 1u << 20);
    r.whole = false; /* of single files: others may be there */
    a_folder(&r, MD5_A);
    assert_int_equal(r.count, 0);
    arena_done(&r.arena);
    begin(&r, 1u << 20);
    r.hash = false;
    a_folder(&r, MD5_A);
    assert_int_equal(r.count, 0);
    assert_int_equal(r.result.stores[CLAIM_DVC].unchecked, 1);
    arena_done(&r.arena);
}

/* Whatever memory runs out: it is said, and nothing is held that was not. */
static void memory_runs_out(void **state)
{
    (void)state;
    bool enough = false;
    for (size_t cap = 0; cap < (1u << 20) && !enough; cap += 24 + cap / 32) {
        struct run r;
        begin(&r, cap);
        claim(&r, CLAIM_FILE, "d/a", CLAIM_MD5, GIT_A);
        a_folder(&r, MD5_LIST);
        enough = !r.layout.nomem;
        if (enough) assert_int_equal(r.count, 1);
        arena_done(&r.arena);
    }
    assert_true(enough);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_are_joined),
        cmocka_unit_test(nothing_outside_is_opened),
        cmocka_unit_test(one_file),
        cmocka_unit_test(what_was_hashed_is_not_read),
        cmocka_unit_test(a_list_is_made_as_python_makes_it),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
