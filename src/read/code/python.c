/* SPDX-License-Identifier: Apache-2.0 */
/* python.c - a file of Python: its text as lines, and the module that it is.
 *
 * Identifiers are taken in their compatibility form, as Python does, when that form is ASCII: what
 * is written in mathematical letters is the same name to an import. */
#include "base/ascii.h"
#include "base/utf8.h"
#include "port/utf8proc/unfold.h"
#include "read/code/python_file.h"
#include "read/data/card.h"
#include "read/text/source.h"
#include "read/text/text.h"

static struct slice fold(struct arena *arena, struct slice name)
{
    struct arena_mark mark = arena_mark(arena);
    uint8_t *out = arena_room(arena, name.n * UNFOLD_MAX, 1);
    size_t n = 0;
    for (size_t at = 0, step; out && at < name.n; at += step) {
        uint32_t code, forms[UNFOLD_MAX];
        step = utf8_next(name, at, &code);
        size_t count = step ? unfold(code, forms) : 0;
        for (size_t i = 0; i < count && out; i++) {
            if (forms[i] < 0x80)
                out[n++] = (uint8_t)forms[i];
            else
                out = NULL;
        }
        if (!count) out = NULL;
    }
    if (out) return slice_of(out, n);
    arena_rewind(arena, mark);
    return name;
}

enum st module_tell(struct reading *r, struct code_module *m, module_after_fn *after)
{
    struct py_module tree;
    struct arena_mark mark = arena_mark(r->arena);
    if (!budget_work(r->budget, 1 + m->text.n / 16)) return ST_LIMIT;
    enum st st = python_parse_folded(m->text, m->notebook, fold, r->arena, &tree);
    if (st == ST_LIMIT)
        tell_unread(r, UNREAD_LIMIT, tree.unread, m->text.n - tree.unread,
                    "Python too long, or nested too deep, to be understood");
    if (st == ST_OK || st == ST_LIMIT) {
        m->tree = &tree;
        tell(r, &(struct event){.kind = EV_MODULE, .line = 1, .module = m});
        st = after ? after(r, m, &tree) : ST_OK;
        m->tree = NULL;
    }
    arena_rewind(r->arena, mark);
    return st;
}

/* The name behind "coding:" or "coding=" in a comment of the first two lines (PEP 263). */
static struct slice declared(struct slice text)
{
    struct slice line;
    for (unsigned i = 0; i < 2 && slice_split(&text, '\n', &line); i++) {
        size_t at = slice_find(line, S("coding"));
        if (!slice_starts(slice_trim(line), S("#")) || at == SIZE_MAX || at + 6 >= line.n) continue;
        if (line.p[at + 6] != ':' && line.p[at + 6] != '=') continue;
        struct slice name = slice_trim(slice_sub(line, at + 7, line.n));
        size_t n = 0;
        while (n < name.n &&
               (ascii_alnum(name.p[n]) || name.p[n] == '-' || name.p[n] == '_' || name.p[n] == '.'))
            n++;
        return slice_sub(name, 0, n);
    }
    return S("");
}

/* Encodings in which ASCII bytes say something else: code in them looks like a comment or a string.
 * "# coding: unicode_escape" makes a line end of every \n in a comment. */
static void hidden_encoding(const struct reading *r, struct slice text)
{
    static const char *const begins[] = {
        "unicode", "raw",     "utf-7",  "utf_7", "utf7",   "u7",     "rot",   "puny",
        "idna",    "hex",     "base64", "zlib",  "zip",    "bz2",    "uu",    "quopri",
        "hz",      "iso2022", "cp037",  "cp500", "cp1026", "cp1140", "string"};
    struct slice name = declared(text);
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        struct slice begin = slice_str(begins[i]);
        if (!name.n || !slice_eq_nocase(slice_sub(name, 0, begin.n), begin)) continue;
        tell_unread(r, UNREAD_UNSUPPORTED, 0, text.n,
                    "Python in the encoding %.*s, which says something else than its bytes",
                    SLICE_ARG(name));
        return;
    }
}

enum st python_read(struct reading *r)
{
    struct source s = {0};
    tell_format(r, FMT_PYTHON, NULL);
    dataset_script(r);
    enum st st = lines_read(r);
    if (st == ST_OK) st = source_open(&s, r, SOURCE_TEXT);
    struct code_module m = {.text = s.text};
    if (st == ST_OK) hidden_encoding(r, s.text);
    return st == ST_OK ? module_tell(r, &m, NULL) : st;
}

/* ---- what runs when Python starts ---- */

static bool runs(struct slice line)
{
    return slice_starts(line, S("import ")) || slice_starts(line, S("import\t"));
}

/* The other lines become blanks, so that places stay what they are. */
enum st startup_read(struct reading *r)
{
    struct slice rest = r->layer->bytes, line;
    uint8_t *text = arena_room(r->arena, rest.n, 1);
    size_t at = 0;
    bool any = false;
    if (!text) return ST_NOMEM;
    memset(text, ' ', rest.n);
    for (size_t size = rest.n; slice_split(&rest, '\n', &line); at += line.n + 1) {
        any |= runs(line);
        if (runs(line)) memcpy(text + at, line.p, line.n);
        if (at + line.n < size) text[at + line.n] = '\n';
    }
    struct code_module m = {.text = slice_of(text, r->layer->bytes.n), .startup = true};
    return any ? module_tell(r, &m, NULL) : ST_OK;
}
