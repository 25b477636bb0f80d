/* SPDX-License-Identifier: Apache-2.0 */
/* taint_when.c - the circumstances that make a call a sink, and the argument that counts. */
#include "detect/python/taint_judge_part.h"

static bool is_true(const struct taint_site *s, uint32_t call, struct slice keyword)
{
    struct argument a = module_argument(s->m, call, 0, -1, keyword);
    if (a.how != ARGUMENT_GIVEN || !a.value) return false;
    const struct value *v = a.value;
    return v->kind == VAL_BOOL ? v->truth : v->kind == VAL_NUMBER ? v->number != 0 : false;
}

static bool is_word(const struct module *m, uint32_t node, const char *const *words, size_t count)
{
    const struct value *v = node ? module_value(m, node) : NULL;
    if (!v || v->kind != VAL_STRING || !v->exact) return false;
    size_t slash = slice_rfind_byte(v->text, '/');
    struct slice name = slash == SIZE_MAX ? v->text : slice_sub(v->text, slash + 1, v->text.n);
    for (size_t i = 0; i < count; i++)
        if (slice_eq(name, slice_str(words[i]))) return true;
    return false;
}

static bool is_list(const struct module *m, uint32_t node)
{
    return node &&
           (module_node(m, node)->kind == PN_LIST || module_node(m, node)->kind == PN_TUPLE);
}

static bool is_shell(const struct module *m, uint32_t node)
{
    static const char *const known[] = {"sh",  "bash",    "zsh",        "dash", "ksh",
                                        "cmd", "cmd.exe", "powershell", "pwsh", "powershell.exe"};
    return is_word(m, node, known, COUNT_OF(known));
}

static bool is_command_flag(const struct module *m, uint32_t node)
{
    static const char *const known[] = {"-c", "-lc", "-ic", "-ec", "-Command", "/c", "/C", "-xc"};
    const struct value *v = node ? module_value(m, node) : NULL;
    for (size_t i = 0; v && i < COUNT_OF(known); i++)
        if (v->kind == VAL_STRING && slice_eq(v->text, slice_str(known[i]))) return true;
    return false;
}

/* The list of words of a command, where it stands or in the variable that holds it. */
static uint32_t list_of(const struct module *m, uint32_t node)
{
    if (is_list(m, node)) return node;
    const struct value *v = module_value(m, node);
    return v->kind == VAL_LIST && v->node && is_list(m, v->node) ? v->node : 0;
}

/* ["bash", "-c", command]; or shell=True and what stands first. */
static uint32_t shell_argument(const struct taint_site *s, uint32_t call, uint32_t args)
{
    const struct module *m = s->m;
    uint32_t list = list_of(m, args);
    /* create_subprocess_exec("bash", "-c", command) */
    uint32_t second = module_child(m, call, 2);
    if (!list && is_shell(m, args) && second && is_command_flag(m, second))
        return module_child(m, call, 3);
    if (list && is_shell(m, module_child(m, list, 0)))
        return is_command_flag(m, module_child(m, list, 1)) ? module_child(m, list, 2) : 0;
    return is_true(s, call, S("shell")) ? args : 0;
}

static bool is_python(const struct module *m, uint32_t node)
{
    static const char *const known[] = {"python", "python3", "node", "perl", "ruby", "Rscript"};
    return is_word(m, node, known, COUNT_OF(known)) ||
           slice_eq(module_name(m, node), S("sys.executable"));
}

/* The program of a list of words; or, behind an interpreter, the first thing that it is to run. */
static uint32_t program_argument(const struct taint_site *s, uint32_t call, uint32_t args)
{
    const struct module *m = s->m;
    uint32_t list = list_of(m, args), first;
    if (!list) {
        /* create_subprocess_exec("bash", "-c", x) */
        uint32_t second = module_child(m, call, 2);
        if (is_shell(m, args) && second && is_command_flag(m, second))
            return module_child(m, call, 3);
        return args;
    }
    first = module_child(m, list, 0);
    if (!is_python(m, first)) return first;
    for (unsigned i = 1; i < 4; i++) {
        uint32_t word = module_child(m, list, i);
        const struct taint *v = word ? taint_at(s->flow, word) : NULL;
        if (!v || !module_node(m, word)->kind) continue;
        struct slice text = module_value(m, word)->text;
        bool flag = text.n && text.p[0] == '-';
        if (!flag && i > 1 && is_command_flag(m, module_child(m, list, i - 1))) return word;
        if (!flag && v->file) return word;
    }
    return 0;
}

