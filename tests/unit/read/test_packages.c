/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of dependencies in a dozen formats: what is told, and on which line. A package is a line
 *     3:1 name versions @url ;marker flags          flags: = exact, # hashed, d dev, b build, i own
 *                                                   index, c conda, n npm
 *     {MIT}4 behind it: the licence and its line
 *     3:1 [extra-index-url] url */
#include "../test.h"
#include "base/buf.h"
#include "read/code/code.h"
#include "read/reading.h"

struct told_packages {
    struct buf text;
    size_t count, unread;
};

static void told_flags(struct buf *b, const struct package *p)
{
    const struct {
        bool on;
        char letter;
    } flags[] = {{p->exact, '='},
                 {p->hashed, '#'},
                 {p->dev, 'd'},
                 {p->build, 'b'},
                 {p->own_index, 'i'},
                 {p->system == SYSTEM_CONDA, 'c'},
                 {p->system == SYSTEM_NPM, 'n'}};
    bool any = false;
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        if (flags[i].on && !any) buf_byte(b, ' ');
        if (flags[i].on) buf_byte(b, (uint8_t)flags[i].letter);
        any |= flags[i].on;
    }
}

static void on_event(void *ctx, const struct reading *r, const struct event *ev)
{
    struct told_packages *t = ctx;
    struct buf *b = &t->text;
    (void)r;
    t->unread += ev->kind == EV_UNREAD;
    if (ev->kind != EV_PACKAGE) return;
    const struct package *p = ev->package;
    t->count++;
    assert_non_null(p->file);
    assert_int_equal(ev->line, p->line);
    buf_printf(b, p->source == PACKAGE_INDEX ? "%u:%u [%.*s]" : "%u:%u %.*s", p->line, p->column,
               SLICE_ARG(p->name));
    if (p->versions.n) buf_printf(b, " %.*s", SLICE_ARG(p->versions));
    if (p->url.n) buf_printf(b, p->source == PACKAGE_INDEX ? " %.*s" : " @%.*s", SLICE_ARG(p->url));
    if (p->marker.n) buf_printf(b, " ;%.*s", SLICE_ARG(p->marker));
    told_flags(b, p);
    if (p->licence.n) buf_printf(b, " {%.*s}%u", SLICE_ARG(p->licence), p->licence_line);
    buf_byte(b, '\n');
}

static enum st read_packages(struct told_packages *t, const char *name, struct slice text,
                             size_t cap)
{
    struct arena arena;
    struct budget budget;
    arena_init(&arena, cap, cap < ((size_t)1 << 20) ? 0 : 65536);
    budget_defaults(&budget);
    *t = (struct told_packages){.count = 0};
    buf_init(&t->text, (size_t)64 << 20);
    struct reading r = {.arena = &arena, .budget = &budget, .emit = on_event, .emit_ctx = t};
    enum st st = reading_run(&r, slice_str(name), text, false);
    arena_done(&arena);
    return st;
}

static bool told_is(const char *name, const char *text, const char *want)
{
    struct told_packages t;
    assert_int_equal(read_packages(&t, name, slice_str(text), (size_t)32 << 20), ST_OK);
    bool right = !strcmp(buf_text(&t.text), want) && !t.unread;
    if (!right) print_error("%s is\n%snot\n%s", name, buf_text(&t.text), want);
    buf_done(&t.text);
    return right;
}

