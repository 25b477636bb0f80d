/* SPDX-License-Identifier: Apache-2.0 */
/* test_modules.c - Python files: which are, and what is told about them. */
#include "read/code/code.h"
#include "read/readers.h"
#include "told.h"

static void see_notebook(struct told *t, const struct notebook *n)
{
    buf_str(&t->text, "NOTEBOOK");
    for (size_t i = 0; i < n->count; i++) {
        const struct notebook_cell *c = &n->cells[i];
        buf_printf(&t->text, "%s %u:%u-%u %lld/%lld%s", i ? "," : "", c->number, c->line, c->until,
                   (long long)c->count, (long long)c->output_count, c->hidden ? " hidden" : "");
    }
    if (n->trusted) buf_printf(&t->text, " trusted@%u", n->trusted);
    if (n->argv) buf_printf(&t->text, " argv@%u %.*s", n->argv, SLICE_ARG(n->argv_text));
    buf_byte(&t->text, '\n');
}

/* "kind:name@line" of each name, attribute and magic of the module */
static void see_module(void *ctx, const struct reading *r, const struct event *ev)
{
    struct told *t = ctx;
    if (ev->kind == EV_COMMAND) {
        const struct command *c = ev->command;
        buf_printf(&t->text, "COMMAND %u%s", c->line, c->piped ? " |" : "");
        for (size_t i = 0; i < c->count; i++) buf_printf(&t->text, " %.*s", SLICE_ARG(c->words[i]));
        buf_byte(&t->text, '\n');
        return;
    }
    if (ev->kind == EV_OUTPUT) {
        const struct notebook_output *o = ev->output;
        buf_printf(&t->text, "OUTPUT %u %.*s %u %.*s\n", o->cell, SLICE_ARG(o->mime), o->lines[0],
                   SLICE_ARG(o->text));
        return;
    }
    if (ev->kind == EV_NOTEBOOK) {
        see_notebook(t, ev->notebook);
        return;
    }
    if (ev->kind != EV_MODULE) {
        told_event(ctx, r, ev);
        return;
    }
    const struct code_module *m = ev->module;
    buf_printf(&t->text, "MODULE%s%s", m->notebook ? " notebook" : "",
               m->startup ? " startup" : "");
    for (uint32_t i = 1; i < m->tree->node_count; i++) {
        const struct py_node *n = &m->tree->nodes[i];
        uint32_t line = m->lines ? m->lines[n->line - 1] : n->line;
        if (n->kind == PN_NAME || n->kind == PN_ATTR)
            buf_printf(&t->text, " %.*s@%u", SLICE_ARG(n->text), line);
    }
    for (size_t i = 0; i < m->tree->stmt_count; i++) {
        const struct py_stmt *s = &m->tree->stmts[i];
        uint32_t line = m->lines ? m->lines[s->line - 1] : s->line;
        if (s->kind == PS_MAGIC || s->kind == PS_IMPORT)
            buf_printf(&t->text, " %.*s@%u", SLICE_ARG(s->text), line);
    }
    buf_printf(&t->text, " %zu\n", m->tree->error_count);
}

static enum st read_as(struct told *t, const char *name, struct slice bytes, size_t cap,
                       size_t chunk)
{
    struct budget budget;
    struct arena arena;
    budget_defaults(&budget);
    *t = (struct told){0};
    buf_init(&t->text, 4u << 20);
    arena_init(&arena, cap, chunk);
    struct reading r = {
        .arena = &arena, .budget = &budget, .emit = see_module, .emit_ctx = t, .content = true};
    enum st st = reading_run(&r, slice_str(name), bytes, false);
    arena_done(&arena);
    return st;
}

static void check(const char *name, struct slice bytes, const char *expected)
{
    struct told t;
    assert_int_equal(read_as(&t, name, bytes, 64u << 20, 64u << 10), ST_OK);
    bool there = strstr(buf_text(&t.text), expected) != NULL;
    if (!there) fail_msg("%s: no \"%s\" in\n%s", name, expected, buf_text(&t.text));
    told_done(&t);
}

static bool is_module(const char *name, struct slice bytes)
{
    struct told t;
    assert_int_equal(read_as(&t, name, bytes, 64u << 20, 64u << 10), ST_OK);
    bool there = strstr(buf_text(&t.text), "MODULE") != NULL;
    told_done(&t);
    return there;
}

