/* SPDX-License-Identifier: Apache-2.0 */
/* module.h - what the names and expressions of a Python module stand for.
 * Why: rules speak of torch.load and of constants; code speaks of `tl`, of `self.flag` and of
 * `"w" + ".pt"`. One walk over the statements follows imports, assignments, attributes of classes,
 * keyword dictionaries and constants; every judge of modules asks here.
 *
 *    value     what an expression may be: a constant, a dotted name, a list, several of these
 *    scope     module, class or def, with what its names are bound to
 *
 * A value that may be several things is a chain (`other`), at most VALUES_MAX long. What a branch
 * bound is one of several once the branch is closed. Nothing is executed, loops are walked once.
 * Owns: nothing outside its arena; slices of names and plain strings lie in the source.
 * Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT: what was understood so far may be used. */
#pragma once
#include "base/budget.h"
#include "detect/python/dotted.h"
#include "read/code/code.h"

#define VALUES_MAX 4
#define NO_SCOPE   UINT32_MAX

enum value_kind {
    VAL_UNKNOWN,
    VAL_NONE,
    VAL_BOOL,
    VAL_NUMBER,
    VAL_STRING, /* text; if not exact: how it begins, and how it ends (tail) */
    VAL_BYTES,
    VAL_LIST, /* list, tuple, set: the items are the children of `node`, if that is not 0 */
    VAL_DICT,
    VAL_DEF,    /* a def of this module: `scope` */
    VAL_CLASS,  /* a class of this module */
    VAL_OBJECT, /* an instance of one */
};

struct value_entry { /* of a dict; the newest first */
    const struct value_entry *next;
    struct slice key;
    const struct value *value;
    uint32_t node; /* of the value */
};

struct value {
    enum value_kind kind;
    bool exact;    /* all of it is known: text, number, all keys */
    bool fallback; /* the default of a parameter, an option or an environment variable */
    bool truth;    /* of VAL_BOOL */
    bool own;      /* made from __file__: something that lies beside the module */
    bool quoted;   /* a text whose unknown parts went through shlex.quote */
    uint32_t node; /* the list, or the call of functools.partial; 0: none */
    uint32_t call; /* the call whose result it is; 0: none */
    uint32_t scope;
    double number;
    struct slice text, tail;
    const struct value_entry *entries;
    const struct dotted *name; /* what it stands for, or came from; NULL: not known */
    const struct value *other; /* what else it may be */
};

enum scope_kind { SCOPE_MODULE, SCOPE_CLASS, SCOPE_DEF };

struct scope {
    enum scope_kind kind;
    uint32_t stmt,
        end;         /* the def or class, and its end; the module: PYTHON_NO_STMT and the count */
    uint32_t parent; /* NO_SCOPE: none */
    uint32_t decorators; /* statements in front of `stmt` */
    struct slice name;
    struct map names;            /* to struct binding, see names.c */
    struct map outer;            /* names that are another scope's (global, nonlocal) */
    const struct value *returns; /* of a def; NULL: nothing */
    const struct value *bases;   /* of a class: its bases as a chain */
    bool property;               /* a def that is read like an attribute */
};

struct module {
    struct arena *arena;
    struct budget *budget; /* may be NULL */
    const struct code_module *code;
    const struct py_module *tree;
    struct dotted_names names;
    const struct value **values; /* per node; never NULL once the walk is over */
    uint32_t *scope_of;          /* per statement: whose body it stands in */
    uint32_t *branch_of;         /* per statement: the opener or branch around it; PYTHON_NO_STMT */
    uint32_t *end_of;            /* per opener: its PS_END, or the count of statements */
    bool *dead;                  /* per statement: it never runs (TYPE_CHECKING, if False) */
    struct scope *scopes;        /* scopes[0] is the module */
    uint32_t scope_count, scope_room;
    struct module_walk *walk; /* names.c */
    bool nomem, limit;
};

/* `arena` takes what is made; `budget` may be NULL. */
MUST_USE enum st module_read(struct module *m, struct arena *arena, struct budget *budget,
                             const struct code_module *code);

/* ---- nodes ---- */

static inline const struct py_node *module_node(const struct module *m, uint32_t node)
{
    return &m->tree->nodes[node];
}
/* The i-th child of a node, or 0. */
uint32_t module_child(const struct module *m, uint32_t node, unsigned i);
/* The whole text of a node as written. */
struct slice module_source(const struct module *m, uint32_t node);
/* Physical line of the file. */
uint32_t module_line(const struct module *m, uint32_t line);
/* Line of the last name of a callee: where `.load` stands in a chain over several lines. */
uint32_t module_callee_line(const struct module *m, uint32_t callee);

/* ---- values ---- */

const struct value *module_value(const struct module *m, uint32_t node);
/* The canonical name of what an expression stands for; the first of several; empty: not known.
 * For the callee of a call: what is called. */
struct slice module_name(const struct module *m, uint32_t node);
/* Does the node, or any other thing that it may be, have a name that fits the pattern? Classes of
 * this module also answer to the names of their bases. */
bool module_named(const struct module *m, uint32_t node, struct slice pattern);
bool value_named(const struct module *m, const struct value *v, struct slice pattern);
/* Is it known in full, whatever of several things it is? Lists and dicts: all that is in them. */
bool module_constant(const struct module *m, uint32_t node);
bool value_constant(const struct module *m, const struct value *v);
/* The entry of a dict; NULL: not there, or not known. */
const struct value_entry *value_entry(const struct value *dict, struct slice key);
/* What a name is bound to at the end of a scope or of those around it; NULL: nothing. */
const struct value *module_lookup(struct module *m, uint32_t scope, struct slice name);

/* ---- arguments ---- */

enum argument_how {
    ARGUMENT_MISSING,
    ARGUMENT_UNSURE, /* *args or **kwargs whose content is not known may hold it */
    ARGUMENT_GIVEN,
};

struct argument {
    enum argument_how how;
    uint32_t node; /* of its value; 0: it comes from a dict whose entry has none */
    uint32_t at;   /* the node whose place is to be shown: the keyword, the value */
    const struct value *value;
};

/* The argument of a call by its position (from 0; -1: keyword only) or keyword (may be empty).
 * Looks into **kwargs whose dict is known, and into functools.partial. `skip` positional arguments
 * are not counted: map(f, x). */
struct argument module_argument(const struct module *m, uint32_t call, unsigned skip, int position,
                                struct slice keyword);
