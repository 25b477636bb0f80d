/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/proxy/plan.h"
#include "guard/judge/scope.h"
#include "port/openssl/tls.h"
#include <errno.h>
#include <unistd.h>

static const char *cstr(struct plan *p, struct slice s)
{
    return s.n ? arena_cstr(&p->arena, s) : NULL;
}

/* ---- listeners ---- */

static size_t listener_before(const struct plan *before, const struct address *at)
{
    for (size_t i = 0; before && i < before->config.listen_count; i++) {
        const struct address *a = &before->config.listens[i].address;
        if (a->n == at->n && memcmp(&a->at, &at->at, a->n) == 0) return i;
    }
    return SIZE_MAX;
}

static bool serve_tls(struct plan *p, const struct guard_listen *l, struct plan_listen *ret,
                      struct buf *why)
{
    struct tls_setup s = {.server = true, .count = 1 + l->more_count / 2};
    s.certificates[0] = (struct tls_certificate){cstr(p, l->certificate), cstr(p, l->key)};
    for (size_t i = 1; i < s.count; i++)
        s.certificates[i] =
            (struct tls_certificate){cstr(p, l->more[2 * i - 2]), cstr(p, l->more[2 * i - 1])};
    s.ca = cstr(p, l->client_ca);
    s.required = s.ca && !slice_eq(l->client_certificate, S("optional"));
    ret->tls = tls_context_new(&s, why);
    return ret->tls;
}

static bool bind_all(struct plan *p, struct plan_listen *ret, const struct guard_listen *l,
                     struct buf *why)
{
    struct address at = l->address;
    for (unsigned i = 0; i < p->threads; i++) {
        ret->fds[i] = listener_open(&at, &ret->bound);
        if (ret->fds[i] < 0) {
            buf_printf(why, "%.*s: %s\n", SLICE_ARG(l->address_text), strerror(errno));
            return false;
        }
        at = ret->bound; /* with port 0 the others follow the first */
    }
    return true;
}

static bool make_listen(struct plan *p, const struct guard_listen *l, struct plan *before,
                        struct plan_listen *ret, struct buf *why)
{
    for (unsigned i = 0; i < GUARD_THREADS_MAX; i++) ret->fds[i] = -1;
    ret->same_as = listener_before(before, &l->address);
    if (l->certificate.n && !serve_tls(p, l, ret, why)) return buf_byte(why, '\n'), false;
    if (ret->same_as == SIZE_MAX) return bind_all(p, ret, l, why);
    ret->bound = before->listens[ret->same_as].bound;
    return true;
}

/* ---- upstreams ---- */

static bool ask_tls(struct plan *p, const struct guard_upstream *c, struct upstream *ret,
                    struct buf *why)
{
    struct tls_setup s = {.system_roots = slice_eq(c->ca, S("system"))};
    s.ca = s.system_roots ? NULL : cstr(p, c->ca);
    if (c->certificate.n)
        s.certificates[s.count++] =
            (struct tls_certificate){cstr(p, c->certificate), cstr(p, c->key)};
    ret->tls_name = cstr(p, c->server_name.n ? c->server_name : c->url.host);
    ret->tls = ret->tls_name ? tls_context_new(&s, why) : NULL;
    return ret->tls;
}

static struct upstream_state *state_before(const struct plan *before,
                                           const struct guard_upstream *c)
{
    for (size_t i = 0; before && i < before->config.upstream_count; i++) {
        const struct guard_upstream *old = before->upstreams[i].config;
        if (slice_eq(old->name, c->name) && slice_eq(old->url_text, c->url_text))
            return before->upstreams[i].state;
    }
    return NULL;
}

static void drop_upstream(struct upstream *u)
{
    tls_context_free(u->tls);
    if (u->state && atomic_fetch_sub(&u->state->plans, 1) == 1) upstream_state_free(u->state);
}

/* A name that is not answered now stays where it was. */
static bool find_upstream(const struct guard_upstream *c, struct upstream *ret, struct buf *why)
{
    struct addresses at;
    size_t before = why->n;
    ret->named = !address_is_number(c->url.host);
    if (address_resolve(c->url.host, c->url.port, &at, why))
        upstream_moved(ret, &at);
    else if (ret->state->at.count)
        buf_trim(why, before);
    else
        return false;
    return true;
}

static bool make_upstream(struct plan *p, const struct guard_upstream *c, const struct plan *before,
                          struct upstream *ret, struct buf *why)
{
    ret->config = c;
    ret->state = state_before(before, c);
    if (!ret->state) ret->state = upstream_state_new();
    if (ret->state) ret->state->plans++;
    if (ret->state && !c->health.n) ret->state->down = false;
    if (ret->state && find_upstream(c, ret, why) && (!c->url.tls || ask_tls(p, c, ret, why)))
        return true;
    buf_printf(why, "  (upstream %.*s)\n", SLICE_ARG(c->name));
    return false;
}

