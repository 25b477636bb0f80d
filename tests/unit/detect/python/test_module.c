/* SPDX-License-Identifier: Apache-2.0 */
/* test_module.c - what names and expressions of Python stand for. Each case ends with probe(x): the
 * canonical name or the constant that x is. */
#include "../../test.h"
#include "base/buf.h"
#include "detect/python/module.h"

struct fixture {
    struct arena arena;
    struct py_module tree;
    struct code_module code;
    struct module m;
};

static enum st read_module(struct fixture *x, struct slice text, size_t cap, size_t chunk)
{
    arena_init(&x->arena, cap, chunk);
    enum st st = python_parse(text, false, &x->arena, &x->tree);
    if (st != ST_OK) return st;
    x->code = (struct code_module){.tree = &x->tree, .text = text};
    return module_read(&x->m, &x->arena, NULL, &x->code);
}

static void say(struct buf *b, const struct value *v)
{
    for (const char *sep = ""; v; v = v->other, sep = " | ") {
        buf_str(b, sep);
        if (v->fallback) buf_str(b, "default ");
        if (v->kind == VAL_STRING || v->kind == VAL_BYTES) {
            buf_printf(b, v->exact ? "'%.*s'" : "'%.*s...", SLICE_ARG(v->text));
            if (!v->exact) buf_printf(b, "%.*s'", SLICE_ARG(v->tail));
        } else if (v->kind == VAL_NUMBER) {
            buf_printf(b, "%g", v->number);
        } else if (v->kind == VAL_BOOL) {
            buf_str(b, v->truth ? "True" : "False");
        } else if (v->kind == VAL_NONE) {
            buf_str(b, "None");
        } else if (v->kind == VAL_LIST || v->kind == VAL_DICT) {
            buf_str(b, v->kind == VAL_LIST ? "list" : v->exact ? "dict" : "dict...");
        } else if (v->name) {
            buf_add(b, v->name->full);
        } else {
            buf_str(b, "?");
        }
    }
}

/* The last call of probe(). */
static uint32_t probe_of(const struct module *m)
{
    uint32_t found = 0;
    for (uint32_t n = 1; n < m->tree->node_count; n++)
        if (module_node(m, n)->kind == PN_CALL &&
            slice_eq(module_source(m, module_node(m, n)->first), S("probe")))
            found = n;
    return found;
}

static bool check(const char *text, const char *want)
{
    struct fixture x;
    struct buf b;
    buf_init(&b, 1000);
    assert_int_equal(read_module(&x, slice_str(text), 64u << 20, 1u << 16), ST_OK);
    uint32_t call = probe_of(&x.m);
    assert_true(call);
    say(&b, module_value(&x.m, module_child(&x.m, call, 1)));
    bool right = !strcmp(buf_text(&b), want);
    if (!right) print_error("%s\n  is %s\n  not %s\n", text, buf_text(&b), want);
    buf_done(&b);
    arena_done(&x.arena);
    return right;
}

