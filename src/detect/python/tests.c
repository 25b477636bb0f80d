/* SPDX-License-Identifier: Apache-2.0 */
/* tests.c - the operators of rules/code-calls.tsv over one argument. An argument that may be
 * several things fits if one of them does; to be constant, all must be. */
#include "detect/python/rows_part.h"
#include "base/ascii.h"
#include "base/num.h"

typedef bool one_fn(const struct module *m, const struct value *v, struct slice text);

static bool is_text(const struct value *v)
{
    return v->kind == VAL_STRING || v->kind == VAL_BYTES;
}

static bool starts_nocase(struct slice s, struct slice prefix)
{
    return s.n >= prefix.n && slice_eq_nocase(slice_sub(s, 0, prefix.n), prefix);
}

bool text_begins(const struct value *v, const char *prefix)
{
    return is_text(v) && starts_nocase(v->text, slice_str(prefix));
}

/* ---- constants ---- */

static bool equals(const struct value *v, struct slice word)
{
    double d;
    switch (v->kind) {
    case VAL_NONE: return slice_eq(word, S("None"));
    case VAL_BOOL: return slice_eq(word, v->truth ? S("True") : S("False"));
    case VAL_NUMBER: /* weights_only=0 */
        if (slice_eq(word, S("True"))) return v->number == 1;
        if (slice_eq(word, S("False"))) return v->number == 0;
        return num_f64(word, &d) && d == v->number;
    case VAL_STRING:
    case VAL_BYTES: return v->exact && slice_eq(v->text, word);
    default: return false;
    }
}

static bool one_is(const struct module *m, const struct value *v, struct slice text)
{
    struct slice part;
    (void)m;
    while (slice_split(&text, ',', &part))
        if (equals(v, part)) return true;
    return false;
}

static bool one_ends(const struct module *m, const struct value *v, struct slice text)
{
    struct slice part, tail = v->tail;
    (void)m;
    if (!is_text(v)) return false;
    size_t query = slice_find_byte(tail, '?'); /* of a URL */
    if (query != SIZE_MAX && (text_begins(v, "http") || !v->exact))
        tail = slice_sub(tail, 0, query);
    while (slice_split(&text, ',', &part))
        if (slice_ends_nocase(tail, part)) return true;
    return false;
}

static bool one_begins(const struct module *m, const struct value *v, struct slice text)
{
    struct slice part;
    (void)m;
    while (is_text(v) && slice_split(&text, ',', &part))
        if (starts_nocase(v->text, part)) return true;
    return false;
}

static bool one_has(const struct module *m, const struct value *v, struct slice text)
{
    struct slice part;
    (void)m;
    while (is_text(v) && slice_split(&text, ',', &part))
        if (slice_has_nocase(v->text, part) || slice_has_nocase(v->tail, part)) return true;
    return false;
}

static bool one_hex40(const struct module *m, const struct value *v, struct slice text)
{
    (void)m;
    (void)text;
    if (!is_text(v) || !v->exact) return false;
    struct slice s = v->text;
    size_t colon = slice_rfind_byte(s, ':'); /* owner/repo:commit */
    if (colon != SIZE_MAX) s = slice_sub(s, colon + 1, s.n);
    if (s.n != 40) return false;
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_hex(s.p[i])) return false;
    return true;
}

static bool one_over(const struct module *m, const struct value *v, struct slice text)
{
    double d;
    (void)m;
    return v->kind == VAL_NUMBER && num_f64(text, &d) && v->number > d;
}

static bool one_under(const struct module *m, const struct value *v, struct slice text)
{
    double d;
    (void)m;
    return v->kind == VAL_NUMBER && num_f64(text, &d) && v->number < d;
}

static bool one_empty(const struct module *m, const struct value *v, struct slice text)
{
    (void)text;
    if (v->kind == VAL_LIST) return v->exact && v->node && !module_node(m, v->node)->first;
    return is_text(v) && v->exact && !v->text.n;
}

