/* SPDX-License-Identifier: Apache-2.0 */
/* config.c - tables of guard.toml into structs, and what must hold between them. */
#include "guard/config/config.h"
#include "base/num.h"
#include "base/st.h"
#include "guard/config/config_keys.h"

/* ---- listeners ---- */

static void check_listen(struct reader *r, const struct toml_node *at, struct guard_listen *l)
{
    struct buf why;
    buf_init(&why, 1024);
    if (!l->address_text.n)
        reader_fault(r, at, "a listener needs an address: address = \"127.0.0.1:8443\"");
    else if (!address_parse(l->address_text, &l->address, &why))
        reader_fault(r, at, "address '%.*s' %s", SLICE_ARG(l->address_text), buf_text(&why));
    if (!l->certificate.n != !l->key.n || l->more_count % 2)
        reader_fault(r, at, "certificate and key come in pairs, both PEM files");
    if (!l->certificate.n && (l->client_ca.n || l->more_count))
        reader_fault(r, at, "without certificate and key there is no TLS, so no client_ca either");
    if (l->client_certificate.n && !l->client_ca.n)
        reader_fault(r, at, "client_certificate needs client_ca: who signs those of the clients");
    buf_done(&why);
}

static void read_listens(struct reader *r, const struct toml_node *root, struct guard_config *c)
{
    const struct toml_node *n =
        section_tables(r, root, "listen", GUARD_LISTENS_MAX, &c->listen_count);
    c->listens = ARENA_ARRAY(r->arena, struct guard_listen, c->listen_count + 1);
    if (!c->listens) return;
    for (size_t i = 0; i < c->listen_count; i++, n = n->next) {
        section_read(r, SECTION_LISTEN, n, &c->listens[i]);
        check_listen(r, n, &c->listens[i]);
    }
    if (!c->listen_count)
        reader_fault(r, NULL, "no listener: add [[listen]] with address = \"127.0.0.1:8443\"");
}

/* ---- upstreams ---- */

static bool name_ok(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] <= ' ' || s.p[i] == '=' || s.p[i] == '"' || s.p[i] == '\\') return false;
    return s.n && s.n <= 64;
}

static void check_tls(struct reader *r, const struct toml_node *at, const struct guard_upstream *u)
{
    bool asked = u->ca.n || u->certificate.n || u->key.n || u->server_name.n;
    if (!u->certificate.n != !u->key.n)
        reader_fault(r, at, "certificate and key come together, both PEM files");
    if (asked && !u->url.tls)
        reader_fault(r, at, "ca, certificate, key and server_name are for https://");
    if (u->url.tls && !u->ca.n)
        reader_fault(r, at,
                     "https needs to know whom to trust: ca = \"FILE.pem\", or ca = \"system\"");
}

static void check_upstream(struct reader *r, const struct toml_node *at, struct guard_upstream *u)
{
    struct buf why;
    buf_init(&why, 1024);
    if (!u->url_text.n)
        reader_fault(r, at, "an upstream needs a url: url = \"http://127.0.0.1:8000\"");
    else if (!url_parse(u->url_text, &u->url, &why))
        reader_fault(r, at, "url '%.*s' %s", SLICE_ARG(u->url_text), buf_text(&why));
    else
        check_tls(r, at, u);
    if (!u->name.n) u->name = u->url.authority.n ? u->url.authority : S("?");
    if (!name_ok(u->name))
        reader_fault(r, at, "a name is 1 to 64 letters without blanks, = and quotes");
    if (u->health.n && (u->health.p[0] != '/' || slice_find_byte(u->health, ' ') != SIZE_MAX))
        reader_fault(r, at, "health is a path: health = \"/health\"");
    buf_done(&why);
}

static const struct guard_upstream *twin(const struct guard_config *c, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (slice_eq(c->upstreams[j].name, c->upstreams[i].name)) return &c->upstreams[j];
    return NULL;
}

static void read_upstreams(struct reader *r, const struct toml_node *root, struct guard_config *c)
{
    const struct toml_node *n =
        section_tables(r, root, "upstream", GUARD_UPSTREAMS_MAX, &c->upstream_count);
    c->upstreams = ARENA_ARRAY(r->arena, struct guard_upstream, c->upstream_count + 1);
    if (!c->upstreams) return;
    for (size_t i = 0; i < c->upstream_count; i++, n = n->next) {
        section_read(r, SECTION_UPSTREAM, n, &c->upstreams[i]);
        check_upstream(r, n, &c->upstreams[i]);
        if (twin(c, i))
            reader_fault(r, n, "two upstreams are named '%.*s'", SLICE_ARG(c->upstreams[i].name));
    }
    if (!c->upstream_count)
        reader_fault(r, NULL, "no upstream: add [[upstream]] with url = \"http://127.0.0.1:8000\"");
}

/* ---- routes ---- */

/* "name" or "name=weight" */
static bool read_member(const struct guard_config *c, struct slice text, struct guard_member *ret)
{
    size_t eq = slice_find_byte(text, '=');
    struct slice name = slice_sub(text, 0, eq);
    uint64_t weight = 1;
    if (eq != SIZE_MAX && (!num_u64(slice_sub(text, eq + 1, text.n), &weight) || weight > 1000))
        return false;
    for (size_t i = 0; i < c->upstream_count; i++) {
        if (!slice_eq(c->upstreams[i].name, name)) continue;
        *ret = (struct guard_member){i, (unsigned)weight};
        return true;
    }
    return false;
}

