/* SPDX-License-Identifier: Apache-2.0 */
/* globals.c - from a module and a name to what Merlon knows about the two.
 *
 * Problem  "os" + "system", "nt" + "system", "torch" + "serialization.load" and
 *          "torch.serialization" + "load" are four spellings of two things.
 * Idea     the key is the whole path, "torch.serialization.load". One sorted table holds exact
 *          rows and wildcards ("torch.hub.*"); shorter and shorter prefixes of the path are looked
 *          up, so that an attribute of something dangerous is found under its owner.
 * Limits   names are cut at KEY_MAX: no row is that long, but prefixes still match. A name of more
 *          than PARTS_MAX parts is dangerous as such, so that work is PARTS_MAX^2 x log2(rows). */
#include "base/ascii.h"
#include "finding/tables.h"
#include "base/st.h"

#define KEY_MAX   400 /* as in tools/gen_rules.py */
#define PARTS_MAX 8   /* the longest honest walk has three: Class.method.__func__ */

struct path {
    uint8_t bytes[KEY_MAX];
    size_t n;
};

static void path_add(struct path *p, struct slice s)
{
    size_t n = s.n < KEY_MAX - p->n ? s.n : KEY_MAX - p->n;
    if (n) memcpy(p->bytes + p->n, s.p, n);
    p->n += n;
}

/* module + "." + name */
static void path_make(struct path *p, struct slice module, struct slice name)
{
    p->n = 0;
    path_add(p, module);
    path_add(p, S("."));
    path_add(p, name);
}

static struct slice key_of(const struct global_row *row)
{
    return slice_of(&globals_keys[row->key], row->length);
}