static bool one_list_has(const struct module *m, const struct value *v, struct slice text)
{
    if (v->kind != VAL_LIST || !v->node) return one_is(m, v, text);
    for (uint32_t c = module_node(m, v->node)->first; c; c = module_node(m, c)->next)
        if (one_is(m, module_value(m, c), text)) return true;
    return false;
}

/* All words occur in this order: "pip,install". */
static bool one_shell(const struct module *m, const struct value *v, struct slice text)
{
    struct slice word;
    if (v->kind != VAL_LIST || !v->node || !slice_split(&text, ',', &word)) return false;
    for (uint32_t c = module_node(m, v->node)->first; c; c = module_node(m, c)->next)
        if (one_is(m, module_value(m, c), word) && !slice_split(&text, ',', &word)) return true;
    return false;
}

static bool one_key_false(const struct module *m, const struct value *v, struct slice text)
{
    const struct value_entry *e = value_entry(v, text);
    (void)m;
    return e && e->value->kind == VAL_BOOL && !e->value->truth;
}

/* ---- names ---- */

bool named_any(const struct module *m, const struct value *v, struct slice patterns)
{
    struct slice part;
    while (slice_split(&patterns, ',', &part))
        if (value_named(m, v, part)) return true;
    return false;
}

static bool one_plain(const struct module *m, const struct value *v, struct slice text)
{
    return !v->node && named_any(m, v, text);
}

static bool one_object(const struct module *m, const struct value *v, struct slice text)
{
    (void)m;
    (void)text;
    return v->kind == VAL_OBJECT || (v->name && slice_ends(v->name->full, S("()")));
}

static bool one_param(const struct module *m, const struct value *v, struct slice text)
{
    (void)m;
    (void)text;
    return v->name && v->name->full.p[0] == '?';
}

/* ---- hosts and addresses ---- */

/* Of a URL, an address with a port, or a plain name. */
static struct slice host_of(struct slice s)
{
    size_t scheme = slice_find(s, S("://"));
    if (scheme != SIZE_MAX) s = slice_sub(s, scheme + 3, s.n);
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == '/' || s.p[i] == '?') s = slice_sub(s, 0, i);
    size_t at = slice_rfind_byte(s, '@');
    if (at != SIZE_MAX) s = slice_sub(s, at + 1, s.n);
    if (s.n && s.p[0] == '[') return slice_sub(s, 1, slice_find_byte(s, ']') - 1);
    size_t colon = slice_find_byte(s, ':');
    if (colon != SIZE_MAX && colon == slice_rfind_byte(s, ':')) s = slice_sub(s, 0, colon);
    return s;
}

static bool one_loopback(const struct module *m, const struct value *v, struct slice text)
{
    (void)m;
    (void)text;
    if (!is_text(v)) return false;
    struct slice host = host_of(v->text);
    return slice_eq_nocase(host, S("localhost")) || slice_starts(host, S("127.")) ||
           slice_eq(host, S("::1")) || slice_ends_nocase(host, S(".localhost"));
}

static bool one_internal(const struct module *m, const struct value *v, struct slice text)
{
    static const char *const ends[] = {".local", ".internal", ".svc", ".lan", ".home", ".test"};
    static const char *const nets[] = {"10.",     "192.168.", "172.16.",
                                       "172.17.", "172.18.",  "169.254."};
    (void)m;
    (void)text;
    if (!is_text(v)) return false;
    struct slice host = host_of(v->text);
    if (slice_find_byte(host, '.') == SIZE_MAX) return true;
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (slice_ends_nocase(host, slice_str(ends[i]))) return true;
    for (size_t i = 0; i < COUNT_OF(nets); i++)
        if (slice_starts(host, slice_str(nets[i]))) return true;
    return false;
}

static bool one_http(const struct module *m, const struct value *v, struct slice text)
{
    return text_begins(v, "http://") && !one_loopback(m, v, text);
}

