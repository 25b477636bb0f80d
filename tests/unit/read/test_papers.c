/* SPDX-License-Identifier: Apache-2.0 */
/* Dataset cards, loading scripts, manifests. */
#include "told.h"

struct paper_case {
    const char *name, *text, *told; /* NULL: nothing odd is told */
};

static void check(const struct paper_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct told t;
        assert_int_equal(told_run(&t, cases[i].name, slice_str(cases[i].text)), ST_OK);
        bool good = cases[i].told ? told_has(&t, cases[i].told) : !t.anomalies;
        if (!good) print_error("case %zu: %s\n%s\n", i, cases[i].text, buf_text(&t.text));
        assert_true(good);
        told_done(&t);
    }
}

#define FRONT(licence) "---\n" licence "task_categories:\n- text-classification\n---\n"
#define GOOD           "Collected from forums. No personal data: names were replaced.\n"

static void cards(void **state)
{
    (void)state;
    static const struct paper_case cases[] = {
        {"README.md", FRONT("license: mit\n") GOOD, NULL},
        {"README.md", FRONT("license:\n- mit\n- other\n") GOOD, NULL},
        {"README.md", FRONT("") GOOD, "no licence"},
        {"README.md", FRONT("license: unknown\n") GOOD, "no licence"},
        {"README.md", FRONT("license:\n") GOOD, "no licence"},
        {"README.md", FRONT("license: mit\n") "Some text.\n", "no word about personal data"},
        {"README.md",
         FRONT("license: mit\n") "Source: x\n### Personal and Sensitive Information\n\n[More "
                                 "Information Needed]\n",
         "no word about personal data"},
        /* a model's card, and a project's page */
        {"README.md", "---\npipeline_tag: text-generation\n---\n# A model\n", NULL},
        {"README.md", "# A project\n", NULL},
        {"README.md",
         "---\nlicense: mit\nconfigs:\n- config_name: a\n  data_files: http://a.example/x.csv\n"
         "---\n" GOOD,
         "data_files: http://a.example/x.csv"},
        {"README.md",
         "---\nlicense: mit\nconfigs:\n- config_name: a\n  data_files: data/*.csv\n"
         "homepage: https://a.example\n---\n" GOOD,
         NULL},
    };
    check(cases, COUNT_OF(cases));
}

static void scripts(void **state)
{
    (void)state;
    static const struct paper_case cases[] = {
        {"reviews.py", "import datasets\n\nclass R(datasets.GeneratorBasedBuilder):\n    pass\n",
         "class R(datasets.GeneratorBasedBuilder):"},
        {"reviews.py", "from datasets import load_dataset\nd = load_dataset('x')\n", NULL},
        {"reviews.py", "# not a GeneratorBasedBuilder\nimport datasets\n", NULL},
        {"reviews.py", "import tensorflow_datasets as tfds\nclass R(tfds.core.BasedBuilder): 1\n",
         NULL},
    };
    check(cases, COUNT_OF(cases));
}

#define CROISSANT(licence, file)                                                                   \
    "{\"@context\":{\"cr\":\"http://mlcommons.org/croissant/\"},\"@type\":\"sc:Dataset\"," licence \
    "\"distribution\":[{\"@type\":\"cr:FileObject\",\"name\":\"a\"," file "}]}"
#define SHA "\"sha256\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\""
#define MIT "\"license\":\"mit\","

static void manifests(void **state)
{
    (void)state;
    static const struct paper_case cases[] = {
        {"croissant.json", CROISSANT(MIT, "\"contentUrl\":\"https://a.example/x\"," SHA), NULL},
        {"croissant.json", CROISSANT("", "\"contentUrl\":\"a.csv\"," SHA), "no licence"},
        {"croissant.json", CROISSANT(MIT, "\"contentUrl\":\"https://a.example/x\""),
         "1 of 1 files have no digest"},
        {"croissant.json", CROISSANT(MIT, "\"sha256\":\"see the issue\""), "1 of 1 files"},
        {"croissant.json",
         CROISSANT(MIT, "\"contentUrl\":\"https://a.example/r\",\"encodingFormat\":\"git+https\","
                        "\"sha256\":\"https://github.com/mlcommons/croissant/issues/80\""),
         NULL},
        {"croissant.json",
         CROISSANT(MIT, "\"contentUrl\":\"in.csv\",\"containedIn\":{\"@id\":\"z\"}"), NULL},
        {"croissant.json", CROISSANT(MIT, "\"contentUrl\":\"http://a.example/x\"," SHA),
         "http://a.example/x"},
        {"croissant.json", CROISSANT(MIT, "\"contentUrl\":\"../../etc/x\"," SHA),
         "contentUrl: ../../etc/x"},
        {"dataset_infos.json",
         "{\"a\":{\"download_checksums\":{\"https://a/x\":{\"num_bytes\":1,\"checksum\":null},"
         "\"https://a/y\":{\"num_bytes\":1,\"checksum\":"
         "\"0123456789abcdef0123456789abcdef\"}}}}",
         "1 of 2 files have no digest"},
        {"other.json", "{\"distribution\":[{\"contentUrl\":\"http://a\"}]}", NULL},
        {"data.csv.dvc", "outs:\n- md5: 0123456789abcdef0123456789abcdef\n  path: data.csv\n",
         NULL},
        {"data.csv.dvc", "outs:\n- path: data.csv\n  size: 3\n", "an output without md5"},
        {"dvc.lock",
         "stages:\n  a:\n    cmd: x\n    deps:\n    - path: in\n    outs:\n    - path: out\n"
         "      hash: md5\n      md5: 0123\n    - path: two\n",
         "an output without md5"},
        {"dvc.lock",
         "stages:\n  a:\n    outs:\n    - path: out\n      md5: 0123\n  b:\n    cmd: x\n", NULL},
        {"config", "['remote \"a\"']\n    url = http://a.example/dvc\n", "url = http://a.example"},
        {"config", "['remote \"a\"']\n    url = s3://bucket/dvc\n", NULL},
    };
    check(cases, COUNT_OF(cases));
}

static void sweeps(void **state)
{
    (void)state;
    static const char json[] = CROISSANT(MIT, "\"contentUrl\":\"http://a.example/x\"," SHA);
    sweep_flips("croissant.json", slice_str(json));
    sweep_memory("croissant.json", slice_str(json));
    sweep_flips("README.md", slice_str(FRONT("license: mit\n") GOOD));
    sweep_flips("a.dvc", slice_str("outs:\n- path: data.csv\n  md5: 3\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cards),
        cmocka_unit_test(scripts),
        cmocka_unit_test(manifests),
        cmocka_unit_test(sweeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
