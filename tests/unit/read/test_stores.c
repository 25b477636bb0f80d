/* SPDX-License-Identifier: Apache-2.0 */
/* Records of stores: what each claims, what is none of them, and damage. */
#include "told.h"

#define MD5    "0123456789abcdef0123456789abcdef"
#define SHA1   "0123456789abcdef0123456789abcdef01234567"
#define SHA256 MD5 MD5
#define SHA512 SHA256 SHA256

struct store_case {
    const char *name, *text;
    const char *told[3]; /* lines that must be there; none: no claim at all */
};

static void check(const struct store_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct told t;
        assert_int_equal(told_run(&t, cases[i].name, slice_str(cases[i].text)), ST_OK);
        bool good = cases[i].told[0] || !told_has(&t, " CLAIM ");
        for (size_t k = 0; k < 3 && cases[i].told[k]; k++) good &= told_has(&t, cases[i].told[k]);
        if (!good) print_error("case %zu: %s\n%s\n", i, cases[i].text, buf_text(&t.text));
        assert_true(good);
        told_done(&t);
    }
}

#define LFS(version, rest) "version " version "\n" rest
#define V1                 "https://git-lfs.github.com/spec/v1"
#define POINTER            LFS(V1, "oid sha256:" SHA256 "\nsize 12\n")

static void pointers(void **state)
{
    (void)state;
    static const struct store_case cases[] = {
        {"m.bin",
         POINTER,
         {"CLAIM 0 5 4 12 0  () " SHA256, "UNREAD 5 git-lfs pointer to 12 bytes"}},
        {"m",
         LFS("https://hawser.github.com/spec/v1", "oid sha256:" SHA256 "\nsize 12\n"),
         {"CLAIM 0 5 4 12"}},
        {"m",
         LFS(V1, "ext-0-x sha256:" SHA256 "\noid sha256:" SHA256 "\nsize 0\n"),
         {"CLAIM 0 5 4 0"}},
        /* none: another method, no size, a digit too few, upper case, another version */
        {"m", LFS(V1, "oid md5:" MD5 "\nsize 12\n"), {NULL}},
        {"m", LFS(V1, "oid sha256:" SHA256 "\n"), {NULL}},
        {"m", LFS(V1, "oid sha256:" MD5 "\nsize 12\n"), {NULL}},
        {"m", LFS(V1, "oid sha256:" MD5 "0123456789ABCDEF0123456789abcdef\nsize 12\n"), {NULL}},
        {"m",
         LFS("https://git-lfs.github.com/spec/v2", "oid sha256:" SHA256 "\nsize 12\n"),
         {NULL}},
        {"m", LFS(V1, "oid sha256:" SHA256 "\nsize -1\n"), {NULL}},
        {"m", LFS(V1, "oid sha256:" SHA256 "\nsize 99999999999999999999\n"), {NULL}},
    };
    check(cases, COUNT_OF(cases));
}

static void hub(void **state)
{
    (void)state;
    static const struct store_case cases[] = {
        {"x.metadata",
         SHA1 "\n" SHA256 "\n1712656091.1\n",
         {"CLAIM 2 4 4 -1 0  (" SHA1 ") " SHA256}},
        {"x.metadata", SHA1 "\n" SHA1 "\n1712656091.1\n", {"CLAIM 2 4 3 -1 0  (" SHA1 ") " SHA1}},
        {"x.metadata", SHA1 "\nW/\"1-2\"\n1\n", {"CLAIM 2 4 0 -1"}},
        {"x.metadata", "1712656091.1\n12\n\n\n\n0\n0\n", {NULL}}, /* of an upload */
        {"x.txt", SHA1 "\n" SHA256 "\n1\n", {NULL}},
        {"main", SHA1, {"CLAIM 2 7 0 -1 0 " SHA1}},
        {"main", SHA256, {NULL}},
    };
    check(cases, COUNT_OF(cases));
}

