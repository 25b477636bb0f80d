/* SPDX-License-Identifier: Apache-2.0 */
/* mend.c - the edit that `scan --fix` may make: for rules with one answer that is safe whatever the
 * program means. Only where the bytes of the file are the text that was parsed, and only a word
 * that stands there as such: what comes from a variable or an alias is for people. */
#include "detect/python/rows_part.h"

enum mend_how {
    MEND_VALUE,  /* the argument is this constant: another one */
    MEND_ADD,    /* one argument more, behind the last */
    MEND_WORD,   /* the last name of the argument (yaml.Loader) */
    MEND_CALLEE, /* the last name of the callee (yaml.unsafe_load) */
};

static const struct mend_row {
    const char *rule;
    enum mend_how how;
    int position;                    /* of the argument; -1: keyword only */
    const char *keyword, *from, *to; /* `to` must be in the list of finding/finding.c */
} rows[] = {
    {"code.torch-load-unsafe", MEND_VALUE, -1, "weights_only", "False", "True"},
    {"code.torch-load-default", MEND_ADD, -1, "", "load", ", weights_only=True"},
    {"code.yaml-unsafe", MEND_WORD, 1, "Loader", "Loader", "SafeLoader"},
    {"code.yaml-unsafe", MEND_WORD, 1, "Loader", "UnsafeLoader", "SafeLoader"},
    {"code.yaml-unsafe", MEND_WORD, 1, "Loader", "FullLoader", "SafeLoader"},
    {"code.yaml-unsafe", MEND_WORD, 1, "Loader", "CLoader", "CSafeLoader"},
    {"code.yaml-unsafe", MEND_WORD, 1, "Loader", "CUnsafeLoader", "CSafeLoader"},
    {"code.yaml-unsafe", MEND_WORD, 1, "Loader", "CFullLoader", "CSafeLoader"},
    {"code.yaml-unsafe", MEND_CALLEE, -1, "", "unsafe_load", "safe_load"},
    {"code.yaml-unsafe", MEND_CALLEE, -1, "", "unsafe_load_all", "safe_load_all"},
    {"code.yaml-unsafe", MEND_CALLEE, -1, "", "full_load", "safe_load"},
    {"code.yaml-unsafe", MEND_CALLEE, -1, "", "full_load_all", "safe_load_all"},
};

/* Replaces source[from, to), if the text is the file as it lies: no mark in front, not recoded, no
 * cells. */
static void put(const struct site *s, uint32_t from, uint32_t to, const char *text,
                struct finding *f)
{
    const struct code_module *code = s->rows->m->code;
    const struct layer *l = s->rows->reading->layer;
    uint32_t at = from < 64 ? 0 : from - 64;
    bool same = !l->depth && !code->lines && l->bytes.n == code->text.n &&
                slice_eq(slice_sub(l->bytes, at, to - at), slice_sub(code->text, at, to - at));
    if (same) f->edit = (struct finding_edit){from, to, slice_str(text)};
}

static void last_name(const struct site *s, uint32_t node, const struct mend_row *row,
                      struct finding *f)
{
    const struct py_node *n = module_node(s->rows->m, node);
    struct slice from = slice_str(row->from);
    bool attribute = n->kind == PN_ATTR && slice_eq(n->text, from);
    if (attribute && slice_ends(module_source(s->rows->m, node), from))
        put(s, n->end - (uint32_t)from.n, n->end, row->to, f);
}

/* Brackets around an argument are no part of its node: then the comma may not stand behind it. */
static bool is_bare(const struct site *s, const struct py_node *call, const struct py_node *last)
{
    struct slice rest = slice_sub(s->rows->m->code->text, last->end, call->end - last->end);
    size_t at = 0;
    while (at < rest.n && (rest.p[at] == ' ' || rest.p[at] == '\t')) at++;
    if (at < rest.n && rest.p[at] == ')') return last->end + at + 1 == call->end;
    return at < rest.n && (rest.p[at] == ',' || rest.p[at] == '\n');
}

static void one_more(const struct site *s, const struct mend_row *row, struct finding *f)
{
    const struct module *m = s->rows->m;
    const struct py_node *call = module_node(m, s->node);
    uint32_t last = call->first;
    bool plain = call->kind == PN_CALL && slice_ends(s->name->full, slice_str(row->from)) &&
                 slice_eq(module_node(m, call->first)->text, slice_str(row->from));
    while (module_node(m, last)->next) last = module_node(m, last)->next;
    const struct py_node *n = module_node(m, last);
    if (plain && last != call->first && n->kind != PN_COMP && is_bare(s, call, n))
        put(s, n->end, n->end, row->to, f);
}

static void try_mend(const struct site *s, const struct mend_row *row, struct finding *f)
{
    const struct module *m = s->rows->m;
    struct argument a = site_argument(s, row->position, slice_str(row->keyword));
    const struct py_node *n = module_node(m, a.node);
    bool given = a.how == ARGUMENT_GIVEN && a.node;
    switch (row->how) {
    case MEND_VALUE:
        if (given && n->kind == PN_CONST && slice_eq(n->text, slice_str(row->from)))
            put(s, n->offset, n->end, row->to, f);
        break;
    case MEND_ADD: one_more(s, row, f); break;
    case MEND_WORD:
        if (given) last_name(s, a.node, row, f);
        break;
    case MEND_CALLEE: last_name(s, module_node(m, s->node)->first, row, f); break;
    }
}

void mend(const struct site *s, struct finding *f)
{
    for (size_t i = 0; i < COUNT_OF(rows) && s->on == CODE_CALL && !f->edit.text.p; i++)
        if (slice_eq(code_text(s->row->rule), slice_str(rows[i].rule))) try_mend(s, &rows[i], f);
}