static const char *const cases[][2] = {
    /* imports and rebinding */
    {"import torch\nprobe(torch.load)", "torch.load"},
    {"import torch.nn as nn\nprobe(nn.Linear)", "torch.nn.Linear"},
    {"import os.path\nprobe(os.path.join)", "os.path.join"},
    {"from pickle import load as l\nprobe(l)", "pickle.load"},
    {"from sklearn.externals import joblib\nprobe(joblib.load)", "joblib.load"},
    {"import cPickle\nprobe(cPickle.loads)", "pickle.loads"},
    {"from tensorflow import keras\nprobe(keras.models.load_model)", "keras.models.load_model"},
    {"import tensorflow as tf\nprobe(tf.keras.layers.Lambda)", "keras.layers.Lambda"},
    {"import torch\nload = torch.load\nprobe(load)", "torch.load"},
    {"from pickle import *\nprobe(loads)", "loads | pickle.loads"},
    {"from .pickle import loads\nprobe(loads)", ".pickle.loads"},
    {"probe(np.load)", "numpy.load"},
    {"try:\n  import cPickle as p\nexcept ImportError:\n  import dill as p\nprobe(p.load)",
     "dill.load | pickle.load"},
    /* names out of texts */
    {"import importlib\nprobe(importlib.import_module('pickle').loads)", "pickle.loads"},
    {"probe(__import__('os').system)", "os.system"},
    {"import pickle\nprobe(getattr(pickle, 'lo' + 'ads'))", "pickle.loads"},
    {"import sys\nprobe(sys.modules['pickle'].loads)", "pickle.loads"},
    {"import pickle\nprobe(globals()['pickle'].loads)", "pickle.loads"},
    {"import pickle\nprobe(pickle.__dict__['loads'])", "pickle.loads"},
    {"import pickle\nprobe(vars(pickle)['loads'])", "pickle.loads"},
    {"import builtins\nprobe(builtins.eval)", "eval"},
    {"probe(__builtins__['eval'])", "eval"},
    {"from functools import partial\nimport torch\nf = partial(torch.load, weights_only=False)\n"
     "probe(f)",
     "torch.load"},
    {"import base64\nprobe(__import__(base64.b64decode('b3M=').decode()).system)", "os.system"},
    /* objects */
    {"import boto3\nc = boto3.client('s3')\nprobe(c.upload_file)", "boto3.client().upload_file"},
    {"with open('x') as f:\n  probe(f.read)", "open().read"},
    {"import pandas as pd\ndef f(df: pd.DataFrame):\n  probe(df.query)",
     "pandas.DataFrame().query"},
    {"import pandas as pd\nfrom typing import Optional\ndef f(df: Optional[pd.DataFrame] = None):\n"
     "  probe(df.query)",
     "pandas.DataFrame().query"},
    {"def f(model):\n  probe(model.generate)", "?model.generate"},
    {"import pickle\nclass A:\n  def __init__(self):\n    self.l = pickle.loads\n"
     "  def g(self, x):\n    probe(self.l)",
     "pickle.loads"},
    {"import pickle\nclass A:\n  def g(self, x):\n    probe(self.l)\n"
     "  def late(self):\n    self.l = pickle.loads",
     "pickle.loads"},
    {"class A:\n  U = 'http://x'\nprobe(A.U)", "'http://x'"},
    {"class B:\n  U = 'x'\nclass A(B):\n  pass\nprobe(A().U)", "'x'"},
    {"import pickle\nclass U(pickle.Unpickler):\n  pass\nprobe(U(f).load)",
     "pickle.Unpickler().load"},
    {"import pickle\nclass U(pickle.Unpickler):\n  def find_class(self, m, n):\n    raise E\n"
     "probe(U(f).load)",
     ":U().load"},
    {"import openai\ndef make():\n  return openai.OpenAI()\nprobe(make().chat)",
     "openai.OpenAI().chat"},
    {"class A:\n  @property\n  def c(self):\n    return boto3.client()\n  def f(self):\n"
     "    probe(self.c)",
     "boto3.client()"},
    /* constants */
    {"probe('a' 'b' + 'c')", "'abc'"},
    {"X = 'b'\nprobe(f'a{X}c')", "'abc'"},
    {"def f(x):\n  probe(f'http://{x}.pt')", "'http://....pt'"},
    {"probe('%s/x' % 'a')", "'a/x'"},
    {"probe('{}.bin'.format('a'))", "'a.bin'"},
    {"def f(x):\n  probe('{}/{}.bin'.format(x, x))", "'....bin'"},
    {"import os\nprobe(os.path.join('a', 'b'))", "'a/b'"},
    {"from pathlib import Path\nprobe(Path('a') / 'b')", "'a/b'"},
    {"probe('/'.join(['a', 'b']))", "'a/b'"},
    {"probe(1_000 * 2)", "2000"},
    {"probe(-0x10)", "-16"},
    {"probe(not True)", "False"},
    {"x = None\nprobe(x or 'a')", "'a'"},
    {"import os\nprobe(os.environ.get('A', 'b'))", "default 'b'"},
    {"def f(a=True):\n  probe(a)", "default True"},
    {"def f(a: bool = False):\n  probe(a)", "default False"},
    {"d = {'a': 1}\nprobe(d['a'])", "1"},
    {"d = dict(a=1)\nd['b'] = 2\nd.update(c=3)\nprobe(d['b'] + d['c'])", "5"},
    {"a = {'x': 1}\nprobe({**a, 'y': 2}['x'])", "1"},
    {"probe((1, 'b')[1])", "'b'"},
    {"a, b = 'x', 'y'\nprobe(b)", "'y'"},
    {"for a in ['x', 'y']:\n  probe(a)", "'x' | 'y'"},
    {"p.add_argument('--top-k', default=5)\nargs = p.parse_args()\nprobe(args.top_k)", "default 5"},
    {"p.add_argument('--share', action='store_true')\ndef f(args):\n  probe(args.share)",
     "default False"},
    /* branches */
    {"x = 1\nif a:\n  x = 2\nprobe(x)", "2 | 1"},
    {"if a:\n  x = 1\nelse:\n  x = 2\nprobe(x)", "2 | 1"},
    {"if a:\n  x = 1\nelse:\n  probe(x)", "x"},
    {"x = 1\nx = 2\nprobe(x)", "2"},
    {"x = 1\nwith a:\n  x = 2\nprobe(x)", "2"},
    {"probe(1 if a else 2)", "1 | 2"},
    {"def f():\n  probe(X)\nX = 1", "1"},
    {"x = 1\ndef f():\n  global x\n  x = 2\ndef g():\n  probe(x)", "2 | 1"},
    /* comprehensions and lambdas */
    {"f = 1\n[probe(f.a) for f in b]", "b[].a"},
    {"f = 1\nlambda f: probe(f)", "?f"},
    {"[probe(x) for x in ('a', 'b')]", "'a' | 'b'"},
};