/* ---- plans ---- */

static bool make_all(struct plan *p, struct plan *before, struct buf *why)
{
    const struct guard_config *c = &p->config;
    p->listens = ARENA_ARRAY(&p->arena, struct plan_listen, c->listen_count);
    p->upstreams = ARENA_ARRAY(&p->arena, struct upstream, c->upstream_count);
    if (!p->listens || !p->upstreams) return buf_str(why, "out of memory\n"), false;
    memset(p->listens, 0, c->listen_count * sizeof *p->listens);
    for (size_t i = 0; i < c->listen_count; i++)
        for (unsigned j = 0; j < GUARD_THREADS_MAX; j++) p->listens[i].fds[j] = -1;
    for (size_t i = 0; i < c->upstream_count; i++)
        if (!make_upstream(p, &c->upstreams[i], before, &p->upstreams[i], why)) return false;
    for (size_t i = 0; i < c->listen_count; i++)
        if (!make_listen(p, &c->listens[i], before, &p->listens[i], why)) return false;
    return true;
}

struct plan *plan_new(const struct guard_config *config, struct arena arena, struct plan *before,
                      unsigned threads, struct buf *why)
{
    struct plan *p = calloc(1, sizeof *p);
    if (!p) {
        buf_str(why, "out of memory\n");
        arena_done(&arena);
        return NULL;
    }
    p->arena = arena;
    p->config = *config;
    p->policy =
        config->policy ? config->policy : guard_policy_usual(slice_eq(config->mode, S("enforce")));
    p->threads = threads;
    p->refs = 1;
    if (make_all(p, before, why)) return p;
    plan_unref(p);
    return NULL;
}

bool plan_check(const struct guard_config *c, struct arena *arena, struct buf *why)
{
    struct plan p = {.arena = *arena, .config = *c};
    bool ok = true;
    for (size_t i = 0; i < c->upstream_count; i++) {
        struct upstream u = {0};
        ok = make_upstream(&p, &c->upstreams[i], NULL, &u, why) && ok;
        drop_upstream(&u);
    }
    for (size_t i = 0; i < c->listen_count; i++) {
        struct plan_listen l = {0};
        if (c->listens[i].certificate.n && !serve_tls(&p, &c->listens[i], &l, why))
            ok = false, buf_byte(why, '\n');
        tls_context_free(l.tls);
    }
    *arena = p.arena;
    return ok;
}

struct plan *plan_ref(struct plan *p)
{
    atomic_fetch_add(&p->refs, 1);
    return p;
}

void plan_unref(struct plan *p)
{
    if (!p || atomic_fetch_sub(&p->refs, 1) != 1) return;
    for (size_t i = 0; p->listens && i < p->config.listen_count; i++) {
        tls_context_free(p->listens[i].tls);
        for (unsigned j = 0; j < GUARD_THREADS_MAX; j++)
            if (p->listens[i].fds[j] >= 0) close(p->listens[i].fds[j]);
    }
    for (size_t i = 0; p->upstreams && i < p->config.upstream_count; i++)
        drop_upstream(&p->upstreams[i]);
    arena_done(&p->arena);
    free(p);
}

/* ---- routes ---- */

static bool host_fits(struct slice pattern, struct slice host)
{
    size_t colon = slice_rfind_byte(host, ':'), bracket = slice_rfind_byte(host, ']');
    if (colon != SIZE_MAX && (bracket == SIZE_MAX || bracket < colon)) host.n = colon;
    if (!pattern.n) return true;
    if (!slice_starts(pattern, S("*."))) return slice_eq_nocase(pattern, host);
    return host.n > pattern.n - 1 && slice_ends_nocase(host, slice_sub(pattern, 1, pattern.n));
}

/* "/v1" takes /v1, /v1/ and /v1/x, not /v10; "/v1/" takes what is below it. */
static bool path_fits(struct slice prefix, struct slice path)
{
    if (!slice_starts(path, prefix)) return false;
    return path.n == prefix.n || slice_ends(prefix, S("/")) || path.p[prefix.n] == '/';
}

size_t plan_route(const struct plan *p, struct slice host, struct slice path)
{
    for (size_t i = 0; i < p->config.route_count; i++) {
        const struct guard_route *r = &p->config.routes[i];
        bool star = slice_eq(path, S("*")) && slice_eq(r->path, S("/")); /* OPTIONS * */
        if (host_fits(r->host, host) && (star || path_fits(r->path, path))) return i;
    }
    return SIZE_MAX;
}
