/* SPDX-License-Identifier: Apache-2.0 */
/* request.c - from the client's bytes to the upstream's.
 * The head is written anew: fields for this hop alone are left out, so are x-merlon-* of strangers,
 * and the framing is ours. The content goes through the table (exchange.h) if there is one. */
#include "guard/proxy/flow.h"
#include "base/ascii.h"

#define ROOM (2 * FLOW_PIECE) /* bytes that may wait for an upstream */

/* ---- refusing ---- */

static void refuse_head(struct client *c, enum http1_fault fault)
{
    metric_add(&c->worker->metrics, METRIC_REFUSED, 1);
    reply_error(c, http1_fault_status(fault), http1_fault_id(fault), true, "%s",
                http1_fault_text(fault));
}

static void refuse_body(struct client *c, enum http1_fault fault)
{
    metric_add(&c->worker->metrics, METRIC_REFUSED, 1);
    if (c->x.answered)
        reply_cut(c);
    else
        reply_error(c, http1_fault_status(fault), http1_fault_id(fault), true, "%s",
                    http1_fault_text(fault));
}

static void refuse_size(struct client *c)
{
    unsigned long long most = c->x.route->body;
    if (c->x.answered)
        reply_cut(c);
    else
        reply_error(c, 413, "body-too-large", true, "the request's body is larger than %llu bytes",
                    most);
}

/* ---- to the upstream ---- */

/* What it is told is kept, as long as that is little: it may have to be told again. */
static void tell(struct client *c, struct slice s)
{
    struct exchange *x = &c->x;
    if (x->replay) {
        buf_add(&x->request, s);
        x->replay = buf_ok(&x->request);
    }
    if (!x->replay) buf_reset(&x->request);
    backend_write(c, s);
}

static void tell_content(struct client *c, struct slice s)
{
    char size[24];
    struct exchange *x = &c->x;
    if (!s.n) return;
    if (x->held) {
        buf_add(&x->content, s);
    } else if (x->body == HTTP1_CHUNKED) {
        tell(c, slice_of(size, (size_t)snprintf(size, sizeof size, "%zx\r\n", s.n)));
        tell(c, s);
        tell(c, S("\r\n"));
    } else
        tell(c, s);
}

void request_tell(struct client *c)
{
    struct exchange *x = &c->x;
    struct buf *out = &c->worker->out;
    struct slice all = buf_slice(&x->request);
    const struct guard_upstream *u = x->backend->upstream->config;
    buf_reset(out);
    buf_add(out, slice_sub(all, 0, x->at_base));
    buf_add(out, u->url.base);
    buf_add(out, slice_sub(all, x->at_base, x->at_host - x->at_base));
    if (!x->own_host) {
        buf_add(out, S("Host: "));
        buf_add(out, u->url.authority);
        buf_add(out, S("\r\n"));
    }
    buf_add(out, slice_sub(all, x->at_host, all.n));
    backend_write(c, buf_slice(out));
    if (x->held) backend_write(c, buf_slice(&x->content));
}

/* ---- the head ---- */

static void add_field(struct buf *out, struct slice name, struct slice value)
{
    buf_add(out, name);
    buf_add(out, S(": "));
    buf_add(out, value);
    buf_add(out, S("\r\n"));
}

static void add_framing(struct exchange *x, const struct http1_head *h)
{
    struct buf *out = &x->request;
    if (h->body == HTTP1_CHUNKED)
        buf_add(out, S("Transfer-Encoding: chunked\r\n"));
    else if (h->body == HTTP1_LENGTH || http1_field(h, HTTP1_CONTENT_LENGTH))
        buf_printf(out, "Content-Length: %llu\r\n", (unsigned long long)h->length);
    buf_add(out, S("\r\n"));
}

static void compose(struct client *c, const struct http1_head *h)
{
    struct exchange *x = &c->x;
    const struct exchange_table *t = c->worker->table;
    struct buf *out = &x->request;
    buf_add(out, h->method);
    buf_byte(out, ' ');
    x->at_base = out->n;
    buf_add(out, h->target);
    buf_add(out, S(" HTTP/1.1\r\n"));
    x->at_host = out->n;
    x->own_host = x->route->keep_host && h->host.n;
    if (x->own_host) add_field(out, S("Host"), h->host);
    for (size_t i = 0; i < h->field_count; i++) {
        const struct http1_field *f = &h->fields[i];
        if (f->hop || f->known == HTTP1_HOST || http1_is_own(f->name)) continue;
        if (!t || !t->drops || !t->drops(x->state, false, f)) add_field(out, f->name, f->value);
    }
    buf_add(out, S("Via: 1.1 merlon\r\nx-merlon-request-id: "));
    buf_add(out, slice_of(x->id, FLOW_ID));
    buf_add(out, x->trailers ? S("\r\nTE: trailers\r\nConnection: TE\r\n") : S("\r\n"));
    if (!x->held && t && t->request_fields) t->request_fields(x->state, out);
    if (!x->held) add_framing(x, h);
}

