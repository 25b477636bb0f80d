/* SPDX-License-Identifier: Apache-2.0 */
/* A folder against the manifest that was signed: every way in which they can differ, and memory
 * that runs out. Whole commands are in tests/journeys/13_sign.sh and oms.py. */
#include "folder.h"
#include "heap.h"
#include "port/openssl/digest.h"
#include "sign/verify.h"

#define RESOURCES 8u

struct model {
    struct arena arena;
    struct resource resources[RESOURCES];
    uint8_t digests[RESOURCES][SHA256_BYTES];
    struct slice ignored;
    struct manifest manifest;
    struct verify_options options;
    struct verify_model got;
};

/* As it was signed. */
static void add(struct model *m, const char *path, struct slice content, uint64_t from, uint64_t to)
{
    size_t i = m->manifest.count++;
    struct digest d;
    digest_start(&d);
    digest_add(&d, content);
    digest_finish(&d, m->digests[i]);
    m->resources[i] = (struct resource){.path = slice_str(path),
                                        .from = from,
                                        .to = to,
                                        .digest = slice_of(m->digests[i], SHA256_BYTES)};
    assert_true(manifest_name(&m->resources[i], &m->arena));
}

static void start_model(struct model *m)
{
    *m = (struct model){.ignored = S(".git"), .options = {.path = folder, .threads = 1}};
    m->manifest =
        (struct manifest){.resources = m->resources, .ignored = &m->ignored, .ignored_count = 1};
    arena_init(&m->arena, 1u << 20, 4096);
}

static void end_model(struct model *m)
{
    arena_done(&m->arena);
}

static void check(struct model *m)
{
    struct slice why = {0};
    unsigned before = open_descriptors();
    assert_int_equal(verify_model(&m->manifest, &m->options, &m->arena, &m->got, &why), ST_OK);
    assert_int_equal(open_descriptors(), before);
}

static void is_problem(const struct model *m, size_t i, enum verify_fault fault, const char *path,
                       const char *text)
{
    assert_true(i < m->got.problem_count);
    const struct verify_problem *p = &m->got.problems[i];
    if (p->fault != fault || !slice_eq(p->path, slice_str(path)) ||
        !slice_eq(p->text, slice_str(text)))
        fail_msg("%.*s: %.*s", SLICE_ARG(p->path), SLICE_ARG(p->text));
}

static void is_gap(const struct model *m, size_t i, const char *path, const char *text)
{
    assert_true(i < m->got.gap_count);
    const struct verify_gap *g = &m->got.gaps[i];
    if (!slice_eq(g->path, slice_str(path)) || !slice_eq(g->text, slice_str(text)))
        fail_msg("%.*s: %.*s", SLICE_ARG(g->path), SLICE_ARG(g->text));
}

static void good_model(struct model *m)
{
    start_model(m);
    add(m, "a", S("first"), 0, HASH_WHOLE);
    add(m, "in/b", S("second"), 0, HASH_WHOLE);
    add(m, "none", S(""), 0, HASH_WHOLE);
}

static void all_matches(void **state)
{
    struct model m;
    (void)state;
    good_model(&m);
    check(&m);
    assert_true(m.got.files == 3 && m.got.bytes == 11 && !m.got.problem_count);
    is_gap(&m, 0, ".git", "ignored, as the signer said");
    end_model(&m);
}

static void all_that_differs(void **state)
{
    struct model m;
    (void)state;
    start_model(&m);
    add(&m, "a", S("First"), 0, HASH_WHOLE);
    add(&m, "gone", S("x"), 0, HASH_WHOLE);
    add(&m, "link", S("first"), 0, HASH_WHOLE);
    assert_false(symlink("a", folder_path("link")) || mkfifo(folder_path("pipe"), 0600) ||
                 mkdir(folder_path("empty"), 0700));
    check(&m);
    assert_int_equal(m.got.problem_count, 7);
    is_problem(&m, 0, VERIFY_CHANGED, "a", "its content is not what was signed");
    is_problem(&m, 1, VERIFY_MISSING, "gone", "it was signed and is not there");
    is_problem(&m, 2, VERIFY_UNSIGNED, "in/b", "it is there and was not signed");
    is_problem(&m, 3, VERIFY_MISSING, "link", "it was signed and is not there");
    is_problem(&m, 4, VERIFY_REFUSED, "link",
               "a link; links are followed only with --allow-symlinks");
    is_problem(&m, 5, VERIFY_UNSIGNED, "none", "it is there and was not signed");
    is_problem(&m, 6, VERIFY_REFUSED, "pipe", "a device, a socket or a pipe");
    is_gap(&m, 1, "empty", "an empty folder");
    m.options.links = m.options.unsigned_ok = true;
    check(&m);
    assert_int_equal(m.got.problem_count, 3);
    is_gap(&m, 2, "in/b", "unsigned, and allowed to be");
    assert_false(unlink(folder_path("link")) || unlink(folder_path("pipe")) ||
                 rmdir(folder_path("empty")));
    end_model(&m);
}

static void what_the_user_ignores(void **state)
{
    struct model m;
    struct slice ignored[] = {S("in"), S("a")};
    (void)state;
    start_model(&m);
    add(&m, "a", S("other"), 0, HASH_WHOLE); /* signed, ignored: neither hashed nor missing */
    add(&m, "none", S(""), 0, HASH_WHOLE);
    m.options.ignored = ignored;
    m.options.ignored_count = 2;
    check(&m);
    assert_true(!m.got.problem_count && m.got.files == 1);
    is_gap(&m, 1, "a", "ignored, as you asked");
    is_gap(&m, 2, "in", "ignored, as you asked");
    end_model(&m);
}

