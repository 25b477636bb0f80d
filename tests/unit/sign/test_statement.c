/* SPDX-License-Identifier: Apache-2.0 */
/* Statements: what is refused and why; order and root; memory that runs out. Whole bundles are in
 * tests/golden/oms. */
#include "../test.h"
#include "base/st.h"
#include "sign/statement.h"

#define D0            "00000000000000000000000000000000000000000000000000000000000000aa"
#define HEAD          "{\"_type\":\"" STATEMENT_TYPE "\",\"predicateType\":\"" STATEMENT_PREDICATE "\","
#define SUBJECT(root) "\"subject\":[{\"name\":\"m\",\"digest\":{\"sha256\":\"" root "\"}}],"
#define ITEM(name, algorithm) \
    "{\"name\":\"" name "\",\"algorithm\":\"" algorithm "\",\"digest\":\"" D0 "\"}"
#define BODY(how, items) "\"predicate\":{\"serialization\":{" how "},\"resources\":[" items "]}}"
#define FILES            "\"method\":\"files\",\"hash_type\":\"sha256\""
#define SHARDS           "\"method\":\"shards\",\"hash_type\":\"sha256\",\"shard_size\":10"

static struct arena arena;

static void refused(const char *json, const char *words)
{
    struct statement s;
    struct slice why = S("");
    enum st st = statement_read(slice_str(json), &arena, &s, &why);
    if (st == ST_OK || !slice_has(why, slice_str(words)))
        fail_msg("%s: %s: '%.*s' and not '%s'", json, st_text(st), SLICE_ARG(why), words);
}

#define REFUSED(how, items, words) refused(HEAD SUBJECT(D0) BODY(how, items), words)

static void refuses_what_means_two_things(void **state)
{
    (void)state;
    REFUSED(FILES, "", "an empty model");
    REFUSED(FILES, ITEM("../x", "sha256"), "no path inside");
    REFUSED(FILES, ITEM("/x", "sha256"), "no path inside");
    REFUSED(FILES, ITEM("a//x", "sha256"), "no path inside");
    REFUSED(FILES, ITEM("a/./x", "sha256"), "no path inside");
    REFUSED(FILES, ITEM("a/", "sha256"), "no path inside");
    REFUSED(FILES, ITEM("a\\u0000b", "sha256"), "no path inside");
    REFUSED(FILES, ITEM("a", "sha256") "," ITEM("a", "sha256"), "listed twice");
    REFUSED(FILES, ITEM("a", "md5"), "is hashed with 'md5'");
    REFUSED(FILES, ITEM("a", "sha256"), "not that of the resources");
    REFUSED(FILES ",\"ignore_paths\":[\".\"]", ITEM("a", "sha256"), "ignore_paths holds '.'");
    REFUSED(FILES ",\"ignore_paths\":[\"\"]", ITEM("a", "sha256"), "ignore_paths holds ''");
    REFUSED(FILES ",\"ignore_paths\":[\"a\"]", ITEM("a/b", "sha256"), "listed and ignored");
    REFUSED("\"method\":\"tensors\",\"hash_type\":\"sha256\"", ITEM("a", "sha256"), "'tensors'");
    REFUSED("\"method\":\"files\",\"hash_type\":\"md5\"", ITEM("a", "md5"), "the hash 'md5'");
    REFUSED("\"method\":\"shards\",\"hash_type\":\"sha256\"", ITEM("a:0:1", "sha256"),
            "shard_size is missing");
    REFUSED("\"method\":\"files\",\"hash_type\":\"blake2b\"", ITEM("a", "blake2b"), "has 32 bytes");
    REFUSED(SHARDS, ITEM("a", "sha256"), "not the name of a shard");
    REFUSED(SHARDS, ITEM("a:0:00010", "sha256"), "not the name of a shard");
    REFUSED(SHARDS, ITEM("a:5:5", "sha256"), "not the name of a shard");
    REFUSED(SHARDS, ITEM("a:0:10", "sha256-sharded-11"), "is hashed with");
    refused("{\"_type\":\"x\",\"predicateType\":\"y\"}", "_type is 'x'");
    refused("{\"_type\":\"" STATEMENT_TYPE
            "\",\"predicateType\":\"https://slsa.dev/provenance/v1\"}",
            "the predicate is 'https://slsa.dev/provenance/v1'");
}

