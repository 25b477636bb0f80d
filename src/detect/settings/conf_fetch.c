/* SPDX-License-Identifier: Apache-2.0 */
/* conf_fetch.c - what commands bring in: downloads, programs that run at once, packages. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/settings/conf.h"

static struct slice program_of(const struct shell_command *c)
{
    return c->program < c->count ? shell_base(c->words[c->program].text) : S("");
}

static bool is_fetcher(struct slice program)
{
    return conf_fits(S("curl|wget|wget2|aria2c|axel|http|https|fetch"), program);
}

/* ---- digests ---- */

/* Does a command of the same script check what was fetched? */
static bool is_verified(const struct conf_command *c)
{
    const struct shell *shell = c->c->script->shell;
    size_t from = c->c->index > 64 ? c->c->index - 64 : 0, to = c->c->index + 64;
    for (size_t i = from; i < shell->count && i < to; i++) {
        const struct shell_command *o = &shell->commands[i];
        struct slice p = program_of(o);
        if (conf_fits(S("sha256sum|sha512sum|sha384sum|sha1sum|shasum|b3sum|b2sum|sha256|"
                        "gpg|gpg2|gpgv|cosign|minisign|signify|slsa-verifier|rhash|merlon"),
                      p))
            return true;
        bool openssl = slice_eq(p, S("openssl"));
        for (size_t w = o->program; openssl && w < o->count; w++)
            if (conf_fits(S("dgst|sha256"), o->words[w].text)) return true;
    }
    return conf_option(c, "--checksum") != SIZE_MAX;
}

/* .../resolve/<40 hex digits>/..., .../<40 hex digits>/... */
static bool names_commit(struct slice url)
{
    struct slice part;
    while (slice_split(&url, '/', &part))
        if (conf_is_commit(part) || (slice_starts(part, S("sha256")) && part.n > 64)) return true;
    return false;
}

void conf_download(const struct conf_command *c)
{
    if (!is_fetcher(c->program) && !slice_eq(c->program, S("gdown"))) return;
    for (size_t i = 1; i < c->count; i++) {
        struct slice url = c->words[i].text;
        bool data = conf_artifact_url(url);
        bool drive = slice_eq(c->program, S("gdown")) && slice_has(url, S("drive.google.com"));
        if (!(data || drive) || conf_loopback_url(url) || names_commit(url)) continue;
        if (is_verified(c)) return;
        bool http = slice_starts(url, S("http://")) || slice_starts(url, S("ftp://"));
        conf_say(c->j, c->r, "code.download-unverified", http ? SEV_HIGH : SEV_MEDIUM,
                 conf_word_place(c, i),
                 http
                     ? S("Whoever is on the way, or on that server, decides what arrives: there is "
                         "neither TLS nor a digest")
                     : S("Whoever gets at that server decides what arrives: no digest is compared"),
                 url);
        return;
    }
}

/* ---- pipes into a shell ---- */

static bool is_interpreter(struct slice program)
{
    return shell_is_shell(program) ||
           conf_fits(S("python|python3|python2|python3.*|perl|ruby|node|php|pwsh"), program);
}

/* Does the interpreter run what it reads, and not a program of its own? */
static bool runs_input(const struct shell_command *c)
{
    struct slice p = program_of(c);
    if (!is_interpreter(p)) return false;
    for (size_t i = c->program + 1; i < c->count; i++) {
        struct slice w = c->words[i].text;
        if (slice_eq(w, S("-s"))) return true; /* what follows are its arguments */
        if (slice_eq(w, S("-")) || conf_fits(S("/dev/stdin"), w)) continue;
        if (!slice_starts(w, S("-")) && !slice_starts(w, S("+"))) return false;
        bool own = !shell_is_shell(p) && conf_fits(S("-c|-m|-e|-p|-n*|-pe|-pi*"), w);
        if (own || (shell_is_shell(p) && conf_fits(S("-c|-*c"), w) && !slice_starts(w, S("--"))))
            return false;
    }
    return true;
}

static bool fetches_remote(const struct shell_command *c)
{
    bool url = false;
    if (!is_fetcher(program_of(c))) return false;
    for (size_t i = c->program + 1; i < c->count; i++) {
        struct slice w = c->words[i].text;
        if (slice_has(w, S("://")) && conf_loopback_url(w)) return false;
        url = url || !slice_starts(w, S("-"));
    }
    return url;
}