/* ---- databases ---- */

static bool is_sql(struct slice text)
{
    static const char *const verbs[] = {"select ",   "insert ", "update ",  "delete ", "drop ",
                                        "create ",   "alter ",  "with ",    "pragma ", "replace ",
                                        "truncate ", "merge ",  "grant ",   "call ",   "exec ",
                                        "copy ",     "attach ", "explain ", "show "};
    text = slice_trim(text);
    for (size_t i = 0; i < COUNT_OF(verbs); i++) {
        struct slice verb = slice_str(verbs[i]);
        if (text.n < verb.n) continue;
        if (slice_eq_nocase(slice_sub(text, 0, verb.n - 1), slice_sub(verb, 0, verb.n - 1)) &&
            (text.p[verb.n - 1] <= ' '))
            return true;
    }
    return false;
}

static bool has_sql(const struct module *m, uint32_t node)
{
    for (const struct value *v = module_value(m, node); v; v = v->other)
        if (v->kind == VAL_STRING && is_sql(v->text)) return true;
    return false;
}

static bool is_database(const struct taint_site *s, uint32_t call)
{
    static const char *const words[] = {
        "cursor", "conn",    "db",        "database",    "engine",   "session",   "cur", "con",
        "sqlite", "duckdb",  "psycopg",   "spark",       "bigquery", "snowflake", "sql", "pg",
        "mysql",  "objects", "warehouse", "transaction", "tx",       "client",    "pool"};
    uint32_t callee = module_node(s->m, call)->first;
    const struct py_node *n = module_node(s->m, callee);
    if (n->kind != PN_ATTR) return false;
    struct slice written = module_source(s->m, n->first), full = module_name(s->m, n->first);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        struct slice w = slice_str(words[i]);
        if (w.n > 3 && (slice_has_nocase(written, w) || slice_has_nocase(full, w))) return true;
        if (w.n <= 3 && (slice_eq_nocase(written, w) || slice_ends_nocase(written, w))) return true;
    }
    return false;
}

static bool is_statement(const struct taint_site *s, uint32_t call, uint32_t node)
{
    uint8_t kind = module_node(s->m, node)->kind;
    if (kind == PN_DICT || kind == PN_LIST || kind == PN_TUPLE || kind == PN_LAMBDA) return false;
    return has_sql(s->m, node) || is_database(s, call);
}

/* What stands in front of an open part: a value, or the name of a table or column? */
static bool before_value(struct slice text)
{
    text = slice_trim(text);
    if (!text.n) return false;
    uint8_t c = text.p[text.n - 1];
    if (c == '\'' || c == '"' || c == '=' || c == '<' || c == '>' || c == '%') return true;
    if (c == '(')
        return slice_ends_nocase(slice_trim(slice_sub(text, 0, text.n - 1)), S("values")) ||
               slice_ends_nocase(slice_trim(slice_sub(text, 0, text.n - 1)), S(" in"));
    return slice_ends_nocase(text, S(" like")) || slice_ends_nocase(text, S(" where")) ||
           slice_ends_nocase(text, S(" and")) || slice_ends_nocase(text, S(" limit"));
}

/* "SELECT * FROM ", "DROP TABLE ": here stands the name of a table or column. */
static bool before_name(struct slice text)
{
    static const char *const words[] = {"from",   "join",   "into",     "update",
                                        "table",  "exists", "truncate", "database",
                                        "schema", "view",   "order by", "index"};
    text = slice_trim(text);
    while (text.n && strchr("\"`[", text.p[text.n - 1])) text.n--;
    text = slice_trim(text);
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        struct slice w = slice_str(words[i]);
        if (!slice_ends_nocase(text, w)) continue;
        if (text.n == w.n || text.p[text.n - w.n - 1] <= ' ') return true;
    }
    return false;
}

/* What callers of this def say. A def with an underscore is for the module itself, and so judged by
 * what that hands over. */