static void read_members(struct reader *r, const struct toml_node *at, struct guard_config *c,
                         struct guard_route *route)
{
    for (size_t i = 0; i < route->upstream_count; i++) {
        struct slice text = route->upstreams[i];
        if (read_member(c, text, &route->members[route->member_count]))
            route->member_count++;
        else
            reader_fault(r, at,
                         "'%.*s' is no upstream; write \"name\" or \"name=weight\" (0 to 1000)",
                         SLICE_ARG(text));
    }
    for (size_t i = 0; !route->upstream_count && i < c->upstream_count && i < GUARD_MEMBERS_MAX;
         i++)
        route->members[route->member_count++] = (struct guard_member){i, 1};
}

static const struct {
    const char *word;
    unsigned status, bit;
} retries[] = {{"any-method", 0, GUARD_RETRY_ANY},
               {"429", 429, 2},
               {"500", 500, 4},
               {"502", 502, 8},
               {"503", 503, 16},
               {"504", 504, 32}};

bool guard_retries(const struct guard_route *r, unsigned status)
{
    for (size_t i = 1; i < COUNT_OF(retries); i++)
        if (retries[i].status == status) return r->retry_on & retries[i].bit;
    return false;
}

static void read_retries(struct reader *r, const struct toml_node *at, struct guard_route *route)
{
    for (size_t i = 0; i < route->retry_count; i++) {
        unsigned bit = 0;
        for (size_t k = 0; k < COUNT_OF(retries); k++)
            if (slice_eq(route->retry_texts[i], slice_str(retries[k].word))) bit = retries[k].bit;
        if (!bit)
            reader_fault(r, at, "retry_on has 429, 500, 502, 503, 504 and any-method, not '%.*s'",
                         SLICE_ARG(route->retry_texts[i]));
        route->retry_on |= bit;
    }
}

static void check_route(struct reader *r, const struct toml_node *at, struct guard_config *c,
                        struct guard_route *route)
{
    if (!route->path.n) route->path = S("/");
    if (route->path.p[0] != '/') reader_fault(r, at, "path begins with a slash: path = \"/v1\"");
    if (slice_has(slice_sub(route->host, 1, route->host.n), S("*")))
        reader_fault(r, at, "host is a name, or *.name");
    route->upgrade =
        slice_eq(route->upgrade_text, S("ignore")) ? GUARD_UPGRADE_IGNORE : GUARD_UPGRADE_REFUSE;
    route->keep_host = slice_eq(route->host_text, S("client"));
    if (!route->body) route->body = c->limits.body;
    if (!route->name.n)
        route->name =
            arena_printf(r->arena, "%.*s%.*s", SLICE_ARG(route->host), SLICE_ARG(route->path));
    if (!route->name.p) reader_fault(r, at, "out of memory");
    read_retries(r, at, route);
    read_members(r, at, c, route);
}

static void read_routes(struct reader *r, const struct toml_node *root, struct guard_config *c)
{
    const struct toml_node *n = section_tables(r, root, "route", GUARD_ROUTES_MAX, &c->route_count);
    bool none = !c->route_count;
    c->routes = ARENA_ARRAY(r->arena, struct guard_route, c->route_count + 1);
    if (!c->routes) return;
    if (none) c->route_count = 1; /* everything goes to every upstream */
    for (size_t i = 0; i < c->route_count; i++, n = n ? n->next : NULL) {
        section_read(r, SECTION_ROUTE, n, &c->routes[i]);
        check_route(r, n, c, &c->routes[i]);
    }
}

/* ---- all of it ---- */

static bool read_all(struct reader *r, const struct toml_node *root, struct guard_config *c)
{
    const struct toml_node *limits = root ? toml_get(root, S("limits")) : NULL;
    const struct toml_node *timeouts = root ? toml_get(root, S("timeouts")) : NULL;
    *c = (struct guard_config){.mode = S("observe"), .own = S("loopback"), .root = root};
    section_read(r, SECTION_TOP, root, c);
    section_read(r, SECTION_LIMITS, limits, &c->limits);
    section_read(r, SECTION_TIMEOUTS, timeouts, &c->timeouts);
    section_read(r, SECTION_LOG, root ? toml_get(root, S("log")) : NULL, &c->log);
    read_listens(r, root, c);
    read_upstreams(r, root, c);
    if (c->upstreams) read_routes(r, root, c);
    if (!c->listens || !c->upstreams || !c->routes) reader_fault(r, NULL, "out of memory");
    return !r->faults;
}

bool guard_config_read(struct slice text, const char *name, struct arena *arena,
                       struct guard_config *ret, struct buf *why)
{
    struct toml_error error;
    struct reader r = {.file = name, .arena = arena, .why = why};
    struct slice kept = arena_copy(arena, text); /* values are pieces of it */
    const struct toml_node *root = kept.p ? toml_parse(kept, arena, &error) : NULL;
    if (root) return read_all(&r, root, ret);
    if (kept.p)
        buf_printf(why, "%s:%zu:%zu: %s\n  %s\n", name, error.line, error.column, error.what,
                   error.fix ? error.fix : "");
    else
        buf_str(why, "out of memory\n");
    return false;
}

bool guard_config_short(struct slice listen, struct slice upstream, struct arena *arena,
                        struct guard_config *ret, struct buf *why)
{
    struct buf text;
    buf_init(&text, 1u << 16);
    bool plain =
        slice_find_byte(listen, '\'') == SIZE_MAX && slice_find_byte(upstream, '\'') == SIZE_MAX;
    buf_printf(&text, "[[listen]]\naddress = '%.*s'\n[[upstream]]\nurl = '%.*s'\n",
               SLICE_ARG(listen), SLICE_ARG(upstream));
    if (slice_starts(upstream, S("https://"))) buf_str(&text, "ca = 'system'\n");
    bool ok = plain && guard_config_read(buf_slice(&text), "options", arena, ret, why);
    if (!plain) buf_str(why, "options: no quotes in addresses\n");
    buf_done(&text);
    return ok;
}