/* One format, with what it says. */
static const struct sample {
    const char *name, *text, *want;
} samples[] = {
    {"requirements.txt",
     "# c\ntorch[opt]>=2.0,<3 ; python_version >= \"3.9\"  # why\n"
     "numpy==1.26.4 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n  pandas\n\n"
     "-r other.txt\n-e git+https://h/o/r.git@main#egg=lib\n--extra-index-url=https://i/s\n"
     "lib2 @ https://h/f.whl ; sys_platform == 'linux'\n./local\nhttps://h/x-1.0.tar.gz\n"
     "-i https://u:p@j/s\n--no-binary :all:\n\xef\xbc\x81odd\n",
     "2:1 torch >=2.0,<3 ;python_version >= \"3.9\"\n3:1 numpy ==1.26.4 #\n6:3 pandas\n"
     "8:1 [requirement] other.txt\n9:1 lib @git+https://h/o/r.git@main#egg=lib\n"
     "10:1 [extra-index-url] https://i/s\n11:1 lib2 @https://h/f.whl ;sys_platform == 'linux'\n"
     "12:1  @./local\n13:1  @https://h/x-1.0.tar.gz\n14:1 [index-url] https://u:p@j/s\n"
     "16:1 \xef\xbc\x81odd\n"},
    {"requirements-dev.txt", "pytest>=8\r\nruff == 0.5.0\r\n",
     "1:1 pytest >=8 d\n2:1 ruff == 0.5.0 d\n"},
    {"requirements.in", "numpy\n", "1:1 numpy\n"},
    {"pyproject.toml",
     "[project]\nname = \"x\"\ndependencies = [\n  \"torch>=2\", # c\n  'a @ git+https://h/a',\n]\n"
     "[project.optional-dependencies]\nui = [\"gradio==4.0\"]\n"
     "[dependency-groups]\ntest = [\"pytest\", {include-group = \"lint\"}]\nlint = [\"ruff\"]\n"
     "[build-system]\nrequires = [\"setuptools>=70\"]\n"
     "[tool.uv]\ndev-dependencies = [\"mypy\"]\n[[tool.uv.index]]\nname = \"p\"\n"
     "url = \"https://i/s\"\nexplicit = true\n[tool.uv.sources]\ntorch = { index = \"p\" }\n",
     "4:3 torch >=2 i\n5:3 a @git+https://h/a\n8:7 gradio ==4.0\n10:9 pytest d\n11:9 ruff d\n"
     "13:13 setuptools >=70 b\n15:21 mypy d\n18:1 [index] https://i/s i\n"},
    {"pyproject.toml",
     "[tool.poetry.dependencies]\npython = \"^3.10\"\nnumpy = \"^1.26\"\n"
     "lib = { git = \"https://h/lib.git\", branch = \"main\" }\n"
     "torch = [{ version = \"2.1.0\", source = \"p\" }]\n"
     "[tool.poetry.group.dev.dependencies]\npytest = \"*\"\n"
     "[[tool.poetry.source]]\nname = \"p\"\nurl = \"https://i/s\"\npriority = \"explicit\"\n",
     "3:1 numpy ^1.26\n4:1 lib @git+https://h/lib.git@main\n5:1 torch 2.1.0 i\n7:1 pytest * d\n"
     "10:1 [source] https://i/s i\n"},
    {"Pipfile",
     "[[source]]\nurl = \"https://i/s\"\n[packages]\nnumpy = \"==1.26.4\"\nreq = \"*\"\n"
     "torch = {version = \"==2.0\", index = \"p\"}\n[dev-packages]\npytest = \"*\"\n",
     "4:1 numpy ==1.26.4\n5:1 req *\n6:1 torch ==2.0 i\n8:1 pytest * d\n"
     "2:1 [source] https://i/s\n"},
    {"Pipfile.lock",
     "{\"_meta\": {\"sources\": [{\"name\": \"pypi\", \"url\": \"https://pypi.org/simple\"}]},\n"
     " \"default\": {\n  \"numpy\": {\n   \"hashes\": [\"sha256:aa\"],\n   \"index\": \"pypi\",\n"
     "   \"version\": \"==1.26.4\"\n  },\n  \"a\": {\"git\": \"https://h/a\"}\n },\n"
     " \"develop\": {\"pytest\": {\"version\": \"==8.0\"}}}\n",
     "3:3 numpy 1.26.4 =#i\n8:3 a @https://h/a\n10:14 pytest 8.0 =d\n"},
    {"setup.cfg",
     "[metadata]\nname = x\n[options]\ninstall_requires =\n    torch>=2.0\n    # c\n\n    numpy\n"
     "setup_requires = wheel\npackages = find:\n[options.extras_require]\nui = gradio==4.0\n"
     "dev =\n    pytest; python_version < '3'\n",
     "5:5 torch >=2.0\n8:5 numpy\n9:1 wheel b\n12:1 gradio ==4.0\n"
     "14:5 pytest ;python_version < '3'\n"},
    {"setup.py",
     "from setuptools import setup\nV = '2.5'\nbase = ['torch>=' + V, f'numpy=={V}']\n"
     "base += ['scipy']\nif old:\n    base.append('enum34')\ndef more():\n"
     "    return ['pandas',\n            \"jax; python_version>'3'\"]\n"
     "x = {'ui': ['gradio==4.0']}\nx['io'] = 'h5py\\nlmdb'\n"
     "setup(name='x', tests_require=base + ['pytest'], install_requires=base + more(),\n"
     "      extras_require=x, setup_requires=('wheel',), python_requires='>=3',\n"
     "      dependency_links=['https://i/s', 'git+https://h/a#egg=a-1'])\n",
     "3:9 torch >=2.5\n3:24 numpy ==2.5\n4:10 scipy\n6:17 enum34\n8:13 pandas\n"
     "9:13 jax ;python_version>'3'\n10:13 gradio ==4.0\n11:11 h5py\n11:11 lmdb\n"
     "13:41 wheel b\n12:39 pytest d\n14:25 [find-links] https://i/s\n"
     "14:40 a @git+https://h/a#egg=a-1\n"},
    {"setup.py",
     "import setuptools\n\ndef main():\n    args = dict(name='x', install_requires='''\\\n"
     "    torch\n    # c\n    numpy>1\n'''.splitlines())\n"
     "    args['extras_require'] = {'a': list(A), 'b': sorted(('b1',)) if q else ['b2']}\n"
     "    setuptools.setup(**args)\nA = 'a1 a2'.split()\n",
     "5:5 torch\n7:5 numpy >1\n11:5 a1\n11:5 a2\n9:58 b1\n9:77 b2\n"},
    {"setup.py", /* what cannot be known is not guessed */
     "from setuptools import setup\nfrom x import V, base\nwith open('r.txt') as f:\n"
     "    base = f.read().splitlines()\ndef other():\n    deps = ['not-here']\n"
     "setup(install_requires=base + deps + ['torch==' + V, 'a==%s' % V, f'b=={V}', 'c'] +\n"
     "      [d for d in ('d',)])\ninstall_requires = ['e']\nprint(dict(install_requires=['f']))\n",
     "7:78 c\n"},
    {"environment.yml",
     "name: x\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.11\n"
     "  - numpy=1.26.4=py311_0\n  - conda-forge::scipy >=1.10,<2  # c\n  - pip\n  - \"pandas\"\n"
     "  - pip:\n    - torch==2.6.0\n    - --extra-index-url https://i/s\n    - -r "
     "requirements.txt\n"
     "prefix: /opt\n",
     "6:3 numpy =1.26.4 c\n7:3 scipy >=1.10,<2 c\n9:3 pandas c\n11:5 torch ==2.6.0\n"
     "12:5 [extra-index-url] https://i/s\n"},
    {"package.json",
     "{\"name\": \"x\", \"version\": \"1.0.0\",\n \"dependencies\": {\n  \"react\": \"^18\",\n"
     "  \"a\": \"github:o/a\", \"@s/b\": \"workspace:*\"\n },\n"
     " \"devDependencies\": {\"vite\": \"5.0.0\"},\n \"scripts\": {\"dependencies\": \"x\"}}\n",
     "3:3 react ^18 n\n4:3 a @github:o/a n\n4:22 @s/b @workspace:* n\n6:22 vite 5.0.0 dn\n"},
    {"package-lock.json",
     "{\"name\": \"x\", \"lockfileVersion\": 3, \"packages\": {\n  \"\": {\"name\": \"x\"},\n"
     "  \"node_modules/a\": {\"version\": \"1.0.0\", \"integrity\": \"sha512-x\"},\n"
     "  \"node_modules/a/node_modules/@s/b\": {\"version\": \"2.0.0\",\n"
     "    \"resolved\": \"git+ssh://git@h/b.git#c\", \"dependencies\": {\"z\": \"1\"}}\n}}\n",
     "3:3 a 1.0.0 =#n\n4:3 @s/b 2.0.0 @git+ssh://git@h/b.git#c =n\n"},
    {"package-lock.json",
     "{\"packages\": {\n  \"node_modules/a\": {\"version\": \"1.0.0\",\n   \"license\": \"MIT\"},\n"
     "  \"node_modules/b\": {\"version\": \"1.0.0\", \"dev\": true, \"license\": \"GPL-3.0\"}}}\n",
     "2:3 a 1.0.0 =n {MIT}3\n4:3 b 1.0.0 =dn {GPL-3.0}4\n"},
    {"x/node_modules/a/package.json",
     "{\"name\": \"a\",\n \"license\": \"AGPL-3.0-only\",\n \"version\": \"1.0.0\",\n"
     " \"dependencies\": {\"b\": \"^1\"}}\n",
     "4:19 b ^1 n\n1:1 a 1.0.0 n {AGPL-3.0-only}2\n"},
    {"a-1.0-0.json",
     "{\"build_number\": 0, \"depends\": [],\n \"license\": \"LGPL-2.1\",\n \"name\": \"a\", "
     "\"version\": \"1.0\"}\n",
     "3:2 a 1.0 c {LGPL-2.1}2\n"},
    {"METADATA",
     "Metadata-Version: 2.1\nName: a\nVersion: 1.0\nLicense: Copyright (c) 2014 x\n"
     "        all of it\nClassifier: License :: OSI Approved\n"
     "Classifier: License :: OSI Approved :: MIT License\n\nLicense: GPL\n",
     "2:1 a 1.0 = {Copyright (c) 2014 x\nMIT License}4\n"},
    {"PKG-INFO",
     "Metadata-Version: 1.1\nName: a\nVersion: 1.0\nLicense: GPL\nLicense-Expression: MIT OR "
     "Zlib\nLicense: BSD\n",
     "2:1 a 1.0 = {MIT OR Zlib}5\n"},
    {"package-lock.json",
     "{\"lockfileVersion\": 1, \"dependencies\": {\n  \"a\": {\"version\": \"1.0.0\",\n"
     "    \"dependencies\": {\n      \"b\": {\"version\": \"2.0.0\"}}}}}\n",
     "2:3 a 1.0.0 =n\n"},
    {"pip.conf",
     "[global]\nindex-url = https://i/s\nextra_index_url =\n    https://j/s\n    https://k/s\n"
     "[install]\ntrusted-host = h\n",
     "2:1 [index-url] https://i/s\n4:5 [extra-index-url] https://j/s\n"
     "5:5 [extra-index-url] https://k/s\n"},
    {"poetry.lock",
     "# made by Poetry\n[[package]]\nname = \"numpy\"\nversion = \"1.26.4\"\nfiles = [\n"
     "    {file = \"numpy.whl\", hash = \"sha256:aa\"},\n]\n\n[package.dependencies]\n"
     "name = \">=1\"\nversion = \">=2\"\n\n[[package]]\nname = \"lib\"\nversion = \"0.1\"\n\n"
     "[package.source]\ntype = \"git\"\nurl = \"https://h/lib\"\n\n[metadata]\n"
     "lock-version = \"2.0\"\nname = \"none\"\n",
     "3:1 numpy 1.26.4 =#\n14:1 lib 0.1 @https://h/lib =\n"},
    {"uv.lock",
     "version = 1\n[[package]]\nname = \"own\"\nversion = \"0.1\"\nsource = { editable = \".\" }\n"
     "dependencies = [\n    { name = \"numpy\" },\n]\n[package.metadata]\n"
     "requires-dist = [{ name = \"numpy\", specifier = \">=1\" }]\n[[package]]\n"
     "name = \"numpy\"\nversion = \"1.26.4\"\nsource = { registry = \"https://pypi.org/simple\" }\n"
     "sdist = { url = \"https://h/n.tar.gz\", hash = \"sha256:aa\", size = 1 }\n[[package]]\n"
     "name = \"g\"\nversion = \"2\"\nsource = { git = \"https://h/g?rev=main#0\" }\n",
     "3:1 own 0.1 @. =\n12:1 numpy 1.26.4 =#\n17:1 g 2 @https://h/g?rev=main#0\n"},
    {"pylock.toml",
     "lock-version = \"1.0\"\n[[packages]]\nname = \"numpy\"\nversion = \"1.26.4\"\n"
     "[[packages.wheels]]\nname = \"numpy-1.26.4.whl\"\nhashes = {sha256 = \"aa\"}\n"
     "[[packages]]\nname = \"a\"\nversion = \"1\"\n",
     "3:1 numpy 1.26.4 =#\n9:1 a 1 =\n"},
    {"conda-lock.yml",
     "version: 1\nmetadata:\n  channels:\n  - url: conda-forge\npackage:\n- name: numpy\n"
     "  version: 1.26.4\n  manager: conda\n  dependencies:\n    python: '>=3.11'\n"
     "  hash:\n    sha256: aa\n- name: torch\n  version: 2.0.0\n  manager: pip\n",
     "6:3 numpy 1.26.4 =#c\n13:3 torch 2.0.0 =\n"},
    {"conda-linux-64.lock",
     "# platform: linux-64\n@EXPLICIT\n"
     "https://conda.anaconda.org/conda-forge/linux-64/scikit-learn-1.3.0-py311_0.conda#aa\n",
     "3:1 scikit-learn 1.3.0 =#c\n"},
};