static bool one_url(const struct module *m, const struct value *v, struct slice text)
{
    bool url = text_begins(v, "http://") || text_begins(v, "https://") || text_begins(v, "ftp://");
    return url && !one_loopback(m, v, text);
}

static bool one_all_hosts(const struct module *m, const struct value *v, struct slice text)
{
    static const char *const all[] = {"0.0.0.0", "::", "[::]", "::0"};
    static const char *const begins[] = {"0.0.0.0:",      "[::]:",          "*:",      "tcp://*",
                                         "tcp://0.0.0.0", "http://0.0.0.0", "http://*"};
    if (v->kind == VAL_LIST && v->node) { /* (host, port) */
        uint32_t first = module_node(m, v->node)->first;
        const struct value *host = first ? module_value(m, first) : v;
        if (host->kind != VAL_STRING || !host->exact) return false;
        return !host->text.n || one_all_hosts(m, host, text);
    }
    if (!is_text(v)) return false;
    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (v->exact && slice_eq(v->text, slice_str(all[i]))) return true;
    for (size_t i = 0; i < COUNT_OF(begins); i++)
        if (starts_nocase(v->text, slice_str(begins[i]))) return true;
    return false;
}

/* ---- paths and ids of the hub ---- */

static bool one_local(const struct module *m, const struct value *v, struct slice text)
{
    (void)text;
    if (v->own || named_any(m, v, S("pathlib.**,os.path.**,tempfile.**"))) return true;
    static const char *const begins[] = {"/", "./", "../", "~", "file:", "C:\\"};
    for (size_t i = 0; i < COUNT_OF(begins); i++)
        if (text_begins(v, begins[i])) return true;
    return is_text(v) && v->exact && slice_eq(v->text, S("."));
}

static bool one_own(const struct module *m, const struct value *v, struct slice text)
{
    (void)text;
    return v->own || named_any(m, v,
                               S("importlib.resources.**,pkg_resources.**,sys.prefix,"
                                 "ctypes.util.find_library()"));
}

/* The first word of a folder that people save to. */
static bool is_folder_word(struct slice s)
{
    static const char *const words[] = {
        "model", "models",     "output",      "outputs",  "out",       "result",  "results",
        "ckpt",  "checkpoint", "checkpoints", "ckpts",    "saved",     "save",    "data",
        "tmp",   "temp",       "cache",       "artifact", "artifacts", "weights", "runs",
        "logs",  "experiment", "experiments", "local",    "assets",    "build",   "trained",
        "final", "finetuned",  "pretrained",  "my",       "best",      "exp",     "dataset",
        "lora",  "adapter",    "adapters",    "path",     "resources", "test",    "tests"};
    size_t n = 0;
    while (n < s.n && ascii_letter(s.p[n])) n++;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (slice_eq_nocase(slice_sub(s, 0, n), slice_str(words[i]))) return true;
    return false;
}