static bool is_callers(const struct taint_site *s, const struct taint *v)
{
    struct slice name = s->m->scopes[s->scope].name;
    return v->params && !(name.n > 1 && name.p[0] == '_' && name.p[1] != '_');
}

static bool is_hole(const struct taint_site *s, uint32_t node)
{
    const struct taint *v = taint_at(s->flow, node);
    return v && !(v->safe & SAFE_SQL);
}

static bool fstring_built(const struct taint_site *s, uint32_t node)
{
    struct slice before = slice_of(NULL, 0);
    for (uint32_t c = module_node(s->m, node)->first; c; c = module_node(s->m, c)->next) {
        const struct py_node *n = module_node(s->m, c);
        if (n->kind == PN_STRING)
            before = n->text;
        else if (is_hole(s, c) && (before_value(before) ||
                                   (is_callers(s, taint_at(s->flow, c)) && before_name(before))))
            return true;
    }
    return false;
}

/* "... '%s'" % x and "... '{}'".format(x): each mark of the text */
static bool marks_built(struct slice text, bool names)
{
    for (size_t i = 0; i + 1 < text.n; i++) {
        bool mark = (text.p[i] == '%' && text.p[i + 1] == 's') ||
                    (text.p[i] == '{' && text.p[i + 1] != '{');
        struct slice before = slice_sub(text, 0, mark ? i : 0);
        if (before_value(before) || (names && before_name(before))) return true;
    }
    return false;
}

static bool format_built(const struct taint_site *s, uint32_t node)
{
    const struct module *m = s->m;
    const struct py_node *n = module_node(m, node);
    uint32_t text = n->first;
    if (n->kind == PN_CALL) {
        const struct py_node *callee = module_node(m, n->first);
        if (callee->kind != PN_ATTR || !slice_eq(callee->text, S("format"))) return false;
        text = callee->first;
    }
    const struct value *v = module_value(m, text);
    return v->kind == VAL_STRING && marks_built(v->text, is_callers(s, taint_at(s->flow, node)));
}

bool when_sql_built(const struct taint_site *s, uint32_t node)
{
    const struct module *m = s->m;
    const struct py_node *n = module_node(m, node);
    if (!has_sql(m, node) || !is_hole(s, node)) return false;
    if (n->kind == PN_FSTRING) return fstring_built(s, node);
    if (n->kind == PN_CALL || (n->kind == PN_BINARY && n->op == PO_MOD))
        return format_built(s, node);
    for (const struct value *v = module_value(m, node); v; v = v->other) {
        if (v->kind != VAL_STRING || v->exact) continue;
        struct slice tail = slice_trim(v->tail);
        bool quoted = tail.n && (tail.p[0] == '\'' || tail.p[0] == '"');
        bool name = is_callers(s, taint_at(s->flow, node)) && before_name(v->text);
        if (before_value(v->text) || quoted || name) return true;
    }
    return false;
}

/* ---- tables ---- */

static bool is_table(const struct taint_site *s, uint32_t call, uint32_t arg)
{
    const struct py_node *n = module_node(s->m, module_node(s->m, call)->first);
    if (n->kind != PN_ATTR) return false;
    struct slice written = module_source(s->m, n->first), full = module_name(s->m, n->first);
    bool named = slice_starts(full, S("pandas.")) || slice_eq(written, S("df")) ||
                 slice_ends(written, S("_df")) || slice_starts(written, S("df_")) ||
                 slice_ends(written, S(".df")) || slice_has(written, S("frame"));
    bool text = module_value(s->m, arg)->kind == VAL_STRING && slice_has(written, S("data"));
    return named || text;
}

/* ---- pages ---- */

static bool is_page(const struct taint_site *s, uint32_t call)
{
    static const char *const keywords[] = {"mimetype", "content_type", "media_type"};
    for (size_t i = 0; i < COUNT_OF(keywords); i++) {
        struct argument a = module_argument(s->m, call, 0, -1, slice_str(keywords[i]));
        if (a.how == ARGUMENT_GIVEN && a.value && slice_has_nocase(a.value->text, S("html")))
            return true;
    }
    return false;
}

/* ---- all of them ---- */

