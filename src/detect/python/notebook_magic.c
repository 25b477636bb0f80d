/* SPDX-License-Identifier: Apache-2.0 */
/* notebook_magic.c - commands and magics of cells: what is downloaded and run, what holds a
 * credential. */
#include "base/ascii.h"
#include "detect/python/notebook.h"
#include "finding/rules.h"

static void send(struct judge *j, const struct reading *r, const char *rule, enum severity severity,
                 uint32_t line, struct slice message, struct slice evidence)
{
    struct finding f = judge_finding(j, r, rule, UINT64_MAX);
    f.severity = severity;
    f.line = line;
    f.message = message;
    f.evidence = evidence;
    if (evidence.n && !evidence.p) j->nomem = true;
    judge_emit(j, &f);
}

/* ---- commands ---- */

static bool is_word(struct slice word, const char *const *words)
{
    for (; *words; words++)
        if (slice_eq(word, slice_str(*words))) return true;
    return false;
}

static struct slice program_of(const struct shell_command *c)
{
    return c->program < c->count ? shell_base(c->words[c->program].text) : S("");
}

static bool is_download(const struct shell_command *c)
{
    static const char *const names[] = {"curl", "wget", "aria2c", "http", NULL};
    return is_word(program_of(c), names);
}

static bool is_interpreter(struct slice program)
{
    static const char *const names[] = {"perl", "ruby", "node", "ipython", NULL};
    return shell_is_shell(program) || is_word(program, names) || slice_starts(program, S("python"));
}

/* The last part of what is downloaded: where -o says, or of the URL. */
static struct slice saved_as(const struct shell_command *c)
{
    struct slice found = S("");
    for (size_t i = c->program + 1; i < c->count; i++) {
        struct slice w = c->words[i].text;
        bool out = slice_eq(w, S("-o")) || slice_eq(w, S("--output")) ||
                   (slice_eq(w, S("-O")) && slice_eq(program_of(c), S("wget")));
        if (out && i + 1 < c->count) return shell_base(c->words[i + 1].text);
        if (slice_has(w, S("://"))) found = shell_base(slice_sub(w, 0, slice_find_byte(w, '?')));
    }
    return found;
}

/* wget .../x.sh && bash x.sh: within one script, without a digest in between. */
static bool runs_saved(const struct shell *s, size_t index)
{
    if (!is_download(&s->commands[index])) return false;
    struct slice name = saved_as(&s->commands[index]);
    if (!name.n) return false;
    for (size_t i = index + 1; i < s->count && i < index + 20; i++) {
        const struct shell_command *c = &s->commands[i];
        struct slice program = program_of(c);
        if (slice_ends(program, S("sum")) || slice_eq(program, S("gpg"))) return false;
        if (slice_eq(program, name)) return true;
        bool arg =
            c->program + 1 < c->count && slice_eq(shell_base(c->words[c->program + 1].text), name);
        if (arg && is_interpreter(program)) return true;
    }
    return false;
}

static bool is_hex(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!ascii_is_hex(s.p[i])) return false;
    return s.n > 0;
}

/* git+https://host/x@<commit>, https://host/x.whl#sha256=... */
static bool is_pinned(struct slice url)
{
    if (slice_has(url, S("#sha256="))) return true;
    size_t at = slice_rfind_byte(url, '@');
    struct slice ref = at == SIZE_MAX ? S("") : slice_sub(url, at + 1, 40);
    return ref.n == 40 && is_hex(ref);
}

/* The argument of pip install that is an address without a pin; empty: there is none. */
static struct slice installs_url(const struct command *c)
{
    size_t i = 0;
    while (i < c->count && !slice_eq(c->words[i], S("install"))) i++;
    bool pip = c->count && (slice_has(shell_base(c->words[0]), S("pip")) ||
                            (c->count > 3 && slice_eq(c->words[2], S("pip"))) ||
                            (c->count > 2 && slice_eq(c->words[0], S("uv"))));
    for (size_t k = 0; k < c->count; k++)
        if (slice_eq(c->words[k], S("--require-hashes"))) return S("");
    for (i++; pip && i < c->count; i++) {
        struct slice w = c->words[i];
        bool option = slice_starts(c->words[i - 1], S("-")) &&
                      !slice_eq(c->words[i - 1], S("-U")) && !slice_eq(c->words[i - 1], S("-q"));
        bool address = slice_has(w, S("git+")) || slice_has(slice_sub(w, 0, 8), S("://")) ||
                       slice_has(w, S("@ http"));
        if (address && !option && !is_pinned(w)) return w;
    }
    return S("");
}

/* What goes through a pipe into a shell is code.remote-script, here as everywhere. */
void notebook_command(struct judge *j, const struct reading *r, const struct event *ev)
{
    const struct command *c = ev->command;
    if (c->script->where != WHERE_NOTEBOOK || notebook_told(j, c->line, false)) return;
    const struct shell *s = c->script->shell;
    struct slice evidence = slice_sub(c->text, 0, 160), url = installs_url(c);
    if (runs_saved(s, c->index)) {
        send(j, r, "notebook.download-run", SEV_HIGH, c->line,
             S("The cell downloads a file and runs it, without checking a digest"),
             arena_copy(j->arena, evidence));
    } else if (url.n) {
        bool secure = slice_has(url, S("git+https://")) || slice_has(url, S("git+ssh://"));
        send(j, r, "notebook.download-run", secure ? SEV_MEDIUM : SEV_HIGH, c->line,
             S("The cell installs a package from an address that is not pinned to a commit or "
               "digest"),
             arena_copy(j->arena, evidence));
    }
}