static void dvc(void **state)
{
    (void)state;
    static const struct store_case cases[] = {
        {"a.dvc",
         "outs:\n- md5: " MD5 "\n  size: 3\n  hash: md5\n  path: a\n",
         {"CLAIM 1 0 1 3 0 a () " MD5}},
        {"a.dvc", "outs:\n- md5: " MD5 "\n  path: a\n", {"CLAIM 1 0 2 -1 0 a () " MD5}},
        {"a.dvc", "wdir: ..\nouts:\n- path: a\n  md5: " MD5 "\n", {"CLAIM 1 0 2 -1 0 ../a () "}},
        {"d.dvc",
         "outs:\n- md5: " MD5 ".dir\n  size: 9\n  nfiles: 4\n  hash: md5\n  path: d\n",
         {"CLAIM 1 1 1 9 4 d () " MD5}},
        {"c.dvc",
         "outs:\n- path: d\n  files:\n  - relpath: x\n    md5: " MD5
         "\n    size: 1\n  - relpath: y\n",
         {"CLAIM 1 0 2 1 0 d/x () " MD5, "CLAIM 1 0 0 -1 0 d/y () \n"}},
        {"a.dvc", "outs:\n- path: s3://bucket/a\n  etag: x\n", {NULL}},
        {"a.dvc", "outs:\n- path: a\n  md5: 0123\n  size: 3\n", {"CLAIM 1 0 0 -1 0 a"}},
        {"a.dvc", "deps:\n- path: a\n  md5: " MD5 "\n", {NULL}},
        {"a.dvc", "outs: a\n", {NULL}},
        {"a.dvc", "- outs\n", {NULL}},
        {"dvc.lock",
         "schema: '2.0'\nstages:\n  t:\n    deps:\n    - path: in\n      md5: " MD5
         "\n    outs:\n    - path: m\n      hash: md5\n      md5: " MD5 "\n      size: 5\n",
         {"CLAIM 1 0 1 5 0 m () "}},
        {"dvc.lock", "t:\n  outs:\n  - path: m\n    md5: " MD5 "\n", {"CLAIM 1 0 2 -1 0 m () "}},
        {"a.yaml", "outs:\n- path: a\n  md5: " MD5 "\n", {NULL}},
        {"6789abcdef0123456789abcdef0123.dir",
         "[{\"md5\": \"" MD5 "\", \"relpath\": \"b/\\u00e9\"}, {\"relpath\": \"c\", \"x\": [{}]}]",
         {"CLAIM 1 2 1 -1 0 b/\xc3\xa9 () " MD5, "CLAIM 1 2 0 -1 0 c () \n"}},
        {"6789abcdef0123456789abcdef0123.dir", "[{\"md5\": {\"relpath\": \"x\"}}]", {NULL}},
    };
    check(cases, COUNT_OF(cases));
}

#define D(digest, more) "{\"mediaType\":\"m/t\",\"digest\":\"" digest "\",\"size\":7" more "}"
#define MANIFEST(config, layers) \
    "{\"schemaVersion\":2,\"config\":" config ",\"layers\":[" layers "]}"

static void oci(void **state)
{
    (void)state;
    static const struct store_case cases[] = {
        {"index.json",
         "{\"schemaVersion\":2,\"manifests\":[" D("sha256:" SHA256, "") "]}",
         {"CLAIM 3 6 4 7 0  (m/t) " SHA256}},
        {"latest",
         MANIFEST(D("sha512:" SHA512, ""), D("sha256:" SHA256, "")),
         {"CLAIM 3 6 5 7 0  (m/t) " SHA512, "CLAIM 3 6 4 7 0  (m/t) " SHA256}},
        {"x",
         MANIFEST(D("sha256:" SHA256, ",\"data\":\"e30=\""), D("sha256:" SHA256, ",\"urls\":[]")),
         {"CLAIM 3 6 4 7 0 optional  (m/t)"}},
        {"x",
         MANIFEST(D("sha256:" SHA256, ""),
                  D("sha256:" SHA256, ",\"annotations\":{\"org.cncf.model.filepath\":\"w/m\"}")),
         {"CLAIM 3 6 4 7 0 w/m (m/t) "}},
        {"x",
         MANIFEST(D("sha256:" SHA256, ""),
                  D("sha256:" SHA256, ",\"annotations\":{\"org.cncf.model.filepath\":\"../m\"}")),
         {"org.cncf.model.filepath: ../m"}},
        {"x", MANIFEST(D("sha256:" MD5, ""), ""), {"a descriptor's digest is none: sha256:" MD5}},
        {"x",
         "{\"schemaVersion\":2,\"layers\":[],\"layers\":[],\"x\":\"digest\",\"digest\":1}",
         {"layers is there twice"}},
        {"x", "{\"schemaVersion\":1,\"layers\":[],\"digest\":1}", {NULL}},
        {"x", "{\"layers\":[{\"digest\":\"sha256:" SHA256 "\",\"size\":1}]}", {NULL}},
    };
    check(cases, COUNT_OF(cases));
}