/* model.fit(x), and not ImageOps.fit(x) */
static bool is_learner(const struct taint_site *s, uint32_t call)
{
    struct slice full = module_name(s->m, module_node(s->m, call)->first);
    return !full.n || full.p[0] == '?' || full.p[0] == ':' || slice_has(full, S("()"));
}

static uint32_t argument_of(const struct taint_site *s, uint32_t call, const struct sink_row *row)
{
    struct slice words = flow_text(row->keywords), word;
    if (row->position == SINK_SELF) {
        const struct py_node *callee = module_node(s->m, module_node(s->m, call)->first);
        return callee->kind == PN_ATTR ? callee->first : 0;
    }
    struct argument a = {0};
    do {
        word = words;
        if (!slice_split(&words, '|', &word)) word = slice_of(NULL, 0);
        a = module_argument(s->m, call, 0, row->position, word);
    } while (a.how != ARGUMENT_GIVEN && words.p);
    return a.how == ARGUMENT_GIVEN ? (a.node ? a.node : a.at) : 0;
}

uint32_t when_argument(const struct taint_site *s, uint32_t call, const struct sink_row *row)
{
    uint32_t node = row->position == SINK_ANY ? call : argument_of(s, call, row);
    if (!node) return 0;
    switch ((enum sink_when)row->when) {
    case WHEN_SHELL: return shell_argument(s, call, node);
    case WHEN_HTML: return is_true(s, call, S("unsafe_allow_html")) ? node : 0;
    case WHEN_DB: return is_statement(s, call, node) ? node : 0;
    case WHEN_PICKLE: return is_true(s, call, S("allow_pickle")) ? node : 0;
    case WHEN_FULL: return is_true(s, call, S("weights_only")) ? 0 : node;
    case WHEN_TABLE: return is_table(s, call, node) ? node : 0;
    case WHEN_PAGE: return is_page(s, call) ? node : 0;
    case WHEN_LEARNS: return is_learner(s, call) ? node : 0;
    case WHEN_ANYWAY: break;
    }
    if (row->sink == SINK_ARGV)
        return is_true(s, call, S("shell")) ? 0 : program_argument(s, call, node);
    return node;
}

static uint16_t safe_bit(enum sink sink)
{
    static const uint16_t bits[] = {
        [SINK_CODE] = SAFE_CODE,
        [SINK_RUN_CODE] = SAFE_CODE,
        [SINK_SHELL] = SAFE_SHELL,
        [SINK_ARGV] = SAFE_ARGV,
        [SINK_SQL] = SAFE_SQL,
        [SINK_HTML] = SAFE_HTML,
        [SINK_TEMPLATE] = SAFE_CODE,
        [SINK_URL] = SAFE_URL,
        [SINK_PATH] = SAFE_PATH,
        [SINK_LOAD] = SAFE_LOAD,
        [SINK_LOAD_MODEL] = SAFE_LOAD,
        [SINK_ADAPTER] = SAFE_NAME,
        [SINK_FIT] = 0,
        [SINK_TABLE] = SAFE_CODE,
        [SINK_SYSTEM] = SAFE_PROMPT,
        [SINK_PROMPT] = SAFE_PROMPT,
        [SINK_LOG] = 0,
    };
    return bits[sink];
}

uint16_t when_kinds(const struct taint_site *s, enum sink sink, struct taint *worst, uint32_t node)
{
    uint16_t kinds = worst->kinds, bit = safe_bit(sink);
    if (worst->safe & bit) return 0;
    if (sink == SINK_LOAD || sink == SINK_LOAD_MODEL || sink == SINK_ARGV) kinds |= worst->file;
    if (sink == SINK_LOAD && (worst->file & TAINT_UPLOAD)) kinds = TAINT_UPLOAD;
    if (sink == SINK_SQL) {
        kinds &= (uint16_t)~TAINT_OPEN;
        /* what a request says is the statement only where it is built, or is all of it */
        if (!has_sql(s->m, node) && module_node(s->m, node)->kind == PN_CALL)
            kinds &= (uint16_t) ~(TAINT_REQUEST | TAINT_UPLOAD);
        if (when_sql_built(s, node)) kinds |= TAINT_SQL;
    }
    if ((kinds & TAINT_OPEN) && module_constant(s->m, node)) kinds &= (uint16_t)~TAINT_OPEN;
    return kinds;
}