/* ---- magics ---- */

static struct slice word_of(struct slice *rest)
{
    struct slice s = slice_trim(*rest);
    size_t n = 0;
    while (n < s.n && !ascii_space(s.p[n])) n++;
    *rest = slice_sub(s, n, s.n);
    return slice_sub(s, 0, n);
}

static bool has_one(struct slice s, const char *const *words)
{
    for (; *words; words++)
        if (slice_has_nocase(s, slice_str(*words))) return true;
    return false;
}

/* A variable, a template, or a text that stands for a value. */
static bool is_placeholder(struct slice v)
{
    static const char *const words[] = {"your",   "xxx",  "<",           "change", "example",
                                        "...",    "***",  "placeholder", "dummy",  "todo",
                                        "insert", "none", "test",        NULL};
    return v.n < 6 || v.p[0] == '$' || v.p[0] == '{' || has_one(v, words);
}

static struct slice unquoted(struct slice v)
{
    v = slice_trim(v);
    bool quoted = v.n > 1 && (v.p[0] == '"' || v.p[0] == '\'') && v.p[v.n - 1] == v.p[0];
    return quoted ? slice_sub(v, 1, v.n - 2) : v;
}

/* %env NAME=value */
static bool sets_secret(struct slice rest)
{
    static const char *const names[] = {"key", "token",      "secret", "passw",
                                        "pwd", "credential", NULL};
    static const char *const paths[] = {"file", "path", "_id", "parallelism", NULL};
    size_t n = 0;
    rest = slice_trim(rest);
    while (n < rest.n && rest.p[n] != '=' && !ascii_space(rest.p[n])) n++;
    struct slice name = slice_sub(rest, 0, n), value = slice_trim(slice_sub(rest, n, rest.n));
    if (slice_starts(value, S("="))) value = slice_sub(value, 1, value.n);
    return has_one(name, names) && !has_one(name, paths) && !is_placeholder(unquoted(value)) &&
           slice_find_byte(slice_trim(value), ' ') == SIZE_MAX;
}

/* scheme://user:password@host */
static bool url_password(struct slice rest)
{
    size_t at = slice_find(rest, S("://"));
    if (at == SIZE_MAX) return false;
    struct slice url = slice_sub(rest, at + 3, rest.n);
    size_t end = 0;
    while (end < url.n && !ascii_space(url.p[end])) end++;
    url = slice_sub(url, 0, end);
    size_t host = slice_rfind_byte(url, '@'), colon = slice_find_byte(url, ':');
    if (host == SIZE_MAX || colon == SIZE_MAX || colon > host) return false;
    struct slice password = slice_sub(url, colon + 1, host - colon - 1);
    return password.n > 2 && password.p[0] != '$' && password.p[0] != '{' && password.p[0] != '<' &&
           !slice_has_nocase(password, S("xxx")) && !slice_has(password, S("***")) &&
           !slice_has_nocase(password, S("your"));
}

static void one_magic(struct judge *j, const struct reading *r, struct slice text, uint32_t line)
{
    struct slice rest = slice_sub(text, 0, slice_find_byte(text, '\n'));
    struct slice word = word_of(&rest), name = word;
    while (slice_starts(name, S("%"))) name = slice_sub(name, 1, name.n);
    bool env = slice_eq(name, S("env")) || slice_eq(name, S("set_env"));
    bool runs =
        slice_eq(name, S("run")) || slice_eq(name, S("load")) || slice_eq(name, S("loadpy"));
    const char *message = NULL;
    if (word.n == name.n) return;
    if (env && sets_secret(rest))
        message = "A credential stands in a cell: whoever gets the notebook has it";
    else if (slice_eq(name, S("sql")) && url_password(rest))
        message = "The password of a database stands in a cell: whoever gets the notebook has it";
    else if (runs && slice_has(slice_sub(slice_trim(rest), 0, 64), S("http")) &&
             slice_has(rest, S("://")))
        message = "Code from an address is put into the kernel, unseen";
    if (!message || (!runs && notebook_told(j, line, true))) return;
    bool address = runs;
    send(j, r, "notebook.credential-magic", SEV_MEDIUM, line, slice_str(message),
         address ? arena_copy(j->arena, slice_sub(text, 0, 120))
                 : arena_printf(j->arena, "%.*s ...", SLICE_ARG(word)));
}

void notebook_magics(struct judge *j, const struct reading *r, const struct event *ev)
{
    const struct code_module *m = ev->module;
    if (!m->notebook) return;
    for (size_t i = 0; i < m->tree->stmt_count; i++) {
        const struct py_stmt *s = &m->tree->stmts[i];
        if (s->kind == PS_MAGIC)
            one_magic(j, r, s->text, m->lines ? m->lines[s->line - 1] : s->line);
    }
}