static bool is_idempotent(struct slice method)
{
    static const char *const rows[] = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (slice_eq(method, slice_str(rows[i]))) return true;
    return false;
}

void request_id(struct worker *w, char id[FLOW_ID + 1])
{
    static const char hex[] = "0123456789abcdef";
    uint64_t a = w->id_seed, b = w->id_next++;
    for (unsigned i = 0; i < FLOW_ID / 2; i++) {
        id[i] = hex[a >> (44 - 4 * i) & 15];
        id[FLOW_ID / 2 + i] = hex[b >> (44 - 4 * i) & 15];
    }
    id[FLOW_ID] = 0;
}

static void begin(struct client *c, const struct http1_head *h)
{
    struct exchange *x = &c->x;
    struct worker *w = c->worker;
    x->active = true;
    x->use = w->use;
    x->use->refs++;
    x->started = w->loop.now;
    x->to_head = slice_eq(h->method, S("HEAD"));
    x->old = !h->minor;
    x->keep = h->keep_alive && c->turned == TURNED_NOT;
    x->trailers = h->takes_trailers;
    x->expects = h->expects;
    x->body = h->body;
    x->left = h->length;
    x->request_end = h->body == HTTP1_NO_BODY;
    x->idempotent = is_idempotent(h->method);
    x->replay = true;
    buf_reset(&x->request);
    x->request.max = x->use->plan->config.limits.replay + x->use->plan->config.limits.head + 1024;
    x->content.max = SIZE_MAX / 2; /* the route's limit comes first */
    c->window = w->loop.now;
    c->window_taken = 0;
    c->slow_ok = false;
    request_id(w, x->id);
    metric_add(&w->metrics, METRIC_REQUESTS, 1);
    metric_add(&w->metrics, METRIC_ACTIVE, 1);
}

static bool find_route(struct client *c, const struct http1_head *h)
{
    struct exchange *x = &c->x;
    struct plan *p = x->use->plan;
    size_t i = plan_route(p, h->host, h->path);
    if (i == SIZE_MAX) {
        reply_error(c, 404, "no-route", false,
                    "no route of this gateway is for that host and path");
        return false;
    }
    x->route = &p->config.routes[i];
    if (h->upgrade.n && x->route->upgrade == GUARD_UPGRADE_REFUSE) {
        reply_error(c, 403, "upgrade-refused", true,
                    "this route does not let connections change their protocol");
        return false;
    }
    if (h->body == HTTP1_LENGTH && h->length > x->route->body) {
        refuse_size(c);
        return false;
    }
    return true;
}

/* Who answers: the gateway itself, the table, or upstreams of a route. False: it was answered. */
static bool find_answer(struct client *c, const struct http1_head *h)
{
    const struct exchange_table *t = c->worker->table;
    bool of_table = t && t->answers && t->answers(h);
    if (!of_table && own_answer(c, h)) return false;
    if (client_turned_away(c)) return false;
    if (!of_table) return find_route(c, h);
    c->x.route = &c->x.use->plan->config.routes[0]; /* for its limits */
    return own_is_open(c);
}

static bool make_room(struct exchange *x)
{
    if (x->body != HTTP1_CHUNKED) return true;
    x->chunks = malloc(sizeof *x->chunks);
    if (x->chunks) http1_chunks_init(x->chunks, false);
    return x->chunks;
}

static void no_memory(struct client *c)
{
    reply_error(c, 503, "out-of-memory", true, "the gateway has no memory left");
}

/* What the table said; false: the exchange is over. */
static bool obey(struct client *c, enum exchange_step step)
{
    struct exchange_reply r = {0};
    if (step == EXCHANGE_GO || step == EXCHANGE_HOLD) return true;
    if (step == EXCHANGE_CUT || c->x.answered) {
        reply_cut(c);
        return false;
    }
    c->worker->table->reply(c->x.state, &r);
    reply_send(c, &(struct reply){r.status, r.type, r.body, false});
    return false;
}

