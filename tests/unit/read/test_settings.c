/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration in its many languages: what is told, and on which line. */
#include "told_code.h"

static void yaml(void **state)
{
    (void)state;
    told_code_is("a.yaml", "a: 1\nb:\n  - x\n  - \"y z\"\n  - k: ~\n# c\n'q': |\n  t\n",
                 "1:1 .{}\n1:4 .a=1\n3:3 .b[]\n3:5 .b[0]=x\n4:5 .b[1]=\"y z\"\n5:5 .b[2]{}\n"
                 "5:8 .b[2].k~\n7:6 .q=\"t\n\"\n");
}

static void yaml_documents(void **state)
{
    (void)state;
    told_code_is("a.yml", "a: 1\n---\nb: 2\n...\n", "1:1 .{}\n1:4 .a=1\n3:1 .{}\n3:4 .b=2\n");
}

static void yaml_aliases(void **state)
{
    (void)state;
    told_code_is("a.yml", "x: &x {p: 1, q: 2}\ny:\n  <<: *x\n  q: 3\nz: *x\nw: *none\n",
                 "1:1 .{}\n1:4 .x{}\n1:11 .x.p=1\n1:17 .x.q=2\n3:3 .y{}\n1:11 .y.p=1\n"
                 "1:17 .y.q=2\n4:6 .y.q=3\n1:4 .z{}\n1:11 .z.p=1\n1:17 .z.q=2\n");
    told_code_is("a.yml", "a: &a\n  b: *a\n", "1:1 .{}\n1:4 .a{}\n");
}

static void yaml_templates(void **state)
{
    (void)state;
    told_code_is("a.yaml",
                 "{{- if .x }}\nimage: \"{{ .Values.i | default \"a:1\" }}\"\nb: {{ .b }}\n"
                 "{{- end }}\nc: ${{ d }}\n",
                 "2:1 .{}\n2:8 .image=\"{{ .Values.i | default \"a:1\" }}\"\n3:4 .b={{ .b }}\n"
                 "5:4 .c=${{ d }}\n");
}

/* What is broken ends at the fault, and reading goes on at the margin. */
static void yaml_faults(void **state)
{
    (void)state;
    told_code_is("a.yaml", "a: 1\nb: [1,\nc: 2\nd: 3\n",
                 "1:1 .{}\n1:4 .a=1\n2:4 .b[]\n2:5 .b[0]=1\n"
                 "3:1 .b[1]{}\n3:4 .b[1].c=2\n4:1 .{}\n4:4 .d=3\n");
    told_code_is("a.yaml", "a: 1\n\tb: 2\nc: 3\n", "1:1 .{}\n1:4 .a=1\n3:1 .{}\n3:4 .c=3\n");
}

static void yaml_scripts(void **state)
{
    (void)state;
    told_code_is("a.yml", "jobs:\n  j:\n    steps:\n    - run: |\n        a b\n        c | d\n",
                 "1:1 .{}\n2:3 .jobs{}\n3:5 .jobs.j{}\n4:5 .jobs.j.steps[]\n"
                 "4:7 .jobs.j.steps[0]{}\n4:12 .jobs.j.steps[0].run=\"a b\nc | d\n\"\n"
                 "5:9 $ a|b\n6:9 $ c\n6:13 <$ d\n");
    told_code_is("a.yml", "x:\n  script:\n  - a\n  - >-\n    b\n    c\n\n    d\n",
                 "1:1 .{}\n2:3 .x{}\n3:3 .x.script[]\n3:5 .x.script[0]=a\n"
                 "4:5 .x.script[1]=\"b c\nd\"\n3:1 $ a\n5:1 $ b|c\n8:1 $ d\n");
    told_code_is("a.yml", "- run: print(1)\n  shell: python\n- with: {script: a}\n",
                 "1:1 .[]\n1:3 [0]{}\n1:8 [0].run=print(1)\n2:10 [0].shell=python\n"
                 "3:3 [1]{}\n3:9 [1].with{}\n3:18 [1].with.script=a\n2:1 $ python\n");
}