static void say_remote(const struct conf_command *c, const struct shell_command *fetch,
                       struct slice evidence)
{
    struct conf_command f = *c;
    f.words = fetch->words + fetch->program;
    f.count = fetch->count - fetch->program;
    conf_say(c->j, c->r, "code.remote-script", CONF_RULE_SEVERITY, conf_word_place(&f, 0),
             S("Whoever answers that address runs code here: what arrives is run without a look"),
             evidence);
}

/* sh -c "$(curl ...)", eval "$(curl ...)", bash <(curl ...), source <(curl ...) */
static void runs_substitution(const struct conf_command *c)
{
    const struct shell *shell = c->c->script->shell;
    if (c->shell->parent == SHELL_NONE || c->shell->via == SHELL_INNER) return;
    const struct shell_command *parent = &shell->commands[c->shell->parent];
    struct slice p = program_of(parent);
    bool takes = conf_fits(S("eval|source|."), p) || is_interpreter(p);
    if (!takes || !fetches_remote(c->shell)) return;
    if (c->shell->via == SHELL_SUBSTITUTED && is_interpreter(p)) {
        bool program = false;
        for (size_t i = parent->program + 1; i + 1 < parent->count; i++) {
            bool dash = conf_fits(S("-c|-e|-lc|-ec|-xc"), parent->words[i].text);
            program = program || (dash && slice_find(parent->words[i + 1].text, S("$(")) == 0) ||
                      (dash && slice_find(parent->words[i + 1].text, S("`")) == 0);
        }
        if (!program) return; /* sh x.sh $(curl ...): an argument */
    }
    say_remote(c, c->shell, parent->text);
}

void conf_pipe(const struct conf_command *c)
{
    const struct shell *shell = c->c->script->shell;
    runs_substitution(c);
    if (!c->c->piped || !runs_input(c->shell)) return;
    for (size_t i = c->c->index; i > 0 && shell->commands[i].join == SHELL_PIPE; i--) {
        const struct shell_command *before = &shell->commands[i - 1];
        if (conf_fits(S("sha256sum|gpg|cosign"), program_of(before))) return;
        if (!fetches_remote(before)) continue;
        say_remote(c, before,
                   arena_printf(c->j->arena, "%.*s | %.*s", SLICE_ARG(before->text),
                                SLICE_ARG(c->c->text)));
        return;
    }
}

/* ---- pip ---- */

/* The index of the first word behind `install`, or 0. */
static size_t install_words(const struct conf_command *c)
{
    bool pip = conf_fits(S("pip|pip3|pip3.*|pip2"), c->program);
    bool uv = slice_eq(c->program, S("uv"));
    for (size_t i = 1; i < c->count && i < 6; i++) {
        struct slice w = c->words[i].text;
        if (uv && slice_eq(w, S("pip"))) pip = true;
        if (pip && slice_eq(w, S("install"))) return i + 1;
    }
    return 0;
}

static bool takes_value(struct slice option)
{
    return conf_fits(
        S("-r|--requirement|-c|--constraint|-e|--editable|-t|--target|-i|--index-url|"
          "--extra-index-url|-f|--find-links|--trusted-host|--prefix|--root|--src|--platform|"
          "--python-version|--implementation|--abi|--upgrade-strategy|--progress-bar|--timeout|"
          "--retries|--proxy|--cert|--client-cert|--cache-dir|--log|--python|-p|--index|"
          "--index-strategy|--default-index|--config-settings|--global-option|--no-binary|"
          "--only-binary|--exclude-newer|--torch-backend|--report|--override|--build-constraint"),
        option);
}

static struct package package_of(const struct conf_command *c, size_t word)
{
    struct slice s = c->words[word].text;
    struct conf_place at = conf_word_place(c, word);
    struct package p = {
        .source = PACKAGE_COMMAND, .system = SYSTEM_PYPI, .line = at.line, .column = at.column};
    size_t n = 0, marker = slice_find_byte(s, ';');
    s = slice_sub(s, 0, marker);
    bool url = slice_has(s, S("://"));
    while (n < s.n && (ascii_alnum(s.p[n]) || strchr("-_.", s.p[n]))) n++;
    p.name = slice_sub(s, 0, n);
    struct slice rest = slice_sub(s, n, s.n);
    if (slice_starts(rest, S("["))) {
        size_t end = slice_find_byte(rest, ']');
        rest = slice_sub(rest, end == SIZE_MAX ? rest.n : end + 1, rest.n);
    }
    rest = slice_trim(rest);
    if (url) {
        bool named = slice_starts(rest, S("@"));
        p.url = named ? slice_trim(slice_sub(rest, 1, rest.n)) : s;
        if (!named) p.name = S("");
    } else {
        p.versions = rest;
    }
    return p;
}

