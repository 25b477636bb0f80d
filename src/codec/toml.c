/* SPDX-License-Identifier: Apache-2.0 */
/* toml.c - keys, tables and arrays (toml.io/en/v1.0.0).
 *
 * What may be said twice is the hard part of the language. Each table remembers how it came to be:
 *   IMPLICIT  named on the way to another: [a.b] makes a      may still get a header of its own
 *   HEADER    [a]                                             only sub-tables may follow
 *   DOTTED    a.b = 1 makes a                                 more dotted keys in the same place
 *   CLOSED    { ... } and [ ... ]                             complete as written
 *   MANY      [[a]]                                           each header adds one
 */
#include "codec/toml_part.h"
#include "base/st.h"
#include "base/utf8.h"

#define INPUT_MAX (1u << 20)
#define NODES_MAX 16384
#define KEYS_MAX  1024
#define DEPTH_MAX 32

enum how { IMPLICIT = 1, HEADER = 2, DOTTED = 4, CLOSED = 8, MANY = 16 };

/* ---- bytes ---- */

int toml_peek(const struct toml *t, size_t ahead)
{
    return t->at + ahead < t->in.n ? t->in.p[t->at + ahead] : -1;
}

void toml_step(struct toml *t)
{
    if (t->at >= t->in.n) return;
    if (t->in.p[t->at++] != '\n') return;
    t->line++;
    t->line_at = t->at;
}

bool toml_fail(struct toml *t, const char *what, const char *fix)
{
    if (t->error->what) return false;
    size_t column = 1 + utf8_width(slice_sub(t->in, t->line_at, t->at - t->line_at));
    *t->error = (struct toml_error){
        .line = t->line, .column = column, .what = what, .fix = fix, .st = ST_MALFORMED};
    return false;
}

bool toml_stop(struct toml *t, enum st st, const char *what)
{
    bool first = !t->error->what;
    (void)toml_fail(t, what, "shorten it");
    if (first) t->error->st = st;
    return false;
}

void toml_blanks(struct toml *t)
{
    while (toml_peek(t, 0) == ' ' || toml_peek(t, 0) == '\t') t->at++;
}

static bool at_newline(const struct toml *t)
{
    int c = toml_peek(t, 0);
    return c == '\n' || (c == '\r' && toml_peek(t, 1) == '\n');
}

static bool comment(struct toml *t)
{
    if (toml_peek(t, 0) != '#') return true;
    for (; toml_peek(t, 0) >= 0 && !at_newline(t); t->at++) {
        int c = toml_peek(t, 0);
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return toml_fail(t, "a control character in a comment", "remove it");
    }
    return true;
}

/* White space, comments and line ends. */
static bool gaps(struct toml *t)
{
    for (;;) {
        toml_blanks(t);
        if (!comment(t)) return false;
        if (!at_newline(t)) return true;
        if (toml_peek(t, 0) == '\r') t->at++;
        toml_step(t);
    }
}

static bool line_end(struct toml *t)
{
    toml_blanks(t);
    if (!comment(t)) return false;
    if (toml_peek(t, 0) < 0 || at_newline(t)) return true;
    return toml_fail(t, "something follows the value", "one key = value a line; text needs quotes");
}

/* ---- nodes ---- */

static struct toml_node *node(struct toml *t, enum toml_kind kind)
{
    struct toml_node *n = t->nodes < NODES_MAX ? ARENA_NEW(t->arena, struct toml_node) : NULL;
    enum st st = t->nodes < NODES_MAX ? ST_NOMEM : ST_LIMIT;
    if (!n) return toml_stop(t, st, "too many values for a configuration"), NULL;
    t->nodes++;
    n->kind = kind;
    n->line = t->line;
    n->column = 1 + utf8_width(slice_sub(t->in, t->line_at, t->at - t->line_at));
    return n;
}

static bool attach(struct toml *t, struct toml_node *parent, struct toml_node *n)
{
    if (parent->kind == TOML_TABLE && parent->count == KEYS_MAX)
        return toml_stop(t, ST_LIMIT, "too many keys in one table");
    if (parent->last)
        parent->last->next = n;
    else
        parent->first = n;
    parent->last = n;
    parent->count++;
    return true;
}

struct toml_node *toml_get(const struct toml_node *table, struct slice key)
{
    if (!table || table->kind != TOML_TABLE) return NULL;
    for (struct toml_node *n = table->first; n; n = n->next)
        if (slice_eq(n->key, key)) return n;
    return NULL;
}

