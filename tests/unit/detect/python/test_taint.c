/* SPDX-License-Identifier: Apache-2.0 */
/* Values from elsewhere: where they come in, what they go through, what stops them. Each piece of
 * code has one sink; told is the line on which a rule was told, 0 for silence. */
#include "../../test.h"
#include "codec/python.h"
#include "detect/python/taint_judge.h"
#include "finding/rules.h"

#define HEAD                                                              \
    "import os, subprocess, json, shlex, pickle, io, requests, ast, re\n" \
    "from openai import OpenAI\n"                                         \
    "from flask import Flask, request, abort\n"                           \
    "app = Flask(__name__)\n"                                             \
    "client = OpenAI()\n"                                                 \
    "def ask(q):\n"                                                       \
    "    r = client.chat.completions.create(model='m', messages=q)\n"     \
    "    return r.choices[0].message.content\n"
#define HEAD_LINES 8

struct told {
    const char *rule;
    size_t count;
    int64_t line;
    enum severity severity;
    bool nomem;
};

static void note(void *ctx, const struct finding *f)
{
    struct told *t = ctx;
    assert_true(f->message.n > 0);
    if (!t->count++) {
        t->rule = f->rule->id;
        t->line = f->line;
        t->severity = f->severity;
    }
}

static struct told judge_code(struct slice code, size_t cap, size_t chunk)
{
    struct told told = {0};
    struct arena a;
    arena_init(&a, cap, chunk);
    struct py_module tree;
    struct module m;
    struct layer layer = {.name = S("x.py"), .bytes = code};
    struct reading r = {.layer = &layer};
    struct code_module c = {.tree = &tree, .text = code};
    struct judge j;
    judge_init(&j, &a, note, &told);
    const uint8_t *marks;
    enum st st = j.nomem ? ST_NOMEM : python_parse(code, false, &a, &tree);
    if (st == ST_OK) st = module_read(&m, &a, NULL, &c);
    if (st == ST_OK) st = taint_judge(&j, &r, &m, &marks);
    told.nomem = st == ST_NOMEM || j.nomem;
    assert_true(st == ST_OK || st == ST_NOMEM);
    arena_done(&a);
    return told;
}

static struct told told_of(const char *code)
{
    char text[4000] = HEAD;
    assert_true(strlen(code) + sizeof HEAD < sizeof text);
    memcpy(text + sizeof HEAD - 1, code, strlen(code) + 1);
    return judge_code(slice_str(text), 64u << 20, 1 << 16);
}

struct sample {
    const char *code, *rule; /* NULL: silence */
    int line;                /* behind HEAD */
};

static void check(const struct sample *s, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct told t = told_of(s[i].code);
        if (!s[i].rule && t.count) fail_msg("%s\ntold %s", s[i].code, t.rule);
        if (!s[i].rule) continue;
        if (!t.count) fail_msg("%s\nnot told", s[i].code);
        assert_string_equal(t.rule, s[i].rule);
        if (t.line != s[i].line + HEAD_LINES)
            fail_msg("%s\ntold on line %d", s[i].code, (int)t.line - HEAD_LINES);
    }
}

#define EVAL  "code.eval-model-output"
#define SHELL "code.shell-model-output"