/* Each byte must be spoken for, by shards that the signer could have cut. */
static void shards(void **state)
{
    static const struct {
        uint64_t ranges[3][2];
        const char *text; /* NULL: it matches */
    } cases[] = {
        {{{0, 4}, {4, 5}}, NULL},
        {{{0, 4}}, "only a part of it was signed"},
        {{{4, 5}}, "only a part of it was signed"},
        {{{0, 4}, {4, 8}}, "the file has another length than what was signed"},
        {{{0, 4}, {4, 6}}, "the file has another length than what was signed"},
        {{{0, 2}, {2, 5}}, "the file has another length than what was signed"},
        {{{0, 5}}, "the file has another length than what was signed"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct model m;
        start_model(&m);
        m.manifest.method = MANIFEST_SHARDS;
        m.manifest.shard_size = 4;
        add(&m, "in/b", S("seco"), 0, 4);
        add(&m, "in/b", S("nd"), 4, 6);
        for (size_t k = 0; k < 3 && cases[i].ranges[k][1]; k++) {
            uint64_t from = cases[i].ranges[k][0], to = cases[i].ranges[k][1];
            add(&m, "a", slice_sub(S("first"), from, to - from), from, to);
        }
        check(&m);
        is_gap(&m, 1, "none", "empty: signatures over shards do not cover empty files");
        if (!cases[i].text) {
            assert_true(!m.got.problem_count && m.got.files == 2 && m.got.bytes == 11);
        } else {
            assert_true(m.got.problem_count >= 1);
            assert_true(slice_starts(m.got.problems[0].path, S("a")));
            bool said = false;
            for (size_t k = 0; k < m.got.problem_count; k++)
                said |= slice_eq(m.got.problems[k].text, slice_str(cases[i].text));
            if (!said) fail_msg("case %zu: %.*s", i, SLICE_ARG(m.got.problems[0].text));
        }
        end_model(&m);
    }
}

static void a_single_file(void **state)
{
    struct model m;
    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        start_model(&m);
        m.options.path = folder_path("in/b");
        add(&m, i ? "." : "b", S("second"), 0, HASH_WHOLE);
        check(&m);
        assert_true(!m.got.problem_count && m.got.files == 1);
        end_model(&m);
    }
}

/* ---- memory ---- */

static bool knows(void *ctx, const struct identity *id, enum hash_kind k, uint8_t ret[HASH_MAX])
{
    const struct model *m = ctx;
    (void)k;
    memcpy(ret, m->digests[id->size == 5 ? 0 : 1], SHA256_BYTES);
    return id->size != 0;
}

static void tells(void *ctx, const struct identity *id, enum hash_kind k,
                  const uint8_t raw[HASH_MAX])
{
    (void)ctx, (void)id, (void)k, (void)raw;
}

/* What is remembered is what the file is held against. */
static void remembered(void **state)
{
    struct model m;
    struct hash_memory memory = {&m, NULL, knows, tells};
    (void)state;
    good_model(&m);
    m.options.memory = &memory;
    check(&m);
    assert_true(m.got.files == 3 && m.got.remembered == 2 && m.got.bytes == 11);
    m.digests[0][0] ^= 1; /* also what was signed */
    check(&m);
    assert_int_equal(m.got.problem_count, 0);
    end_model(&m);
}

static void arena_runs_out(void **state)
{
    (void)state;
    unsigned before = open_descriptors(), failed = 0;
    enum st st = ST_NOMEM;
    struct model m;
    start_model(&m);
    add(&m, "a", S("First"), 0, HASH_WHOLE);
    add(&m, "gone", S("x"), 0, HASH_WHOLE);
    for (size_t cap = 0; st != ST_OK; cap += 16) {
        struct arena arena;
        struct slice why = {0};
        arena_init(&arena, cap, 0);
        st = verify_model(&m.manifest, &m.options, &arena, &m.got, &why);
        if (st == ST_OK)
            assert_int_equal(m.got.problem_count, 4);
        else
            assert_int_equal(st, ST_NOMEM);
        failed += st != ST_OK;
        arena_done(&arena);
        assert_int_equal(open_descriptors(), before);
    }
    assert_true(failed > 50);
    end_model(&m);
}

/* Never fewer problems than there are. */
static void heap_runs_out(void **state)
{
    (void)state;
    unsigned before = open_descriptors(), failed = 0;
    bool refused = true;
    for (size_t k = 0; refused; k++) {
        struct model m;
        struct slice why = {0};
        start_model(&m);
        add(&m, "a", S("First"), 0, HASH_WHOLE);
        heap_refuse(k);
        enum st st = verify_model(&m.manifest, &m.options, &m.arena, &m.got, &why);
        refused = heap_refused;
        heap_refuse(SIZE_MAX);
        if (st == ST_OK) assert_int_equal(m.got.problem_count, 3);
        failed += st != ST_OK;
        end_model(&m);
        assert_int_equal(open_descriptors(), before);
    }
    assert_true(failed > 3);
}

static int start(void **state)
{
    if (folder_start(state)) return -1;
    assert_false(mkdir(folder_path("in"), 0700) || mkdir(folder_path(".git"), 0700));
    folder_put("a", S("first"));
    folder_put("in/b", S("second"));
    folder_put("none", S(""));
    folder_put(".git/x", S("x"));
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_matches),           cmocka_unit_test(all_that_differs),
        cmocka_unit_test(what_the_user_ignores), cmocka_unit_test(shards),
        cmocka_unit_test(a_single_file),         cmocka_unit_test(remembered),
        cmocka_unit_test(arena_runs_out),        cmocka_unit_test(heap_runs_out),
    };
    return cmocka_run_group_tests(tests, start, folder_finish);
}