static struct toml_node *add_table(struct toml *t, struct toml_node *in, struct slice key,
                                   enum how how)
{
    struct toml_node *n = node(t, TOML_TABLE);
    if (!n) return NULL;
    n->key = key;
    n->how = how;
    return attach(t, in, n) ? n : NULL;
}

/* ---- keys ---- */

static bool is_bare(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

static bool key_part(struct toml *t, struct slice *ret)
{
    int c = toml_peek(t, 0);
    if (c == '"' || c == '\'') return toml_string(t, false, ret);
    size_t from = t->at;
    while (is_bare(toml_peek(t, 0))) t->at++;
    *ret = slice_sub(t->in, from, t->at - from);
    if (ret->n) return true;
    return toml_fail(t, "no key here", "a key is letters, digits, - and _, or stands in quotes");
}

/* After a part: is there another one behind a dot? */
static bool more_parts(struct toml *t)
{
    toml_blanks(t);
    if (toml_peek(t, 0) != '.') return false;
    t->at++;
    toml_blanks(t);
    return true;
}

static bool twice(struct toml *t, const struct toml_node *n)
{
    (void)toml_fail(t, "this key is set twice", "keep one of them");
    t->error->line = n->line;
    t->error->column = n->column;
    return false;
}

/* a.b.c = on the left of a value: the table that gets c. */
static struct toml_node *dotted(struct toml *t, struct toml_node *table, struct slice *ret_key)
{
    for (;;) {
        if (!key_part(t, ret_key)) return NULL;
        if (!more_parts(t)) return table;
        struct toml_node *n = toml_get(table, *ret_key);
        if (n && (n->kind != TOML_TABLE || !(n->how & DOTTED)))
            return toml_fail(t, "a dotted key reaches into something that is complete already",
                             "put the key where that table is defined"),
                   NULL;
        table = n ? n : add_table(t, table, *ret_key, DOTTED);
        if (!table) return NULL;
    }
}

/* ---- values ---- */

static bool open_or_scalar(struct toml *t, struct toml_node *n)
{
    int c = toml_peek(t, 0);
    if (c == '[' || c == '{') {
        n->kind = c == '[' ? TOML_ARRAY : TOML_TABLE;
        n->how = CLOSED;
        t->at++;
        return true;
    }
    if (c == '"' || c == '\'') {
        n->kind = TOML_STRING;
        return toml_string(t, true, &n->text);
    }
    return toml_scalar(t, n);
}

/* The next element of an array; *ret is NULL behind the closing bracket. */
static bool array_next(struct toml *t, struct toml_node *array, struct toml_node **ret)
{
    *ret = NULL;
    if (!gaps(t)) return false;
    if (array->first && toml_peek(t, 0) == ',') {
        t->at++;
        if (!gaps(t)) return false;
    } else if (array->first && toml_peek(t, 0) != ']') {
        return toml_fail(t, "a comma or ] is missing in an array", "separate values with commas");
    }
    if (toml_peek(t, 0) == ']') return t->at++, true;
    *ret = node(t, TOML_STRING);
    return *ret && attach(t, array, *ret);
}

static bool equals(struct toml *t)
{
    toml_blanks(t);
    if (toml_peek(t, 0) != '=') return toml_fail(t, "no = behind the key", "write key = value");
    t->at++;
    toml_blanks(t);
    if (toml_peek(t, 0) < 0 || at_newline(t) || toml_peek(t, 0) == '#')
        return toml_fail(t, "no value behind the =", "write key = value on one line");
    return true;
}

/* key = , and the node for what follows. */
static bool key_equals(struct toml *t, struct toml_node *table, struct toml_node **ret)
{
    struct slice key;
    struct toml_node *n = node(t, TOML_STRING);
    table = n ? dotted(t, table, &key) : NULL;
    if (!table) return false;
    if (toml_get(table, key)) return twice(t, n);
    n->key = key;
    *ret = n;
    return attach(t, table, n) && equals(t);
}

static bool inline_next(struct toml *t, struct toml_node *table, struct toml_node **ret)
{
    *ret = NULL;
    toml_blanks(t);
    bool first = !table->first;
    if (toml_peek(t, 0) == '}') return t->at++, true;
    if (!first && toml_peek(t, 0) != ',')
        return toml_fail(t, "a comma or } is missing in an inline table",
                         "an inline table stands on one line, with commas between its keys");
    if (!first) t->at++;
    toml_blanks(t);
    return key_equals(t, table, ret);
}

static bool value(struct toml *t, struct toml_node *n)
{
    struct toml_node *open[DEPTH_MAX];
    size_t depth = 0;
    for (;;) {
        if (n && !open_or_scalar(t, n)) return false;
        if (n && n->how == CLOSED) {
            if (depth == DEPTH_MAX)
                return toml_fail(t, "arrays and tables too deep in each other", "make it flatter");
            open[depth++] = n;
        }
        if (!depth) return true;
        struct toml_node *in = open[depth - 1];
        bool ok = in->kind == TOML_ARRAY ? array_next(t, in, &n) : inline_next(t, in, &n);
        if (!ok) return false;
        if (!n) depth--;
        if (!depth) return true;
    }
}

/* ---- headers ---- */

static struct toml_node *walk_header(struct toml *t, struct toml_node *in, struct slice key)
{
    struct toml_node *n = toml_get(in, key);
    if (!n) return add_table(t, in, key, IMPLICIT);
    if (n->kind == TOML_ARRAY && n->how == MANY) return n->last;
    if (n->kind == TOML_TABLE && n->how != CLOSED) return n;
    return toml_fail(t, "the header reaches into a value", "rename one of them"), NULL;
}

static struct toml_node *one_header(struct toml *t, struct toml_node *in, struct slice key)
{
    struct toml_node *n = toml_get(in, key);
    if (!n) return add_table(t, in, key, HEADER);
    if (n->kind != TOML_TABLE || n->how != IMPLICIT)
        return toml_fail(t, "this table is defined twice",
                         "merge the two, or use [[name]] for both"),
               NULL;
    n->how = HEADER;
    return n;
}

static struct toml_node *many_header(struct toml *t, struct toml_node *in, struct slice key)
{
    struct toml_node *array = toml_get(in, key);
    if (array && (array->kind != TOML_ARRAY || array->how != MANY))
        return toml_fail(t, "[[name]] names something that is no list of tables", "rename one"),
               NULL;
    if (!array) {
        array = node(t, TOML_ARRAY);
        if (!array || !attach(t, in, array)) return NULL;
        array->key = key;
        array->how = MANY;
    }
    return add_table(t, array, S(""), HEADER);
}

static bool header(struct toml *t)
{
    struct toml_node *in = t->root;
    struct slice key;
    t->at++;
    bool many = toml_peek(t, 0) == '[';
    if (many) t->at++;
    toml_blanks(t);
    for (;;) {
        if (!key_part(t, &key)) return false;
        if (!more_parts(t)) break;
        in = walk_header(t, in, key);
        if (!in) return false;
    }
    t->table = many ? many_header(t, in, key) : one_header(t, in, key);
    if (!t->table) return false;
    for (int i = 0; i < 1 + many; i++, t->at++)
        if (toml_peek(t, 0) != ']')
            return toml_fail(t, "a header without its closing bracket",
                             many ? "write [[name]]" : "write [name]");
    return line_end(t);
}

struct toml_node *toml_parse(struct slice in, struct arena *arena, struct toml_error *ret_error)
{
    struct toml t = {.in = in, .arena = arena, .line = 1, .error = ret_error};
    *ret_error = (struct toml_error){0};
    if (slice_starts(in, S("\xef\xbb\xbf"))) t.at = t.line_at = 3;
    t.root = t.table = node(&t, TOML_TABLE);
    if (in.n > INPUT_MAX) toml_stop(&t, ST_LIMIT, "too long for a configuration");
    if (!utf8_valid(in)) toml_fail(&t, "not UTF-8 text", "save the file as UTF-8");
    while (!ret_error->what && gaps(&t) && toml_peek(&t, 0) >= 0) {
        struct toml_node *n;
        if (toml_peek(&t, 0) == '[')
            (void)header(&t);
        else if (key_equals(&t, t.table, &n) && value(&t, n))
            (void)line_end(&t);
    }
    ret_error->before = t.root;
    return ret_error->what ? NULL : t.root;
}

const char *toml_kind_name(enum toml_kind kind)
{
    static const char *const names[] = {"a string", "a whole number", "a number", "true or false",
                                        "a date",   "an array",       "a table"};
    return kind < COUNT_OF(names) ? names[kind] : "a value";
}