static void modules_are_told(void **state)
{
    (void)state;
    check("a.py", S("import os\nos.system(x)\n"), "MODULE os@2 system@2 x@2 os@1 0\n");
    check("a.pyi", S("x: int"), "MODULE x@1 int@1 0\n");
    check("a.py", S("\xef\xbb\xbfx\r\n\r\ny"), "MODULE x@1 y@3 0\n");
    check("a.py", S("\xff\xfex\0\n\0y\0"), "MODULE x@1 y@2 0\n");
    check("a.py", S("x = (\n"), "MODULE x@1 1\n");
    check("a.py", S("x\n"), " BLOCK 0 0 rows");
}

static void names_are_taken_in_their_compatibility_form(void **state)
{
    (void)state;
    /* mathematical script and full-width letters; a long s; an umlaut stays */
    check("a.py", S("\xf0\x9d\x93\xae\xf0\x9d\x94\xb3\xef\xbd\x81l(o\xc5\xbf.\xc3\xa4)"),
          "MODULE eval@1 os@1 \xc3\xa4@1 0\n");
    check("a.py", S("x\xff = y"), "y@1 0\n");
}

static void modules_are_recognised(void **state)
{
    (void)state;
    assert_true(is_module("run", S("#!/usr/bin/env python3\nx\n")));
    assert_true(is_module("run", S("# about\n\nfrom a.b import c\n")));
    assert_true(is_module("run", S("import os, sys\nx\n")));
    assert_true(is_module("x.py", S("#!/bin/sh\nx\n")));
    assert_false(is_module("run", S("#!/bin/sh\nimport os\n")));
    assert_false(is_module("README", S("import things are sold here\n")));
    assert_false(is_module("README", S("from here on import duties\n")));
    assert_false(is_module("a.txt", S("import os\n")));
}

static void startup_lines_are_told(void **state)
{
    (void)state;
    check("a.pth", S("./src\nimport os; os.x\n# import y\n/lib\nimport\tz"),
          "MODULE startup os@2 x@2 os@2 z@5 0\n");
    assert_false(is_module("a.pth", S("./src\n../import me\n")));
}

static void too_much_is_told(void **state)
{
    struct buf b;
    (void)state;
    buf_init(&b, 1 << 20);
    buf_fill(&b, '[', 5000);
    buf_str(&b, "\nimport os\n");
    check("a.py", buf_slice(&b), " UNREAD 2 Python too long");
    check("a.py", buf_slice(&b), " os@2 1\n"); /* and what follows is read */
    buf_done(&b);
}

#define CELL(source) "{\"cell_type\": \"code\", \"metadata\": {}, \"source\": " source "}"
#define BOOK(cells)  "{\"nbformat\": 4,\n\"cells\": [\n" cells "],\n\"metadata\": {}}"

static void cells_are_one_module(void **state)
{
    (void)state;
    check("a.ipynb",
          S(BOOK("{\"source\": [\"import os\\n\",\n  \"os.a(x)\"], \"cell_type\": \"code\"},\n"
                 "{\"cell_type\": \"markdown\", \"source\": \"y\"},\n" CELL(
                     "\"\\n  z\\n\\n  os\\n\""))),
          "MODULE notebook os@4 a@4 x@4 z@6 os@6 os@3 0\n");
    /* everything on one line */
    check("a.ipynb",
          S("{\"cells\": [" CELL("[\"a\\n\",\"b\"]") "," CELL("\"c = (\"") "," CELL("\"d\"") "]}"),
          "MODULE notebook a@1 b@1 c@1 d@1 1\n");
    /* nbformat 3 */
    check("a.ipynb",
          S("{\"worksheets\": [{\"cells\": [\n{\"cell_type\": \"code\", \"input\": "
            "[\n\"a\\n\",\n\"b\"],"
            " \"language\": \"python\"}]}], \"nbformat\": 3}"),
          "MODULE notebook a@3 b@4 0\n");
    check("a.ipynb", S(BOOK(CELL("\">>> a\\n... b\\n\"") "," CELL("\"c\\u0000\\r\\nd\""))),
          "MODULE notebook a@3 b@3 c@3 d@3 0\n");
}

static void magics_are_commands(void **state)
{
    (void)state;
    check("a.ipynb", S(BOOK(CELL("[\"!pip install x\\n\",\n\"y = !ls\\n\",\n\"%pip install z\"]"))),
          "MODULE notebook y@4 !pip install x@3 !ls@4 %pip install z@5 0\n"
          "COMMAND 3 pip install x\nCOMMAND 4 ls\nCOMMAND 5 pip install z\n");
    check("a.ipynb", S(BOOK(CELL("[\"%%bash\\n\",\n\"a b |\\n\",\n\"c\"]"))),
          "COMMAND 4 a b\nCOMMAND 5 | c\n");
    check("a.ipynb", S(BOOK(CELL("[\"%%time\\n\",\n\"a(b)\"]"))),
          "MODULE notebook a@4 b@4 %%time@3 0\n");
    check("a.ipynb", S(BOOK(CELL("[\"%%sql\\n\",\n\"a(b)\"]"))),
          "MODULE notebook %%sql\na(b)\n@3 0\n");
}

