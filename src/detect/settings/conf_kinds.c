/* SPDX-License-Identifier: Apache-2.0 */
/* conf_kinds.c - what sort of document this is: by its keys, and by the file's name where several
 * sorts share them. */
#include "detect/settings/conf.h"
#include "base/st.h"

bool conf_is(const struct conf_doc *d, enum conf_kind kind)
{
    return d->kinds >> kind & 1;
}

const struct code_setting *conf_at(const struct conf_doc *d, uint32_t i)
{
    return &d->s->list[i];
}

struct slice conf_value(const struct conf_doc *d, uint32_t i)
{
    return i == CONF_NONE ? S("") : d->s->list[i].value;
}

bool conf_is_text(const struct code_setting *x)
{
    return x->kind == SET_STRING || x->kind == SET_PLAIN;
}

uint32_t conf_child(const struct conf_doc *d, uint32_t map, const char *key)
{
    uint32_t from = map == CONF_NONE ? d->root : map + 1, found = CONF_NONE;
    uint32_t end = map == CONF_NONE ? d->end : d->s->list[map].end;
    for (uint32_t i = from; i < end; i = d->s->list[i].end)
        if (slice_eq(d->s->list[i].key, slice_str(key))) found = i;
    return found;
}

uint32_t conf_find(const struct conf_doc *d, uint32_t map, const char *path)
{
    struct slice rest = slice_str(path), step;
    while (slice_split(&rest, '.', &step)) {
        uint32_t from = map == CONF_NONE ? d->root : map + 1, found = CONF_NONE;
        uint32_t end = map == CONF_NONE ? d->end : d->s->list[map].end;
        for (uint32_t i = from; i < end; i = d->s->list[i].end)
            if (slice_eq(d->s->list[i].key, step)) found = i;
        if (found == CONF_NONE) return CONF_NONE;
        map = found;
    }
    return map;
}

static bool has(const struct conf_doc *d, const char *path)
{
    return conf_find(d, CONF_NONE, path) != CONF_NONE;
}

static bool has_map(const struct conf_doc *d, const char *path)
{
    uint32_t i = conf_find(d, CONF_NONE, path);
    return i != CONF_NONE && d->s->list[i].kind == SET_MAP;
}

/* Some job has a script. */
static bool has_scripts(const struct conf_doc *d)
{
    for (uint32_t i = d->root; i < d->end; i = d->s->list[i].end)
        if (d->s->list[i].kind == SET_MAP && conf_child(d, i, "script") != CONF_NONE) return true;
    return false;
}

static bool is_gitlab(const struct conf_doc *d)
{
    if (conf_fits(S("*gitlab-ci*.yml|*gitlab-ci*.yaml"), d->s->name)) return true;
    return !has(d, "jobs") && !has(d, "services") && has_scripts(d) &&
           (has(d, "stages") || has(d, "image") || has(d, "include") || has(d, "variables"));
}

static bool is_mcp(const struct conf_doc *d)
{
    if (has_map(d, "mcpServers") || has_map(d, "mcp_servers") || has_map(d, "context_servers") ||
        has_map(d, "mcp.servers") || has_map(d, "mcp.mcpServers"))
        return true;
    return has_map(d, "servers") && conf_fits(S("*mcp*.json"), d->s->name);
}

static bool is_agent(const struct conf_doc *d)
{
    if (conf_fits(S("settings.json|settings.local.json|managed-settings.json|config.toml|"
                    ".claude.json|settings.jsonc|.aider.conf.yml"),
                  d->s->name))
        return true;
    return has(d, "permissions.defaultMode") || has(d, "enableAllProjectMcpServers") ||
           has(d, "approval_policy") || has(d, "sandbox_mode");
}

static bool is_jupyter(const struct conf_doc *d)
{
    return conf_fits(S("jupyter*config.json|jupyter*config.py|jupyter*.json"), d->s->name) ||
           has(d, "ServerApp") || has(d, "NotebookApp") || has(d, "IdentityProvider");
}

static uint32_t bit(bool on, enum conf_kind kind)
{
    return on ? 1u << kind : 0;
}

static uint32_t line_kinds(const struct conf_doc *d)
{
    struct slice name = d->s->name;
    return bit(conf_fits(S("airflow*.cfg|webserver_config.py"), name) || has_map(d, "webserver"),
               CONF_AIRFLOW) |
           bit(conf_fits(S("pip.conf|pip.ini"), name) || has(d, "global.index-url") ||
                   has(d, "global.extra-index-url") || has(d, "global.trusted-host"),
               CONF_PIP) |
           bit(conf_fits(S("config.properties|*torchserve*|*ts.config"), name) ||
                   has(d, "inference_address") || has(d, "management_address"),
               CONF_TORCHSERVE) |
           bit(conf_fits(S("*.env|.env*|.flaskenv|env.*"), name), CONF_ENVFILE);
}

uint32_t conf_kinds(const struct conf_doc *d)
{
    uint32_t kinds = 1u << CONF_ANY;
    bool cluster = has(d, "apiVersion") && has(d, "kind");
    if (d->s->dialect == DIALECT_INI)
        return kinds | line_kinds(d) | bit(is_jupyter(d), CONF_JUPYTER);
    if (d->s->dialect == DIALECT_PBTXT) return kinds | 1u << CONF_TRITON;
    kinds |=
        bit(is_mcp(d), CONF_MCP) | bit(is_agent(d), CONF_AGENT) | bit(is_jupyter(d), CONF_JUPYTER);
    if (d->s->dialect != DIALECT_YAML) return kinds;
    kinds |= bit(has_map(d, "jobs") && (has(d, "on") || has(d, "true")), CONF_GITHUB) |
             bit(has(d, "runs.using"), CONF_ACTION) | bit(cluster, CONF_K8S) |
             bit(!cluster && has_map(d, "services"), CONF_COMPOSE) |
             bit(is_gitlab(d), CONF_GITLAB) |
             bit(conf_fits(S("values*.yaml|values*.yml"), d->s->name), CONF_HELM);
    return kinds;
}