static struct resource resource(const char *path, uint64_t from, uint64_t to)
{
    static const uint8_t digest[32] = {[31] = 0xaa};
    struct resource r = {
        .path = slice_str(path), .from = from, .to = to, .digest = slice_of(digest, 32)};
    assert_true(manifest_name(&r, &arena));
    return r;
}

static void two_orders(void **state)
{
    struct resource r[] = {resource("a-b", 0, HASH_WHOLE), resource("a/b", 0, HASH_WHOLE),
                           resource("a.txt", 0, HASH_WHOLE), resource("a", 0, HASH_WHOLE)};
    struct resource s[] = {resource("w", 10, 20), resource("w", 2, 4), resource("w", 0, 2)};
    struct manifest files = {.resources = r, .count = 4}, shards = {.resources = s, .count = 3};
    (void)state;
    manifest_sort(&files, MANIFEST_BY_PART);
    assert_slice(r[0].name, "a");
    assert_slice(r[1].name, "a/b");
    assert_slice(r[2].name, "a-b");
    manifest_sort(&files, MANIFEST_BY_NAME);
    assert_slice(r[1].name, "a-b");
    assert_slice(r[3].name, "a/b");
    manifest_sort(&shards, MANIFEST_BY_PART);
    assert_slice(s[2].name, "w:10:20");
    manifest_sort(&shards, MANIFEST_BY_NAME);
    assert_slice(s[1].name, "w:10:20");
}

static void make(enum manifest_method method, struct buf *out)
{
    struct resource r[] = {resource("odd:name", 0, method == MANIFEST_SHARDS ? 7 : HASH_WHOLE),
                           resource("x/\"y", 0, method == MANIFEST_SHARDS ? 7 : HASH_WHOLE)};
    struct slice ignored[] = {S(".git"), S("model.sig")};
    struct manifest m = {.model = S("m"),
                         .method = method,
                         .shard_size = 7,
                         .ignored = ignored,
                         .ignored_count = 2,
                         .resources = r,
                         .count = 2};
    manifest_root(&m, m.root);
    statement_write(&m, true, out);
    assert_true(buf_ok(out));
}

static void written_and_read(void **state)
{
    (void)state;
    for (enum manifest_method method = MANIFEST_FILES; method <= MANIFEST_SHARDS; method++) {
        struct statement s;
        struct slice why = S("");
        struct buf b;
        buf_init(&b, 1u << 16);
        make(method, &b);
        if (statement_read(buf_slice(&b), &arena, &s, &why) != ST_OK)
            fail_msg("%.*s", SLICE_ARG(why));
        assert_int_equal(s.manifest.method, method);
        assert_int_equal(s.manifest.count, 2);
        assert_int_equal(s.manifest.ignored_count, 2);
        assert_slice(s.manifest.resources[0].path, "odd:name");
        assert_slice(s.manifest.resources[1].path, "x/\"y");
        buf_done(&b);
    }
}

static void cut_and_out_of_memory(void **state)
{
    struct statement s;
    struct slice why;
    struct buf b;
    (void)state;
    buf_init(&b, 1u << 16);
    make(MANIFEST_FILES, &b);
    for (size_t n = 0; n < b.n; n++)
        assert_int_not_equal(statement_read(slice_sub(buf_slice(&b), 0, n), &arena, &s, &why),
                             ST_OK);
    enum st st = ST_NOMEM;
    for (size_t cap = 0; st != ST_OK && cap < (1u << 16); cap += 16) {
        struct arena small;
        arena_init(&small, cap, 0);
        st = statement_read(buf_slice(&b), &small, &s, &why);
        if (st != ST_OK) assert_int_equal(st, ST_NOMEM);
        arena_done(&small);
    }
    assert_int_equal(st, ST_OK);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_means_two_things),
        cmocka_unit_test(two_orders),
        cmocka_unit_test(written_and_read),
        cmocka_unit_test(cut_and_out_of_memory),
    };
    arena_init(&arena, 1u << 24, 4096);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_done(&arena);
    return failed;
}