static void other_languages_are_no_modules(void **state)
{
    (void)state;
    assert_false(
        is_module("a.ipynb", S("{\"cells\": [" CELL("\"a\"") "], \"metadata\": {\"kernelspec\": "
                                                             "{\"language\": \"R\"}}}")));
    assert_false(
        is_module("a.ipynb", S("{\"cells\": [" CELL("\"a\"") "], \"metadata\": {\"language_info\": "
                                                             "{\"name\": \"julia\"}}}")));
    assert_true(
        is_module("a.ipynb", S("{\"cells\": [" CELL("\"a\"") "], \"metadata\": {\"language_info\": "
                                                             "{\"name\": \"python\"}}}")));
    check("a.ipynb",
          S("{\"cells\": [" CELL(
              "\"a b\"") "], \"metadata\": {\"kernelspec\": {\"name\": \"bash\"}}}"),
          "COMMAND 1 a b\n");
}

static void outputs_and_facts_are_told(void **state)
{
    (void)state;
    check("a.ipynb",
          S(BOOK("{\"cell_type\": \"code\", \"execution_count\": 3, \"metadata\": {\"tags\": "
                 "[\"hide-input\"]},\n"
                 "\"outputs\": [{\"data\": {\"text/html\": [\"<b>\\n\",\n\"<i>\"], \"text/plain\": "
                 "[\"no\"]},\n"
                 "\"execution_count\": 4}], \"source\": [\"a\\n\",\n\"b\"]},\n" CELL("\"c\""))),
          "OUTPUT 1 text/html 4 <b>\n<i>\nNOTEBOOK 1:6-7 3/4 hidden, 2:8-8 -1/-1\n");
    check("a.ipynb",
          S("{\"cells\": [], \"metadata\": {\n\"trusted\": true, \"kernelspec\": {\n\"argv\": "
            "[\"sh\", \"x\"],"
            "\"name\": \"p\"}}}"),
          "NOTEBOOK trusted@2 argv@3 [\"sh\", \"x\"]\n");
}

static void encodings_that_hide_code_are_told(void **state)
{
    (void)state;
    check("a.py", S("#!/usr/bin/python\n# -*- coding: unicode_escape -*-\n# \\nimport os\n"),
          " UNREAD 1 Python in the encoding unicode_escape");
    check("a.py", S("# vim: set fileencoding=UTF-7 :\n+AGE-\n"),
          " UNREAD 1 Python in the encoding UTF-7");
    check("a.py", S("# coding: utf-8\nx\n"), "MODULE x@2 0\n");
    struct told t;
    assert_int_equal(read_as(&t, "a.py", S("# coding: utf-8\n# coding: rot13\nx\n# coding: hex"),
                             64u << 20, 64u << 10),
                     ST_OK);
    assert_int_equal(t.unread, 0);
    told_done(&t);
}

static void memory_may_end(void **state)
{
    (void)state;
    static const char book[] = BOOK(CELL("[\"a\\n\", \"!b\"]") "," CELL("\"%%bash\\nx\\n\""));
    struct slice text = S("import os\nx = f'{os.a}' 'b\\n'\nwith a as b: \xef\xbd\x81\n");
    for (size_t cap = 1000; cap < (3u << 20); cap += cap / 3) {
        struct told t;
        assert_int_equal(read_as(&t, "a.py", text, cap, 0), ST_OK);
        assert_true(strstr(buf_text(&t.text), "MODULE") || strstr(buf_text(&t.text), "UNREAD"));
        told_done(&t);
        assert_int_equal(read_as(&t, "a.ipynb", slice_str(book), cap, 0), ST_OK);
        assert_true(strstr(buf_text(&t.text), "COMMAND 3 x") ||
                    strstr(buf_text(&t.text), "UNREAD"));
        told_done(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modules_are_told),
        cmocka_unit_test(names_are_taken_in_their_compatibility_form),
        cmocka_unit_test(modules_are_recognised),
        cmocka_unit_test(startup_lines_are_told),
        cmocka_unit_test(too_much_is_told),
        cmocka_unit_test(cells_are_one_module),
        cmocka_unit_test(magics_are_commands),
        cmocka_unit_test(other_languages_are_no_modules),
        cmocka_unit_test(outputs_and_facts_are_told),
        cmocka_unit_test(encodings_that_hide_code_are_told),
        cmocka_unit_test(memory_may_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