/* Formats that load_dataset() reads from files of ours. */
static bool is_builder(struct slice s)
{
    static const char *const names[] = {"json",        "csv",         "parquet", "text",
                                        "arrow",       "xml",         "sql",     "imagefolder",
                                        "audiofolder", "generator",   "pandas",  "pickle",
                                        "webdataset",  "videofolder", "spark"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (slice_eq(s, slice_str(names[i]))) return true;
    return false;
}

static bool is_file(struct slice s)
{
    static const char *const ends[] = {
        ".json", ".pt",  ".pth", ".bin",  ".safetensors", ".gguf", ".onnx",  ".py",    ".txt",
        ".zip",  ".csv", ".pkl", ".ckpt", ".yaml",        ".yml",  ".model", ".jsonl", ".parquet"};
    for (size_t i = 0; i < COUNT_OF(ends); i++)
        if (slice_ends_nocase(s, slice_str(ends[i]))) return true;
    return false;
}

static bool one_hub_id(const struct module *m, const struct value *v, struct slice text)
{
    struct slice s = v->text;
    (void)m;
    (void)text;
    if (v->kind != VAL_STRING || !v->exact || v->own) return false;
    if (starts_nocase(s, S("hf-hub:"))) s = slice_sub(s, 7, s.n);
    if (starts_nocase(s, S("hf://"))) s = slice_sub(s, 5, s.n);
    if (starts_nocase(s, S("https://huggingface.co/"))) s = slice_sub(s, 23, s.n);
    size_t slashes = 0;
    bool mark = false; /* a digit or a dash: bert-base-uncased, gpt2 */
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        if (!ascii_alnum(c) && c != '-' && c != '_' && c != '.' && c != '/') return false;
        slashes += c == '/';
        mark = mark || ascii_digit(c) || c == '-';
    }
    if (!s.n || s.n > 96 || slashes > 1 || !ascii_alnum(s.p[0]) || s.p[s.n - 1] == '/')
        return false;
    if (is_folder_word(s) || is_builder(s) || is_file(s)) return false;
    return slashes == 1 || mark || s.n <= 16;
}

static bool word_in(struct slice s, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (slice_has_nocase(s, slice_str(words[i]))) return true;
    return false;
}

/* What the code itself calls a model, and not a path. */
static bool hub_open(const struct module *m, const struct argument *a)
{
    static const char *const ids[] = {"model", "repo", "hub", "name", "_id", "pretrained", "base"};
    static const char *const paths[] = {"path", "dir",  "folder", "local", "ckpt",   "checkpoint",
                                        "out",  "save", "root",   "file",  "weights"};
    const struct value *v = a->value;
    uint8_t written = a->node ? module_node(m, a->node)->kind : PN_NONE;
    if (written != PN_NAME && written != PN_ATTR) return false;
    if (v->kind == VAL_OBJECT || v->kind == VAL_LIST || v->kind == VAL_DICT || v->call || v->own)
        return false;
    if ((is_text(v) && (v->exact || v->text.n)) || one_local(m, v, S(""))) return false;
    struct slice shown = a->node ? module_source(m, a->node) : slice_of(NULL, 0);
    if (v->name && slice_has(v->name->full, S("()"))) return false;
    return word_in(shown, ids, COUNT_OF(ids)) && !word_in(shown, paths, COUNT_OF(paths));
}

/* ---- secrets ---- */

static bool is_placeholder(struct slice s)
{
    static const char *const words[] = {
        "your",   "xxx",    "example",   "change",   "placeholder", "dummy", "test",   "fake",
        "none",   "...",    "***",       "<",        "token",       "here",  "secret", "api_key",
        "apikey", "sample", "mock",      "${",       "{{",          "todo",  "empty",  "not-",
        "local",  "ollama", "lm-studio", "anything", "password",    "foo"};
    return word_in(s, words, COUNT_OF(words));
}

static bool one_secret(const struct module *m, const struct value *v, struct slice text)
{
    bool seen[256] = {false};
    size_t kinds = 0, digits = 0;
    (void)m;
    (void)text;
    if (!is_text(v) || !v->exact || v->fallback || v->text.n < 12 || v->text.n > 200) return false;
    if (is_placeholder(v->text)) return false;
    for (size_t i = 0; i < v->text.n; i++) {
        uint8_t c = v->text.p[i];
        if (c <= ' ' || c >= 127) return false;
        kinds += !seen[c];
        digits += ascii_digit(c);
        seen[c] = true;
    }
    return kinds >= 8 && digits >= 2;
}

static bool one_quoted(const struct module *m, const struct value *v, struct slice text)
{
    (void)m;
    (void)text;
    return v->quoted || (is_text(v) && v->exact);
}

static bool one_fallback(const struct module *m, const struct value *v, struct slice text)
{
    (void)m;
    (void)text;
    return v->fallback;
}

