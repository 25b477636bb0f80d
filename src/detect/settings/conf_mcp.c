/* SPDX-License-Identifier: Apache-2.0 */
/* conf_mcp.c - servers of tools that an agent starts or talks to: .mcp.json and its kin. */
#include "base/ascii.h"
#include "base/st.h"
#include "detect/settings/conf.h"

/* "name@1.2.3", "@scope/name@1.2.3", "name==1.2.3" */
static bool has_version(struct slice package)
{
    if (slice_has(package, S("=="))) return slice_find_byte(package, '*') == SIZE_MAX;
    if (slice_starts(package, S("@"))) package = slice_sub(package, 1, package.n);
    size_t at = slice_find_byte(package, '@');
    if (at == SIZE_MAX) return false;
    struct slice version = slice_sub(package, at + 1, package.n);
    return version.n &&
           !conf_fits(S("latest|next|beta|alpha|canary|main|master|\\^*|~*|>*|\\**"), version);
}

/* git+https://...@<commit>, github:owner/name#<commit> */
static bool has_commit(struct slice url)
{
    size_t at = slice_rfind_byte(url, '@'), hash = slice_rfind_byte(url, '#');
    if (hash != SIZE_MAX && conf_is_commit(slice_sub(url, hash + 1, url.n))) return true;
    struct slice rev = at == SIZE_MAX ? S("") : slice_sub(url, at + 1, url.n);
    return conf_is_commit(slice_sub(rev, 0, slice_find_byte(rev, '#')));
}

static bool is_local(struct slice package)
{
    return conf_fits(S("./*|../*|/*|~/*|.|$*|?:\\\\*|file:*|<*|{*"), package) ||
           (package.n > 1 && package.p[1] == ':');
}

struct server {
    const struct conf_doc *d;
    uint32_t map;
    uint32_t words[64]; /* settings with the words of its command, the command first */
    size_t count;
};

static struct slice word(const struct server *s, size_t i)
{
    return i < s->count ? conf_value(s->d, s->words[i]) : S("");
}

static void collect(struct server *s)
{
    uint32_t command = conf_child(s->d, s->map, "command"), args;
    if (command == CONF_NONE) command = conf_child(s->d, s->map, "cmd");
    if (command == CONF_NONE) return;
    if (conf_at(s->d, command)->kind == SET_MAP) { /* Zed: command: {path, args} */
        args = conf_child(s->d, command, "args");
        command = conf_child(s->d, command, "path");
        if (command == CONF_NONE) return;
    } else {
        args = conf_child(s->d, s->map, "args");
    }
    bool list = conf_at(s->d, command)->kind == SET_LIST;
    if (!list) s->words[s->count++] = command;
    for (int pass = 0; pass < 2; pass++) {
        uint32_t from = pass ? args : command;
        if (from == CONF_NONE || conf_at(s->d, from)->kind != SET_LIST) continue;
        for (uint32_t i = from + 1; i < conf_at(s->d, from)->end && s->count < 64; i++)
            if (conf_is_text(conf_at(s->d, i))) s->words[s->count++] = i;
    }
}

/* Behind cmd /c and env A=b. */
static size_t first_word(const struct server *s)
{
    size_t i = 0;
    if (conf_fits(S("cmd|cmd.exe"), shell_base(word(s, 0))))
        while (i < s->count && (i == 0 || conf_fits(S("/c"), word(s, i)))) i++;
    if (slice_eq(shell_base(word(s, i)), S("env")))
        for (i++; i < s->count && slice_find_byte(word(s, i), '=') != SIZE_MAX;) i++;
    return i;
}

static void say(const struct server *s, size_t i, struct slice shown)
{
    conf_say(s->d->j, s->d->r, "code.mcp-unpinned", CONF_RULE_SEVERITY,
             conf_place_of(conf_at(s->d, s->words[i])),
             S("Whoever can publish this package runs code beside the agent, with its keys"),
             shown);
}

static void judge_package_word(const struct server *s, size_t i, bool git_counts)
{
    struct slice p = word(s, i);
    /* a scope's @ is no sign of a value that comes from elsewhere */
    struct slice name = slice_starts(p, S("@")) ? slice_sub(p, 1, p.n) : p;
    if (!p.n || is_local(p) || conf_is_open(name)) return;
    bool git = slice_has(p, S("git+")) || slice_starts(p, S("github:")) || slice_has(p, S("://"));
    if (git ? !git_counts || has_commit(p) : has_version(p)) return;
    say(s, i, p);
}

/* The package of npx, bunx, pnpm dlx, yarn dlx. */
static void node(const struct server *s, size_t i)
{
    for (i++; i < s->count; i++) {
        struct slice w = word(s, i);
        if (conf_fits(S("-p|--package"), w) && i + 1 < s->count) {
            judge_package_word(s, i + 1, true);
            return;
        }
        if (slice_starts(w, S("--package="))) return;
        if (slice_starts(w, S("-")) || conf_fits(S("dlx|exec|x"), w)) continue;
        judge_package_word(s, i, true);
        return;
    }
}

/* uvx [--from package] name, pipx run [--spec package] name, uv tool run name */
static void python(const struct server *s, size_t i)
{
    for (i++; i < s->count; i++) {
        struct slice w = word(s, i);
        if (conf_fits(S("--from|--spec"), w) && i + 1 < s->count) {
            judge_package_word(s, i + 1, true);
            return;
        }
        if (conf_fits(S("--with|--python|-p|--index-url|--directory|--project|--refresh-package"),
                      w)) {
            i++;
            continue;
        }
        if (slice_starts(w, S("-")) || conf_fits(S("tool|run"), w)) continue;
        judge_package_word(s, i, true);
        return;
    }
}