static void yaml_commands(void **state)
{
    (void)state;
    told_code_is("a.yml", "image: r/vllm:1\nargs:\n- --port\n- \"80\"\n",
                 "1:1 .{}\n1:8 .image=r/vllm:1\n3:1 .args[]\n3:3 .args[0]=--port\n"
                 "4:3 .args[1]=\"80\"\n3:1 $ vllm|--port|80\n");
    told_code_is("a.yml", "command: [sh, -c]\nargs: [\"a | b\"]\n",
                 "1:1 .{}\n1:10 .command[]\n1:11 .command[0]=sh\n1:15 .command[1]=-c\n"
                 "2:7 .args[]\n2:8 .args[0]=\"a | b\"\n1:1 $ sh|-c|a | b\n2:2 $ a\n2:6 <$ b\n");
    told_code_is("a.yml", "entrypoint: a\ncommand: >\n  -b\n  -c\n",
                 "1:1 .{}\n1:13 .entrypoint=a\n2:10 .command=\"-b -c\n\"\n1:1 $ a|-b|-c\n");
}

static void json(void **state)
{
    (void)state;
    told_code_is("mcp.json", "{ // c\n \"a\": {\"b\": [1, \"x\\ty\",],},\n /* d */ \"e\": null}",
                 "1:1 .{}\n2:7 .a{}\n2:13 .a.b[]\n2:14 .a.b[0]=1\n2:18 .a.b[1]=\"x\ty\"\n"
                 "3:15 .e~\n");
}

static void toml(void **state)
{
    (void)state;
    told_code_is("a.toml", "a = 1\n[t.u]\nb = \"x\"\nc = [\"y\", true]\n",
                 "1:5 .a=1\n2:4 .t{}\n2:5 .t.u{}\n3:1 .t.u.b=\"x\"\n4:1 .t.u.c[]\n"
                 "4:6 .t.u.c[0]=\"y\"\n4:11 .t.u.c[1]=true\n");
    told_code_is("a.toml", "[t]\na = \"x\"\nb = = 2\nc = 'y'\n",
                 "1:1 .t{}\n2:6 .t.a=\"x\"\n3:7 .t.b=2\n4:6 .t.c=\"y\"\n");
}

static void ini(void **state)
{
    (void)state;
    told_code_is("pip.conf",
                 "# c\n[global]\nindex-url = https://a/b\nextra-index-url =\n    https://c/d\n"
                 "    https://e/f ; g\n[x]\n",
                 "2:1 .global{}\n3:13 .global.index-url=https://a/b\n"
                 "4:18 .global.extra-index-url=\n5:5 .global.extra-index-url=https://c/d\n"
                 "6:5 .global.extra-index-url=https://e/f\n7:1 .x{}\n");
    told_code_is(".env", "export A=\"b c\" # d\nB='e'\nC=\n",
                 "1:11 .A=\"b c\"\n2:4 .B=\"e\"\n3:3 .C=\n");
    told_code_is("config.properties", "inference_address=http://0.0.0.0:8080\na: b\n",
                 "1:19 .inference_address=http://0.0.0.0:8080\n2:4 .a=b\n");
}

static void pbtxt(void **state)
{
    (void)state;
    told_code_is("config.pbtxt",
                 "name: \"m\" # c\ninstance_group [ { count: 1 kind: KIND_GPU } ]\n"
                 "parameters: { key: \"K\" value: { string_value: \"v\" } }\n",
                 "1:8 .name=\"m\"\n2:16 .instance_group[]\n2:18 .instance_group[0]{}\n"
                 "2:27 .instance_group[0].count=1\n2:35 .instance_group[0].kind=KIND_GPU\n"
                 "3:13 .parameters{}\n3:21 .parameters.key=\"K\"\n3:31 .parameters.value{}\n"
                 "3:48 .parameters.value.string_value=\"v\"\n");
}

static void shell(void **state)
{
    (void)state;
    told_code_is("run", "#!/usr/bin/env bash\nset -e\nA=1 b\n", "2:1 $ set|-e\n3:1 $ b\n");
    told_code_is("Makefile", "X = 1\nall: y\n\t@echo $$HOME \\\n\t  a\n\t-rm -f z\n",
                 "3:1 $ echo|$HOME|a\n5:1 $ rm|-f|z\n");
    told_code_is("README.md", "# a\n```bash\n$ pip install x\n```\n```python\nimport y\n```\n",
                 "3:1 $ pip|install|x\n");
}

