/* SPDX-License-Identifier: Apache-2.0 */
/* taint_prompt.c - texts from elsewhere in prompts: users in the system message, documents beside
 * the instructions. */
#include "detect/python/taint_judge_part.h"

static bool is_text(const struct module *m, uint32_t node, const char *text)
{
    const struct value *v = node ? module_value(m, node) : NULL;
    return v && v->kind == VAL_STRING && v->exact && slice_eq(v->text, slice_str(text));
}

static bool is_system(const struct module *m, uint32_t node)
{
    return is_text(m, node, "system") || is_text(m, node, "developer");
}

/* {"role": "system", "content": ...} */
static uint32_t of_dict(const struct module *m, uint32_t dict)
{
    uint32_t content = 0;
    bool system = false;
    for (uint32_t c = module_node(m, dict)->first; c; c = module_node(m, c)->next) {
        if (module_node(m, c)->kind != PN_PAIR) continue;
        uint32_t key = module_child(m, c, 0), value = module_child(m, c, 1);
        if (is_text(m, key, "role") && is_system(m, value)) system = true;
        if (is_text(m, key, "content") || is_text(m, key, "text")) content = value;
    }
    return system ? content : 0;
}

/* dict(role="system", content=...), and messages made by any other call */
static uint32_t of_call(const struct module *m, uint32_t call)
{
    struct argument role = module_argument(m, call, 0, -1, S("role"));
    struct argument content = module_argument(m, call, 0, -1, S("content"));
    if (role.how != ARGUMENT_GIVEN || content.how != ARGUMENT_GIVEN) return 0;
    return role.node && is_system(m, role.node) ? content.node : 0;
}

/* ("system", ...) as templates of chats have it */
static uint32_t of_pair(const struct module *m, uint32_t tuple)
{
    uint32_t text = module_child(m, tuple, 1);
    return text && !module_node(m, text)->next && is_system(m, module_child(m, tuple, 0)) ? text
                                                                                          : 0;
}

/* ---- documents ---- */

static bool has_marks(struct slice text)
{
    static const char *const known[] = {"<", "```", "\"\"\"", "---", "###", "===", "[["};
    for (size_t i = 0; i < COUNT_OF(known); i++)
        if (slice_has(text, slice_str(known[i]))) return true;
    return false;
}

/* Instructions and documents in one text, with nothing between them. */
static bool is_plain_prompt(const struct module *m, uint32_t node)
{
    size_t letters = 0;
    bool text = false;
    const struct py_node *n = module_node(m, node);
    if (n->kind != PN_FSTRING && !(n->kind == PN_BINARY && n->op == PO_ADD)) return false;
    for (uint32_t c = n->first; c; c = module_node(m, c)->next) {
        const struct value *v = module_value(m, c);
        if (v->kind != VAL_STRING) continue;
        if (has_marks(v->text)) return false;
        letters += slice_trim(v->text).n;
        text = true;
    }
    return text && letters >= 12 && !has_marks(module_source(m, node));
}

static void documents(struct taint_site *s, uint32_t node)
{
    const struct taint *v = taint_at(s->flow, node);
    const struct py_stmt *st = &s->m->tree->stmts[s->stmt];
    if (!v || !(v->kinds & TAINT_DOCS) || !is_plain_prompt(s->m, node)) return;
    for (uint32_t n = node + 1; n < st->node_to && n < node + 64; n++) /* the outermost tells it */
        if (module_node(s->m, n)->offset <= module_node(s->m, node)->offset &&
            module_node(s->m, n)->end >= module_node(s->m, node)->end && is_plain_prompt(s->m, n))
            return;
    (void)taint_tell(s, SINK_PROMPT, 0, node, node);
}

/* ---- secrets ---- */

static bool has_word(struct slice text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_has_nocase(text, slice_str(words[i]))) return true;
    return false;
}

/* DB_PASSWORD, settings.api_key; but not max_tokens, and no length or mask of one. */
static bool is_secret_name(struct slice name)
{
    static const char *const secrets[] = {
        "password",     "passwd",      "secret",     "api_key",    "apikey",           "api_token",
        "access_token", "private_key", "credential", "auth_token", "connection_string"};
    static const char *const others[] = {"(",    "masked", "hint", "policy", "len",    "count",
                                         "name", "id",     "hash", "url",    "prompt", "redact"};
    return has_word(name, secrets, COUNT_OF(secrets)) && !has_word(name, others, COUNT_OF(others));
}

static bool is_prompt_target(struct slice name)
{
    static const char *const known[] = {"prompt", "system", "instruction", "persona", "preamble"};
    return has_word(name, known, COUNT_OF(known));
}

/* The prompt that a statement makes: SYSTEM = f"..."; 0: it makes none. */
static uint32_t prompt_of(const struct taint_site *s)
{
    const struct py_stmt *st = &s->m->tree->stmts[s->stmt];
    if (st->kind != PS_ASSIGN && st->kind != PS_ANN) return 0;
    return is_prompt_target(module_source(s->m, st->expr[0])) ? st->expr[1] : 0;
}

static void secrets(struct taint_site *s, uint32_t text)
{
    if (module_node(s->m, text)->kind != PN_FSTRING) return;
    for (uint32_t c = module_node(s->m, text)->first; c; c = module_node(s->m, c)->next) {
        const struct py_node *n = module_node(s->m, c);
        bool named = n->kind == PN_NAME || n->kind == PN_ATTR || n->kind == PN_SUBSCRIPT;
        if (!named || !is_secret_name(module_source(s->m, c))) continue;
        taint_say(s, "code.secret-in-prompt", c, n->line,
                  "What stands in a prompt can be asked out of the model");
        return;
    }
}

void prompt_judge(struct taint_site *s, uint32_t node)
{
    uint32_t content = 0;
    switch (module_node(s->m, node)->kind) {
    case PN_DICT: content = of_dict(s->m, node); break;
    case PN_CALL: content = of_call(s->m, node); break;
    case PN_TUPLE: content = of_pair(s->m, node); break;
    case PN_FSTRING:
    case PN_BINARY: documents(s, node); break;
    default: break;
    }
    if (content) (void)taint_tell(s, SINK_SYSTEM, 0, content, content);
    if (content) secrets(s, content);
    if (node == prompt_of(s)) secrets(s, node);
}