/* docker run [options] image */
static void docker(const struct server *s, size_t i)
{
    bool run = false;
    for (i++; i < s->count; i++) {
        struct slice w = word(s, i);
        if (slice_eq(w, S("run"))) {
            run = true;
            continue;
        }
        if (conf_fits(
                S("-e|--env|-v|--volume|-p|--publish|--name|--network|--net|--mount|-u|--user|"
                  "-w|--workdir|--env-file|--entrypoint|--pull|-l|--label|--platform|--add-host|"
                  "--memory|-m|--cpus|--gpus|--ipc|--shm-size"),
                w)) {
            i++;
            continue;
        }
        if (!run || slice_starts(w, S("-"))) continue;
        if (!conf_is_open(w) && !slice_has(w, S("@sha256:"))) {
            struct slice name = shell_base(w);
            size_t colon = slice_find_byte(name, ':');
            struct slice tag = colon == SIZE_MAX ? S("latest") : slice_sub(name, colon + 1, name.n);
            if (conf_fits(S("latest|main|master|nightly|edge|dev"), tag)) say(s, i, w);
        }
        return;
    }
}

static void judge_command_words(const struct server *s)
{
    size_t i = first_word(s);
    struct slice program = shell_base(word(s, i));
    bool verb = conf_fits(S("dlx|exec|x|tool|run"), word(s, i + 1));
    if (conf_fits(S("npx|npx.cmd|bunx"), program)) node(s, i);
    if (conf_fits(S("pnpm|yarn|bun|npm"), program) && verb) node(s, i);
    if (conf_fits(S("uvx|uvx.exe"), program)) python(s, i);
    if (conf_fits(S("pipx"), program) && verb) python(s, i);
    if (conf_fits(S("uv"), program) && slice_eq(word(s, i + 1), S("tool"))) python(s, i);
    if (conf_fits(S("docker|podman|docker.exe"), program)) docker(s, i);
}

/* A server over http: the answers of a stranger, and the keys in its headers, in the clear. */
static void judge_url(const struct server *s)
{
    static const char *const keys[] = {"url", "serverUrl", "httpUrl", "baseUrl", "endpoint"};
    for (size_t k = 0; k < COUNT_OF(keys); k++) {
        uint32_t i = conf_child(s->d, s->map, keys[k]);
        struct slice url = conf_value(s->d, i);
        if (!slice_starts(url, S("http://")) || conf_loopback_url(url)) continue;
        conf_say(
            s->d->j, s->d->r, "code.mcp-open", CONF_RULE_SEVERITY, conf_place_of(conf_at(s->d, i)),
            S("The agent takes its tools over plain http: whoever is on the way gives it others"),
            url);
    }
}

/* The address of a bridge: npx mcp-remote http://... */
static void judge_words_urls(const struct server *s)
{
    for (size_t i = 1; i < s->count; i++) {
        struct slice w = word(s, i);
        if (!slice_starts(w, S("http://")) || conf_loopback_url(w)) continue;
        conf_say(
            s->d->j, s->d->r, "code.mcp-open", CONF_RULE_SEVERITY,
            conf_place_of(conf_at(s->d, s->words[i])),
            S("The agent takes its tools over plain http: whoever is on the way gives it others"),
            w);
    }
}

/* --api-key VALUE and headers: what stands in args or headers as it is. */
static void judge_secrets(const struct server *s)
{
    for (size_t i = 1; i < s->count; i++) {
        struct slice w = word(s, i), name = w, value = word(s, i + 1);
        size_t equals = slice_find_byte(w, '=');
        if (!slice_starts(w, S("--"))) continue;
        uint32_t at = i + 1 < s->count ? s->words[i + 1] : s->words[i];
        if (equals != SIZE_MAX) {
            name = slice_sub(w, 0, equals);
            value = slice_sub(w, equals + 1, w.n);
            at = s->words[i];
        }
        name = slice_sub(name, 2, name.n);
        if (conf_secret_name(name))
            conf_env(s->d->j, s->d->r, name, value, conf_place_of(conf_at(s->d, at)));
    }
    uint32_t headers = conf_child(s->d, s->map, "headers");
    if (headers == CONF_NONE) return;
    for (uint32_t i = headers + 1; i < conf_at(s->d, headers)->end; i++) {
        const struct code_setting *x = conf_at(s->d, i);
        struct slice value = x->value;
        if (slice_starts(value, S("Bearer "))) value = slice_trim(slice_sub(value, 7, value.n));
        bool speaks = conf_fits(S("authorization|*api-key*|*apikey*|*token*|*secret*"), x->key);
        if (speaks && conf_secret_value(value) && !conf_engine_sees(s->d->j, S("api_key"), value))
            conf_say(s->d->j, s->d->r, "code.config-secret", CONF_RULE_SEVERITY, conf_place_of(x),
                     S("Whoever reads the file can use this secret"), x->key);
    }
}

static void judge_servers(const struct conf_doc *d, uint32_t servers)
{
    if (servers == CONF_NONE || conf_at(d, servers)->kind != SET_MAP) return;
    for (uint32_t i = servers + 1; i < conf_at(d, servers)->end; i = conf_at(d, i)->end) {
        if (conf_at(d, i)->kind != SET_MAP) continue;
        struct server s = {.d = d, .map = i};
        collect(&s);
        if (s.count) judge_command_words(&s);
        judge_url(&s);
        judge_words_urls(&s);
        judge_secrets(&s);
    }
}

void conf_mcp(const struct conf_doc *d)
{
    static const char *const places[] = {"mcpServers",  "mcp_servers",    "context_servers",
                                         "mcp.servers", "mcp.mcpServers", "servers"};
    for (size_t i = 0; i < COUNT_OF(places); i++)
        judge_servers(d, conf_find(d, CONF_NONE, places[i]));
}