static bool one_anybody(const struct module *m, const struct value *v, struct slice text)
{
    (void)m;
    (void)text;
    return v->kind == VAL_NUMBER && v->number >= 0 && v->number <= 07777 &&
           ((unsigned)v->number & 2);
}

static bool one_dummy(const struct module *m, const struct value *v, struct slice text)
{
    (void)text;
    return v->kind == VAL_DEF || (v->node && module_node(m, v->node)->kind == PN_LAMBDA);
}

/* ---- all of them ---- */

static one_fn *const ones[] = {
    [CODE_OP_IS] = one_is,
    [CODE_OP_ENDS] = one_ends,
    [CODE_OP_BEGINS] = one_begins,
    [CODE_OP_HAS] = one_has,
    [CODE_OP_HEX40] = one_hex40,
    [CODE_OP_HUB_ID] = one_hub_id,
    [CODE_OP_HTTP] = one_http,
    [CODE_OP_URL] = one_url,
    [CODE_OP_PLAIN] = one_plain,
    [CODE_OP_OVER] = one_over,
    [CODE_OP_UNDER] = one_under,
    [CODE_OP_ALL_HOSTS] = one_all_hosts,
    [CODE_OP_LOOPBACK] = one_loopback,
    [CODE_OP_EMPTY] = one_empty,
    [CODE_OP_LIST_HAS] = one_list_has,
    [CODE_OP_KEY_FALSE] = one_key_false,
    [CODE_OP_OWN] = one_own,
    [CODE_OP_SECRET] = one_secret,
    [CODE_OP_QUOTED] = one_quoted,
    [CODE_OP_FALLBACK] = one_fallback,
    [CODE_OP_SHELL] = one_shell,
    [CODE_OP_LOCAL] = one_local,
    [CODE_OP_OBJECT] = one_object,
    [CODE_OP_PARAM] = one_param,
    [CODE_OP_INTERNAL] = one_internal,
    [CODE_OP_ANYBODY] = one_anybody,
    [CODE_OP_DUMMY] = one_dummy,
};

static bool is_none(const struct value *v)
{
    return v->kind == VAL_NONE && !v->fallback && !v->other;
}

/* What a call gives may be known, b64decode("..."), and its name matter all the same. */
static bool folded_call(const struct module *m, const struct argument *a, const struct code_test *t)
{
    const struct py_node *n = a->node ? module_node(m, a->node) : NULL;
    if (!n || n->kind != PN_CALL || a->value->name) return false;
    return named_any(m, module_value(m, n->first), code_text(t->text));
}

static bool argument_holds(const struct site *s, const struct code_test *t)
{
    const struct module *m = s->rows->m;
    struct argument a = site_argument(s, t->position, code_text(t->keyword));
    bool given = a.how == ARGUMENT_GIVEN && a.value;
    switch ((enum code_op)t->op) {
    case CODE_OP_MISSING: return a.how == ARGUMENT_MISSING || (given && is_none(a.value));
    case CODE_OP_GIVEN: return given && !is_none(a.value);
    case CODE_OP_CONST: return given && value_constant(m, a.value);
    case CODE_OP_OPEN: return given && !value_constant(m, a.value);
    case CODE_OP_HUB_OPEN: return given && hub_open(m, &a);
    case CODE_OP_DUMMY:
        if (given && a.node && module_node(m, a.node)->kind == PN_LAMBDA) return true;
        break;
    case CODE_OP_NAMED:
        return given && (named_any(m, a.value, code_text(t->text)) || folded_call(m, &a, t));
    default: break;
    }
    for (const struct value *v = given ? a.value : NULL; v; v = v->other)
        if (ones[t->op](m, v, code_text(t->text))) return true;
    return false;
}

bool test_holds(struct site *s, const struct code_test *t)
{
    bool holds = t->op < CODE_FACT_VERIFIED ? argument_holds(s, t) : fact_holds(s, t);
    return holds != (t->not != 0);
}