static void names_and_constants(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        wrong += !check(cases[i][0], cases[i][1]);
    assert_int_equal(wrong, 0);
}

static void patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *name;
        bool fits;
    } rows[] = {
        {"torch.load", "torch.load", true},
        {"torch.load", "torch.loads", false},
        {"*.load", "torch.load", true},
        {"*.load", "a.b.load", false},
        {"**.load", "a.b.load", true},
        {"**.load", "load", true},
        {"a.**.c", "a.c", true},
        {"a.**.c", "a.b.b.c", true},
        {"a.**.c", "a.bc", false},
        {"a.*().q", "a.read().q", true},
        {"**", "anything", true},
        {"a*", "abc", true},
        {"a*", "a.b", false},
        {"?df*.query", "?df_x.query", true},
        {"**.from_pretrained", "x().from_pretrained", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (dotted_match(slice_str(rows[i].pattern), slice_str(rows[i].name)) != rows[i].fits)
            fail_msg("%s, %s", rows[i].pattern, rows[i].name);
}

static void arguments(void **state)
{
    (void)state;
    static const char text[] = "from functools import partial\nf = partial(g, 1, b=2)\n"
                               "k = {'c': 3}\nf(4, *a, d=5, **k)\ng(**z)\n";
    struct fixture x;
    assert_int_equal(read_module(&x, slice_str(text), 1u << 24, 1u << 16), ST_OK);
    uint32_t calls[3] = {0}, n = 0;
    for (uint32_t i = 1; i < x.tree.node_count; i++)
        if (x.tree.nodes[i].kind == PN_CALL && n < 3) calls[n++] = i;
    struct argument a = module_argument(&x.m, calls[1], 0, 0, S(""));
    assert_true(a.how == ARGUMENT_GIVEN && a.value->number == 1); /* of the partial */
    a = module_argument(&x.m, calls[1], 0, 1, S(""));
    assert_true(a.how == ARGUMENT_GIVEN && a.value->number == 4);
    a = module_argument(&x.m, calls[1], 0, -1, S("b"));
    assert_true(a.how == ARGUMENT_GIVEN && a.value->number == 2);
    a = module_argument(&x.m, calls[1], 0, -1, S("c"));
    assert_true(a.how == ARGUMENT_GIVEN && a.value->number == 3);
    a = module_argument(&x.m, calls[1], 0, 2, S(""));
    assert_int_equal(a.how, ARGUMENT_UNSURE); /* *a */
    assert_int_equal(module_argument(&x.m, calls[1], 0, -1, S("e")).how, ARGUMENT_MISSING);
    assert_int_equal(module_argument(&x.m, calls[2], 0, -1, S("e")).how, ARGUMENT_UNSURE);
    arena_done(&x.arena);
}

static void cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct slice text = slice_str(cases[i][0]);
        for (size_t n = 0; n < text.n; n++) {
            struct fixture x;
            assert_int_equal(read_module(&x, slice_sub(text, 0, n), 1u << 24, 1u << 16), ST_OK);
            arena_done(&x.arena);
        }
    }
}

static void without_memory(void **state)
{
    (void)state;
    struct slice text = slice_str(cases[30][0]);
    size_t failed = 0;
    for (size_t cap = 0;; cap += 64) {
        struct fixture x;
        enum st st = read_module(&x, text, cap, 0);
        arena_done(&x.arena);
        if (st == ST_OK) break;
        assert_int_equal(st, ST_NOMEM);
        failed++;
    }
    assert_true(failed > 50);
}

/* What could grow with the square of the input. */
static void hostile_shapes(void **state)
{
    (void)state;
    static const struct {
        const char *head, *again, *tail;
    } rows[] = {
        {"x = ''\n", "x = x + 'aaaaaaaaaaaaaaaaaaaa'\n", "probe(x)"},
        {"x = a", ".b", "\n"},
        {"x = a", "()", "\n"},
        {"d = {}\n", "d['k'] = 1\n", "probe(d['z'])"},
        {"", "if a:\n  x = 1\n", "probe(x)"},
        {"x = [", "1,", "]\nx[40]"},
        {"x = 1", " or x", "\n"},
        {"", "def f():\n  return f()\n", ""},
        {"", "class A(A):\n  x = A.x\n", ""},
        {"f = g\n", "f = functools.partial(f)\n", "f(a=1)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf b;
        struct fixture x;
        buf_init(&b, 1u << 20);
        buf_str(&b, rows[i].head);
        for (size_t k = 0; k < 5000; k++) buf_str(&b, rows[i].again);
        buf_str(&b, rows[i].tail);
        enum st st = read_module(&x, buf_slice(&b), 256u << 20, 1u << 16);
        assert_true(st == ST_OK || st == ST_LIMIT);
        assert_true(x.arena.used < 100u << 20);
        arena_done(&x.arena);
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_constants), cmocka_unit_test(patterns),
        cmocka_unit_test(arguments),           cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(without_memory),      cmocka_unit_test(hostile_shapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