static void formats(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        wrong += !told_is(samples[i].name, samples[i].text, samples[i].want);
    assert_int_equal(wrong, 0);
}

/* What is broken is passed over; what stands around it is told. */
static const struct sample damaged[] = {
    {"pyproject.toml",
     "[project]\ndependencies = [\"a==1\"]\n<<<<<<< HEAD\nx = 1\n[dependency-groups]\n"
     "t = [\"b==1\"]\n{{ y }}\n[tool.poetry.dependencies]\nc = \"1\"\nd = {\n",
     "2:17 a ==1\n6:6 b ==1 d\n9:1 c 1\n10:1 d\n"},
    {"Pipfile", "[packages]\na = \"==1\"\na = \"==2\"\n[packages]\nb = \"*\"\n[dev-packages\nc",
     "2:1 a ==1\n5:1 b *\n"},
    {"requirements.txt", "<<<<<<< HEAD\ntorch==2.0\n=======\n!x\nnumpy[\na b c\nlast",
     "2:1 torch ==2.0\n7:1 last\n"},
    {"requirements.txt", "a==1 \\", "1:1 a ==1\n"},
    {"requirements.txt", "# a \\\nb\n", "2:1 b\n"},
    {"requirements.txt", "-r\n--extra-index-url\n-e\n", ""},
    {"poetry.lock", "[[package]]\nname = \"a\n[[package]]\nversion = \"1\"\n", "2:1 a\n"},
    {"environment.yml", "dependencies: [numpy\nchannels: {\n- x\n", ""},
    {"setup.cfg", "[options\ninstall_requires = a\n[\n[]\n x\n= y\n", "2:1 a\n"},
    {"setup.py", "a = b\nb = a + a\na += b\nsetup(install_requires=[a, 'x', *b], **c)\nsetup(",
     "4:28 x\n"},
};