static const char *const samples[][2] = {
    {"a.yaml", "a: &x {b: 1}\nc: [*x, \"d\"]\n<<: *x\nrun: |\n  e | f\nargs: [-g]\n{{ h }}\n"},
    {"a.toml", "a = 1\n[t.u]\nb = \"x\"\nc = [\"y\", true]\n"},
    {"a.cfg", "[a]\nb = c\n  d\ne: f\n"},
    {"a.pbtxt", "a: \"b\" c [ { d: 1 } ] e { f: 2 }\n"},
    {"mcp.json", "{\"a\": {\"b\": [1, \"x\",], // c\n}, \"d\": null}"},
    {"a.sh", "a | b\nc \"d $(e)\"\n"},
    {"a.md", "```sh\n$ a\n```\n"},
};

static void truncated_and_flipped(void **state)
{
    (void)state;
    char text[256];
    for (size_t s = 0; s < sizeof samples / sizeof *samples; s++) {
        size_t len = strlen(samples[s][1]);
        for (size_t n = 0; n < len; n++)
            for (unsigned bit = 0; bit < 9; bit++) {
                struct told_code t;
                memcpy(text, samples[s][1], len);
                if (bit < 8) text[n] = (char)(text[n] ^ 1 << bit);
                struct slice bytes = slice_of(text, bit < 8 ? len : n);
                assert_int_equal(told_code_read(&t, samples[s][0], bytes, (size_t)8 << 20), ST_OK);
                told_code_done(&t);
            }
    }
}

static void memory(void **state)
{
    (void)state;
    for (size_t s = 0; s < sizeof samples / sizeof *samples; s++) {
        size_t refused = 0;
        for (size_t cap = 0; cap < 40000; cap += 97) {
            struct told_code t;
            enum st st = told_code_read(&t, samples[s][0], slice_str(samples[s][1]), cap);
            assert_true(st == ST_OK || st == ST_NOMEM);
            refused += st == ST_NOMEM || t.unread;
            told_code_done(&t);
        }
        assert_true(refused > 2);
    }
}

/* Time and memory stay in proportion to the text. */
static void hostile(void **state)
{
    (void)state;
    static const char *const pieces[][2] = {
        {"a.yaml", "["},          {"a.yaml", "{a: "},      {"a.yaml", "- - "},
        {"a.yaml", "a: &a b\n"},  {"a.yaml", "{{ x }}\n"}, {"a.yaml", "\ta\n"},
        {"a.yaml", "a: {{\n"},    {"a.pbtxt", "a {"},      {"a.cfg", "[a"},
        {"a.cfg", "a = b\n c\n"}, {"a.toml", "a=["},       {"a.md", "```sh\na\n"},
        {"a.json", "{\"a\":"},    {"a.json", "{/*"},       {"Makefile", "\ta\\\n"},
    };
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct told_code t;
        struct buf b;
        buf_init(&b, (size_t)2 << 20);
        while (b.n < 300000) buf_str(&b, pieces[i][1]);
        assert_int_equal(told_code_read(&t, pieces[i][0], buf_slice(&b), (size_t)256 << 20), ST_OK);
        told_code_done(&t);
        buf_done(&b);
    }
}

/* An alias that doubles itself line by line. */
static void bomb(void **state)
{
    (void)state;
    struct told_code t;
    struct buf b;
    buf_init(&b, 1u << 20);
    buf_str(&b, "a0: &a0 [x, x]\n");
    for (int i = 1; i < 40; i++) buf_printf(&b, "a%d: &a%d [*a%d, *a%d]\n", i, i, i - 1, i - 1);
    assert_int_equal(told_code_read(&t, "a.yaml", buf_slice(&b), (size_t)64 << 20), ST_OK);
    assert_int_equal(t.unread, 1);
    told_code_done(&t);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml),          cmocka_unit_test(yaml_documents),
        cmocka_unit_test(yaml_aliases),  cmocka_unit_test(yaml_templates),
        cmocka_unit_test(yaml_faults),   cmocka_unit_test(yaml_scripts),
        cmocka_unit_test(yaml_commands), cmocka_unit_test(json),
        cmocka_unit_test(toml),          cmocka_unit_test(ini),
        cmocka_unit_test(pbtxt),         cmocka_unit_test(shell),
        cmocka_unit_test(memory),        cmocka_unit_test(truncated_and_flipped),
        cmocka_unit_test(hostile),       cmocka_unit_test(bomb),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