static void mlflow(void **state)
{
    (void)state;
    static const struct store_case cases[] = {
        {"MLmodel",
         "flavors:\n  python_function:\n    env:\n      conda: conda.yaml\n    data: d\n"
         "    artifacts:\n      a:\n        path: artifacts/a\n",
         {"CLAIM 4 0 0 -1 0 conda.yaml (conda)", "CLAIM 4 0 0 -1 0 d (data)",
          "CLAIM 4 0 0 -1 0 artifacts/a (artifacts)"}},
        {"MLmodel",
         "flavors:\n  sklearn:\n    code: null\n    pickled_model: ../m.pkl\n",
         {"pickled_model: ../m.pkl"}},
        {"MLmodel", "flavors: x\n", {NULL}},
        {"MLmodel", "- flavors\n", {NULL}},
        {"meta.yaml",
         "name: m\nversion: 1\ncurrent_stage: None\nsource: file:///a/b\n",
         {"CLAIM 4 0 0 -1 0 optional /a/b (source)"}},
        {"meta.yaml", "name: m\nversion: 1\ncurrent_stage: None\nsource: models:/m-1\n", {NULL}},
        {"meta.yaml", "name: m\nversion: 1.2\nsource:\n- /a/b\n", {NULL}}, /* conda's */
    };
    check(cases, COUNT_OF(cases));
}

struct tally {
    uint64_t told, more;
};

static void count_claims(void *ctx, const struct reading *r, const struct event *ev)
{
    struct tally *t = ctx;
    (void)r;
    if (ev->kind != EV_CLAIM) return;
    if (ev->claim->about == CLAIM_MORE)
        t->more += ev->claim->count;
    else
        t->told++;
}

/* A list of more files than can be told is said to be cut. */
static void too_many(void **state)
{
    (void)state;
    struct buf b;
    struct arena arena;
    struct budget budget;
    struct tally t = {0};
    buf_init(&b, 32u << 20);
    arena_init(&arena, 256u << 20, 64u << 10);
    budget_defaults(&budget);
    buf_byte(&b, '[');
    for (unsigned i = 0; i < 60000; i++)
        buf_printf(&b, "%s{\"md5\": \"" MD5 "\", \"relpath\": \"pictures/%08u.png\"}",
                   i ? ", " : "", i);
    buf_byte(&b, ']');
    struct reading r = {
        .arena = &arena, .budget = &budget, .emit = count_claims, .emit_ctx = &t, .content = true};
    assert_int_equal(reading_run(&r, S("6789abcdef0123456789abcdef0123.dir"), buf_slice(&b), false),
                     ST_OK);
    assert_true(t.more > 0 && t.told > 10000);
    assert_int_equal(t.told + t.more, 60000);
    arena_done(&arena);
    buf_done(&b);
}

static void sweeps(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
    } files[] = {
        {"m.bin", POINTER},
        {"x.metadata", SHA1 "\n" SHA256 "\n1\n"},
        {"a.dvc", "wdir: ..\nouts:\n- md5: " MD5 ".dir\n  size: 9\n  path: d\n"},
        {"6789abcdef0123456789abcdef0123.dir",
         "[{\"md5\": \"" MD5 "\", \"relpath\": \"\\u00e9\"}]"},
        {"x", MANIFEST(D("sha256:" SHA256, ""), D("sha256:" SHA256, ""))},
        {"MLmodel",
         "flavors:\n  sklearn:\n    pickled_model: m.pkl\n    artifacts: {a: {path: b}}\n"},
        {"meta.yaml", "name: m\nversion: 1\ncurrent_stage: None\nsource: /a/b\n"},
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct slice text = slice_str(files[i].text);
        for (size_t cut = 0; cut < text.n; cut++) {
            struct told t;
            assert_int_equal(told_run(&t, files[i].name, slice_sub(text, 0, cut)), ST_OK);
            told_done(&t);
        }
        sweep_flips(files[i].name, text);
        sweep_memory(files[i].name, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pointers), cmocka_unit_test(hub),    cmocka_unit_test(dvc),
        cmocka_unit_test(oci),      cmocka_unit_test(mlflow), cmocka_unit_test(too_many),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