static void broken(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(damaged); i++)
        wrong += !told_is(damaged[i].name, damaged[i].text, damaged[i].want);
    assert_int_equal(wrong, 0);
}

static void truncated_and_flipped(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT_OF(samples); s++) {
        size_t len = strlen(samples[s].text);
        for (size_t n = 0; n < len; n++)
            for (unsigned bit = 0; bit < 9; bit++) {
                struct told_packages t;
                size_t size = bit < 8 ? len : n;
                char *text = malloc(size + !size); /* ends where the text ends */
                assert_non_null(text);
                memcpy(text, samples[s].text, size);
                if (bit < 8) text[n] = (char)(text[n] ^ 1 << bit);
                struct slice bytes = slice_of(text, size);
                assert_int_equal(read_packages(&t, samples[s].name, bytes, (size_t)8 << 20), ST_OK);
                buf_done(&t.text);
                free(text);
            }
    }
}

/* Memory that runs out is told: never fewer packages in silence. */
static void memory(void **state)
{
    (void)state;
    for (size_t s = 0; s < COUNT_OF(samples); s++) {
        size_t refused = 0;
        bool enough = false;
        for (size_t cap = 0; cap < 200000 && !enough; cap += 97) {
            struct told_packages t;
            enum st st = read_packages(&t, samples[s].name, slice_str(samples[s].text), cap);
            assert_true(st == ST_OK || st == ST_NOMEM);
            enough = st == ST_OK && !t.unread;
            refused += !enough;
            if (enough) assert_string_equal(buf_text(&t.text), samples[s].want);
            buf_done(&t.text);
        }
        assert_true(refused > 2);
        assert_true(enough);
    }
}