static bool begin_table(struct client *c, const struct http1_head *h)
{
    struct exchange *x = &c->x;
    struct worker *w = c->worker;
    const struct exchange_table *t = w->table;
    char from[ADDRESS_TEXT];
    if (!t) return true;
    x->state = calloc(1, t->size ? t->size : 1);
    if (!x->state) return no_memory(c), false;
    if (!t->begin) return true;
    address_host(&c->from, from);
    struct exchange_about about = {.head = h,
                                   .id = slice_of(x->id, FLOW_ID),
                                   .route = x->route->name,
                                   .address = slice_str(from),
                                   .rules = x->use->plan->policy};
    enum exchange_step step = t->begin(x->state, w->judge, &about);
    x->held = step == EXCHANGE_HOLD && h->body != HTTP1_NO_BODY;
    return obey(c, step);
}

static void start(struct client *c)
{
    if (!buf_ok(&c->x.request))
        no_memory(c);
    else if (backend_start(c))
        request_tell(c);
}

size_t request_head(struct client *c, struct slice s)
{
    struct worker *w = c->worker;
    const struct guard_limits *l = &w->use->plan->config.limits;
    struct http1_limits limits = {l->head, l->target};
    enum http1_step step = http1_scan(&c->scan, s, &limits);
    if (step == HTTP1_MORE) return 0;
    enum http1_fault fault = c->scan.fault;
    size_t size = c->scan.size;
    if (!fault) fault = http1_request(slice_sub(s, 0, size), &limits, &w->head);
    if (fault) {
        refuse_head(c, fault);
        return s.n;
    }
    memset(&c->scan, 0, sizeof c->scan);
    begin(c, &w->head);
    if (!find_answer(c, &w->head)) return size;
    if (!make_room(&c->x))
        no_memory(c);
    else if (begin_table(c, &w->head)) {
        compose(c, &w->head);
        if (!c->x.held) start(c);
        if (c->x.active && c->x.expects)
            (void)conn_write(&c->conn, S("HTTP/1.1 100 Continue\r\n\r\n"), S(""));
    }
    return size;
}

/* ---- the body ---- */

bool request_may_go_on(const struct client *c)
{
    const struct backend *b = c->x.backend;
    if (c->x.held) return true;
    return b && conn_stands(&b->conn) && conn_waiting(&b->conn) < ROOM;
}

static bool pass(struct client *c, struct slice piece, bool last)
{
    struct exchange *x = &c->x;
    struct worker *w = c->worker;
    const struct exchange_table *t = w->table;
    if (t && t->request) {
        buf_reset(&w->content);
        if (!obey(c, t->request(x->state, piece, last, &w->content))) return false;
        if (!buf_ok(&w->content)) return no_memory(c), false;
        piece = buf_slice(&w->content);
    }
    tell_content(c, piece);
    return true;
}

static bool take(struct client *c, struct slice piece)
{
    struct exchange *x = &c->x;
    x->taken += piece.n;
    metric_add(&c->worker->metrics, METRIC_BYTES_IN, piece.n);
    if (x->taken > x->route->body) {
        refuse_size(c);
        return false;
    }
    return pass(c, piece, false);
}

/* Held: only now somebody is asked, and told all of it with its length. */
static void end(struct client *c)
{
    struct exchange *x = &c->x;
    const struct exchange_table *t = c->worker->table;
    x->request_end = true;
    if (t && t->request && !pass(c, S(""), true)) return;
    c->moved = true;
    if (x->held) {
        if (t && t->request_fields) t->request_fields(x->state, &x->request);
        buf_printf(&x->request, "Content-Length: %zu\r\n\r\n", x->content.n);
        if (!buf_ok(&x->content)) x->request.bad = true;
        start(c);
    } else if (x->body == HTTP1_CHUNKED) {
        tell(c, S("0\r\n"));
        tell(c, http1_trailer(x->chunks));
        tell(c, S("\r\n"));
    }
}

static size_t by_length(struct client *c, struct slice s)
{
    struct exchange *x = &c->x;
    size_t n = x->left < s.n ? (size_t)x->left : s.n;
    x->left -= n;
    if (take(c, slice_sub(s, 0, n)) && !x->left) end(c);
    return n;
}

static size_t by_chunks(struct client *c, struct slice s)
{
    struct slice rest = s, piece;
    struct http1_chunks *k = c->x.chunks;
    enum http1_step step;
    while ((step = http1_chunks_next(k, &rest, &piece)) == HTTP1_DATA)
        if (!take(c, piece)) return s.n - rest.n;
    if (step == HTTP1_DONE) end(c);
    if (step == HTTP1_BAD) refuse_body(c, k->fault);
    return s.n - rest.n;
}

size_t request_body(struct client *c, struct slice s)
{
    return c->x.body == HTTP1_CHUNKED ? by_chunks(c, s) : by_length(c, s);
}