static void answers_are_followed(void **state)
{
    static const struct sample samples[] = {
        {"eval(ask(1))\n", EVAL, 1},
        {"x = ask(1).strip()\ny = f'a = {x}'\nexec(y)\n", EVAL, 3},
        {"x = 'a = %s' % ask(1)\nexec(x)\n", EVAL, 2},
        {"x = 'a = ' + ask(1)\nexec(x)\n", EVAL, 2},
        {"exec('a = {}'.format(ask(1)))\n", EVAL, 1},
        {"a, b = ask(1), 2\nexec(a)\n", EVAL, 2},
        {"for line in ask(1).splitlines():\n    exec(line)\n", EVAL, 2},
        {"[eval(x) for x in ask(1).split()]\n", EVAL, 1},
        {"s = {}\ns['c'] = ask(1)\nexec(s['c'])\n", EVAL, 3},
        {"l = []\nl.append(ask(1))\nexec(''.join(l))\n", EVAL, 3},
        {"d = json.loads(ask(1))\nexec(d['code'])\n", EVAL, 2},
        {"if (c := ask(1)):\n    exec(c)\n", EVAL, 2},
        {"def run(c):\n    exec(c)\nrun(ask(1))\n", EVAL, 2},
        {"def clean(c):\n    return c.strip()\nexec(clean(ask(1)))\n", EVAL, 3},
        {"class A:\n    def a(self):\n        self.c = ask(1)\n    def b(self):\n        "
         "exec(self.c)\n",
         EVAL, 5},
        {"c = 'ls'\nwhile c:\n    os.system(c)\n    c = ask(c)\n", SHELL, 3},
        {"f = lambda q: ask(q)\nexec(f(1))\n", EVAL, 2},
        {"try:\n    c = ask(1)\nexcept OSError:\n    c = ''\nexec(c)\n", EVAL, 5},
        {"open('g.py', 'w').write(ask(1))\nsubprocess.run(['python', 'g.py'])\n", SHELL, 2},
        {"subprocess.run(\n    ask(1),\n    shell=True,\n)\n", SHELL, 2},
        {"subprocess.run(['bash', '-c', ask(1)])\n", SHELL, 1},
        {"from langchain_core.tools import tool\n@tool\ndef t(c: str):\n    exec(c)\n", EVAL, 4},
        {"r = "
         "requests.post('http://x/v1/chat/completions').json()\nexec(r['choices'][0]['text'])\n",
         EVAL, 2},
    };
    (void)state;
    check(samples, COUNT_OF(samples));
}

static void what_is_harmless_is_silent(void **state)
{
    static const struct sample samples[] = {
        {"x = ast.literal_eval(ask(1))\n", NULL, 0},
        {"n = int(ask(1))\nos.system(f'sleep {n}')\n", NULL, 0},
        {"os.system('echo ' + shlex.quote(ask(1)))\n", NULL, 0},
        {"subprocess.run(['git', 'commit', '-m', ask(1)])\n", NULL, 0},
        {"class M:\n    def eval(self, x):\n        pass\nM().eval(ask(1))\n", NULL, 0},
        {"eval('1 + 1')\n", NULL, 0},
        {"T = {'a': 'ls'}\nos.system(T[ask(1)])\n", NULL, 0},
        {"r = client.chat.completions.create(model='m', messages=[])\nexec(f'n = "
         "{r.usage.total_tokens}')\n",
         NULL, 0},
        {"def f(n: int):\n    os.system(f'sleep {n}')\n", NULL, 0},
        {"for i in range(4):\n    os.system(f'nvidia-smi -i {i}')\n", NULL, 0},
        {"pickle.loads(pickle.dumps(1))\n", NULL, 0},
    };
    (void)state;
    check(samples, COUNT_OF(samples));
}

/* A guard counts behind it, and nowhere else. */
static void guards_must_dominate(void **state)
{
    static const struct sample samples[] = {
        {"c = ask(1)\nif c not in ALLOWED:\n    raise ValueError\nos.system(c)\n", NULL, 0},
        {"c = ask(1)\nif c in ALLOWED:\n    os.system(c)\n", NULL, 0},
        {"c = ask(1)\nif c in ALLOWED:\n    pass\nos.system(c)\n", SHELL, 4},
        {"c = ask(1)\nif c in ALLOWED:\n    pass\nelse:\n    os.system(c)\n", SHELL, 5},
        {"c = ask(1)\nif c not in ALLOWED:\n    print(c)\nos.system(c)\n", SHELL, 4},
        {"def f():\n    c = ask(1)\n    if c == 'ls' or c == 'pwd':\n        return\n    "
         "os.system(c)\n",
         SHELL, 5},
        {"for c in ask(1).split():\n    if c not in ALLOWED:\n        continue\n    os.system(c)\n",
         NULL, 0},
        {"c = ask(1)\nif not re.fullmatch('[a-z]+', c):\n    raise ValueError\nos.system(c)\n",
         NULL, 0},
        {"c = ask(1)\nassert c in ALLOWED\nos.system(c)\n", NULL, 0},
        {"c = ask(1)\nc = c if c in ALLOWED else 'ls'\nos.system(c)\n", NULL, 0},
        {"a = json.loads(ask(1))\nif a['k'] == 'x':\n    os.system(a['c'])\n", SHELL, 3},
        {"a = json.loads(ask(1))\nif a['c'] in ALLOWED:\n    os.system(a['c'])\n", NULL, 0},
        {"c = ask(1)\nif isinstance(c, str):\n    os.system(c)\n", SHELL, 3},
    };
    (void)state;
    check(samples, COUNT_OF(samples));
}