/* Time and memory stay in proportion to the text. */
static void hostile(void **state)
{
    (void)state;
    static const char *const pieces[][2] = {
        {"requirements.txt", "a\\\n"},
        {"requirements.txt", "a==1\n"},
        {"requirements.txt", " --hash"},
        {"requirements.txt", "a @ "},
        {"requirements.txt", "https://@"},
        {"pyproject.toml", "[a."},
        {"pyproject.toml", "[[a]]\n"},
        {"pyproject.toml", "[a\n"},
        {"Pipfile", "[packages]\na=1\n"},
        {"setup.cfg", "[options]\na=\n b\n"},
        {"setup.py", "a=a+a\n"},
        {"setup.py", "setup(install_requires=a+a);a=[a]\n"},
        {"setup.py", "a='x'+a\nsetup(install_requires=[a])\n"},
        {"environment.yml", "- pip:\n"},
        {"environment.yml", "dependencies:\n - a=b=c\n"},
        {"package.json", "{\"dependencies\":"},
        {"package-lock.json", "{\"node_modules/\":"},
        {"Pipfile.lock", "[{"},
        {"poetry.lock", "[[package]]\nname=\"a\"\n"},
        {"uv.lock", "source = {"},
        {"conda-lock.yml", "- name: a\n"},
        {"conda-linux-64.lock", "http-"},
        {"pip.conf", "[global]\nindex-url=http://a\n"},
    };
    for (size_t i = 0; i < COUNT_OF(pieces); i++) {
        struct told_packages t;
        struct buf b;
        buf_init(&b, (size_t)2 << 20);
        while (b.n < 300000) buf_str(&b, pieces[i][1]);
        enum st st = read_packages(&t, pieces[i][0], buf_slice(&b), (size_t)256 << 20);
        if (st != ST_OK) print_error("%s %s\n", pieces[i][0], pieces[i][1]);
        assert_int_equal(st, ST_OK);
        buf_done(&t.text);
        buf_done(&b);
    }
}

/* More packages than are kept: those that are kept are told, and that there are others. */
static void too_many(void **state)
{
    (void)state;
    struct told_packages t;
    struct buf b;
    buf_init(&b, (size_t)2 << 20);
    for (int i = 0; i < 60000; i++) buf_printf(&b, "a%d==1\n", i);
    assert_int_equal(read_packages(&t, "requirements.txt", buf_slice(&b), (size_t)256 << 20),
                     ST_OK);
    assert_int_equal(t.count, 50000);
    assert_true(t.unread > 0);
    buf_done(&t.text);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats),
        cmocka_unit_test(broken),
        cmocka_unit_test(truncated_and_flipped),
        cmocka_unit_test(memory),
        cmocka_unit_test(hostile),
        cmocka_unit_test(too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