static bool is_path(struct slice s)
{
    return conf_fits(S(".|./*|../*|/*|.[[]*|*.whl|*.tar.gz|*.zip|~/*|*/"), s) ||
           slice_starts(s, S(".["));
}

static bool is_pinned(const struct package *p)
{
    struct slice v = p->versions;
    return slice_starts(v, S("==")) && slice_find_byte(v, '*') == SIZE_MAX;
}

/* Loose names: told once for a command. */
static void say_loose(const struct conf_command *c, size_t word)
{
    enum command_where where = c->c->script->where;
    struct conf_place at = conf_word_place(c, word);
    if (where == WHERE_DOCKERFILE)
        conf_say(c->j, c->r, "code.docker-pip-unpinned", CONF_RULE_SEVERITY, at,
                 S("Whoever can publish one of these packages gets into the next image"),
                 c->c->text);
    else if (where == WHERE_COMPOSE)
        conf_say(
            c->j, c->r, "code.pip-install-runtime", CONF_RULE_SEVERITY, at,
            S("The container installs what is newest whenever it starts: whoever can publish one "
              "of these packages runs code in it"),
            c->c->text);
    else if (where == WHERE_NOTEBOOK || where == WHERE_SHELL)
        conf_say(c->j, c->r, "code.pip-install-runtime", SEV_LOW, at,
                 S("What is newest is installed on each run: whoever can publish one of these "
                   "packages runs code here"),
                 c->c->text);
}

static void pip_option(const struct conf_command *c, const char *name, const char *rule, bool index)
{
    size_t word = 0;
    struct slice value = conf_option_value(c, name, &word);
    if (!value.p || conf_is_open(value)) return;
    bool http = slice_starts(value, S("http://"));
    if (!index) {
        if (conf_loopback_url(value)) return;
        conf_say(c->j, c->r, rule, CONF_RULE_SEVERITY, conf_word_place(c, word),
                 S("pip takes packages from this host without checking its certificate"),
                 c->c->text);
    } else if (http && !conf_loopback_url(value)) {
        conf_say(c->j, c->r, "dep.index-insecure", CONF_RULE_SEVERITY, conf_word_place(c, word),
                 S("Packages come over plain http: whoever is on the way puts in their own"),
                 value);
    }
}

static void pip_extra_index(const struct conf_command *c)
{
    size_t word = 0;
    struct slice value = conf_option_value(c, "--extra-index-url", &word);
    if (!value.p || conf_is_open(value)) return;
    bool vendor = conf_known_index(value);
    conf_say(c->j, c->r, "dep.extra-index", vendor ? SEV_MEDIUM : CONF_RULE_SEVERITY,
             conf_word_place(c, word),
             S("Packages come from whichever index has the higher version: whoever registers a "
               "private package's name on the public one wins"),
             value);
}

void conf_pip(const struct conf_command *c)
{
    size_t from = install_words(c);
    bool loose = false, doc = c->c->script->where == WHERE_DOC;
    if (!from) return;
    if (!doc) {
        pip_option(c, "--trusted-host", "code.tls-off", false);
        pip_option(c, "--index-url", NULL, true);
        pip_option(c, "-i", NULL, true);
        pip_option(c, "--find-links", NULL, true);
        pip_extra_index(c);
    }
    bool hashed = conf_option(c, "--require-hashes") != SIZE_MAX;
    for (size_t i = from; i < c->count; i++) {
        struct slice w = c->words[i].text;
        if (slice_starts(w, S("-"))) {
            if (takes_value(w)) i++;
            continue;
        }
        if (!w.n || is_path(w) || slice_has(w, S("$")) || slice_has(w, S("<"))) continue;
        struct package p = package_of(c, i);
        judge_package(c->j, c->r,
                      &(struct event){.kind = EV_PACKAGE, .line = p.line, .package = &p});
        bool tool = conf_fits(S("pip|setuptools|wheel|uv|build|hatchling"), p.name);
        if (!doc && !loose && !hashed && !tool && !p.url.n && !is_pinned(&p)) {
            say_loose(c, i);
            loose = true;
        }
    }
}