static void requests_are_followed(void **state)
{
    static const struct sample samples[] = {
        {"@app.route('/a')\ndef a():\n    return pickle.loads(request.get_data())\n",
         "code.pickle-untrusted", 3},
        {"@app.route('/a/<n>')\ndef a(n):\n    os.system('ping ' + n)\n", "code.shell-dynamic", 3},
        {"@app.route('/a/<n>')\ndef a(n: int):\n    os.system(f'ping {n}')\n", NULL, 0},
        {"def a():\n    return requests.get(request.args['u'])\n", "code.fetch-untrusted-url", 2},
        {"def a():\n    return requests.get('https://h.example/' + request.args['u'])\n", NULL, 0},
        {"def a():\n    return requests.get('https://' + request.args['h'] + '/x')\n",
         "code.fetch-untrusted-url", 2},
        {"def a(cur):\n    cur.execute(f\"SELECT a FROM t WHERE b = '{request.args['b']}'\")\n",
         "code.sql-built", 2},
        {"def a(cur):\n    cur.execute('SELECT a FROM t WHERE b = ?', (request.args['b'],))\n",
         NULL, 0},
        {"def a():\n    f = request.files['m']\n    f.save('/t/m')\n    pickle.load(open('/t/m', "
         "'rb'))\n",
         "code.upload-model-load", 4},
        {"pickle.loads(requests.get('https://h.example/m').content)\n", "code.pickle-untrusted", 1},
        {"m = [{'role': 'system', 'content': f\"Be {request.args['p']}\"}]\n",
         "code.system-prompt-user-input", 1},
        {"m = [{'role': 'user', 'content': f\"Be {request.args['p']}\"}]\n", NULL, 0},
    };
    (void)state;
    check(samples, COUNT_OF(samples));
}

static void sources_raise_the_severity(void **state)
{
    (void)state;
    struct told t = told_of("def f(c):\n    exec(c)\n");
    assert_string_equal(t.rule, "code.eval-dynamic");
    assert_int_equal(t.severity, SEV_HIGH);
    t = told_of("def f():\n    exec(request.json['c'])\n");
    assert_string_equal(t.rule, "code.eval-dynamic");
    assert_int_equal(t.severity, SEV_CRITICAL);
}

static const char all_kinds[] = HEAD "class A:\n"
                                     "    def __init__(self, q):\n"
                                     "        self.c = [ask(q) for _ in range(3)]\n"
                                     "    def run(self, *a, k=1, **kw):\n"
                                     "        for i, c in enumerate(self.c):\n"
                                     "            while True:\n"
                                     "                try:\n"
                                     "                    exec(c if k else a[0])\n"
                                     "                    break\n"
                                     "                except ValueError as e:\n"
                                     "                    continue\n"
                                     "                finally:\n"
                                     "                    open('x', 'w').write(c)\n"
                                     "        else:\n"
                                     "            with open('x') as f:\n"
                                     "                os.system(f.read())\n"
                                     "        match k:\n"
                                     "            case 1:\n"
                                     "                return (lambda z: z + c)(k)\n"
                                     "            case _:\n"
                                     "                yield c\n"
                                     "A(1).run(**{'k': request.args['k']})\n";

/* Too little memory is said, and never a wrong answer. */
static void memory_may_run_out(void **state)
{
    (void)state;
    bool done = false;
    size_t failures = 0;
    for (size_t cap = 0; cap < (1 << 20) && !done; cap += 256) {
        struct told t = judge_code(slice_of(all_kinds, sizeof all_kinds - 1), cap, 0);
        failures += t.nomem;
        done = !t.nomem;
        if (done) assert_true(t.count >= 2);
    }
    assert_true(done && failures > 20);
}

static void code_may_end_anywhere(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof all_kinds; n++)
        assert_false(judge_code(slice_of(all_kinds, n), 16u << 20, 1 << 14).nomem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_followed),       cmocka_unit_test(what_is_harmless_is_silent),
        cmocka_unit_test(guards_must_dominate),       cmocka_unit_test(requests_are_followed),
        cmocka_unit_test(sources_raise_the_severity), cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(code_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