static const struct global_rule *row_find(struct slice key)
{
    size_t lo = 0, hi = globals_table_count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = slice_cmp(key, key_of(&globals_table[mid]));
        if (c == 0) return &globals_rules[globals_table[mid].rule];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

static const struct global_rule *row_of(struct slice module, struct slice name)
{
    struct path p;
    path_make(&p, module, name);
    return row_find(slice_of(p.bytes, p.n));
}

static const struct global_rename *rename_find(struct slice module, struct slice name)
{
    struct path p;
    path_make(&p, module, name);
    struct slice key = slice_of(p.bytes, p.n);
    size_t lo = 0, hi = renames_table_count;
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = slice_cmp(key, slice_str(renames_table[mid].key));
        if (c == 0) return &renames_table[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

void global_modern(struct slice *module, struct slice *name)
{
    const struct global_rename *r = rename_find(*module, *name);
    if (r) {
        *module = slice_str(r->module);
        *name = slice_str(r->name);
        return;
    }
    r = rename_find(*module, S("*"));
    if (r) *module = slice_str(r->module);
}

/* "Tree", "_PredictScorer": by convention a class. Functions, constants and sub-modules are not. */
static bool looks_like_class(struct slice name)
{
    size_t i = 0;
    while (i < name.n && name.p[i] == '_') i++;
    if (i > 1 || i == name.n || slice_find_byte(name, '.') != SIZE_MAX) return false;
    return ascii_upper(name.p[i]);
}

static bool covers_all_below(const struct global_rule *g)
{
    return g->use == GLOBAL_DANGEROUS || g->use == GLOBAL_ARGS;
}

/* The wildcard "prefix.*", if it speaks for `rest`, which follows the prefix. */
static const struct global_rule *wildcard(struct slice prefix, struct slice rest)
{
    const struct global_rule *g = row_of(prefix, S("*"));
    if (!g) return NULL;
    return covers_all_below(g) || looks_like_class(rest) ? g : NULL;
}

/* Rows for shorter and shorter prefixes of the path: an owner that is dangerous, or a wildcard. */
static const struct global_rule *by_prefix(struct slice path)
{
    struct slice prefix = path;
    size_t dot;
    while ((dot = slice_rfind_byte(prefix, '.')) != SIZE_MAX) {
        prefix = slice_sub(prefix, 0, dot);
        const struct global_rule *g = wildcard(prefix, slice_sub(path, dot + 1, SIZE_MAX));
        if (g) return g;
        g = row_find(prefix);
        if (g && g->use == GLOBAL_DANGEROUS) return g;
    }
    return NULL;
}

/* A row of a whole path, if it says that it is dangerous. */
static const struct global_rule *dangerous_path(struct slice path)
{
    const struct global_rule *g = row_find(path);
    if (!g) g = by_prefix(path);
    return g && g->use == GLOBAL_DANGEROUS ? g : NULL;
}

/* Dangerous whatever module it is taken from: a name such as "__globals__", or the path of another
 * module that this one merely imports ("torch.serialization" + "os.path.join"). */
static const struct global_rule *dangerous_anywhere(struct slice name)
{
    struct slice rest = name, part;
    const struct global_rule *g = NULL;
    while (!g && rest.n) {
        struct slice suffix = rest;
        if (!slice_split(&rest, '.', &part)) break;
        g = row_of(S("*"), part);
        if (!g && rest.n) g = dangerous_path(suffix);
    }
    return g;
}

static const struct global_rule *lookup(struct slice module, struct slice name)
{
    struct path p;
    path_make(&p, module, name);
    struct slice path = slice_of(p.bytes, p.n);
    const struct global_rule *g = slice_eq(name, S("*")) ? NULL : row_find(path);
    if (g) return g;
    const struct global_rule *prefix = by_prefix(path);
    if (prefix && covers_all_below(prefix)) return prefix;
    g = dangerous_anywhere(name);
    return g ? g : prefix;
}

/* Cython pickles a class X of module M as M.__pyx_unpickle_X(X, checksum, state). */
static const struct global_rule *cython_class(struct slice module, struct slice name)
{
    static const struct global_rule row = {GLOBAL_ARGS, GLOBAL_ARGS_CLASS_FIRST, SEV_HIGH,
                                           "indirection", "Cython classes are pickled so"};
    struct slice prefix = S("__pyx_unpickle_");
    if (!slice_starts(name, prefix)) return NULL;
    const struct global_rule *g = lookup(module, slice_sub(name, prefix.n, SIZE_MAX));
    return g && g->use == GLOBAL_CLASS ? &row : NULL;
}

static bool has_many_parts(struct slice s, size_t most)
{
    size_t dots = 0;
    for (size_t i = 0; i < s.n; i++) dots += s.p[i] == '.';
    return dots >= most;
}

const struct global_rule *global_find(struct slice module, struct slice name)
{
    static const struct global_rule endless = {GLOBAL_DANGEROUS, GLOBAL_ARGS_NONE, SEV_CRITICAL,
                                               "indirection", "walks through many attributes"};
    global_modern(&module, &name);
    module = slice_sub(module, 0, KEY_MAX);
    name = slice_sub(name, 0, KEY_MAX);
    if (has_many_parts(name, PARTS_MAX)) return &endless;
    if (has_many_parts(module, KEY_MAX / 8)) return NULL; /* no such module exists */
    const struct global_rule *g = lookup(module, name);
    return g ? g : cython_class(module, name);
}

const char *global_rule_id(const struct global_rule *g)
{
    static const struct {
        const char *class_, *id;
    } map[] = {
        {"process", "model.pickle-exec"},
        {"code-eval", "model.pickle-exec"},
        {"fw-exec", "model.pickle-exec"},
        {"indirection", "model.pickle-indirection"},
        {"nested-load", "model.pickle-nested-load"},
        {"fn-from-bytes", "model.pickle-code-object"},
        {"obfuscation", "model.pickle-obfuscated"},
        {"file", "model.pickle-file-access"},
        {"network", "model.pickle-network"},
        {"resource", "model.pickle-resource"},
    };
    for (size_t i = 0; i < COUNT_OF(map); i++)
        if (slice_eq(slice_str(g->class_), slice_str(map[i].class_))) return map[i].id;
    return "model.pickle-suspicious";
}
