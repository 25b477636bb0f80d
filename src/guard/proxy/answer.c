/* SPDX-License-Identifier: Apache-2.0 */
/* answer.c - from the upstream's bytes to the client's. What one read brought leaves in one write:
 * the head, and all its content as one chunk. Nothing waits for more. */
#include "guard/proxy/flow.h"

#define CHUNK_LINE 20         /* room before the content for its size and CR LF */
#define MUCH       (1u << 20) /* bytes of content that are not kept as room for the next one */

/* ---- the head ---- */

static void add_field(struct buf *out, const struct http1_field *f)
{
    buf_add(out, f->name);
    buf_add(out, S(": "));
    buf_add(out, f->value);
    buf_add(out, S("\r\n"));
}

/* To HEAD and in 304 the fields speak of a body that does not follow. */
static void add_framing(const struct client *c, const struct http1_head *h, struct buf *out)
{
    const struct exchange *x = &c->x;
    bool speaks = h->body == HTTP1_LENGTH || http1_field(h, HTTP1_CONTENT_LENGTH);
    if (x->chunked)
        buf_add(out, S("Transfer-Encoding: chunked\r\n"));
    else if (speaks && !x->until_close && h->status >= 200 && h->status != 204)
        buf_printf(out, "Content-Length: %llu\r\n", (unsigned long long)h->length);
}

static void frame(struct client *c, const struct http1_head *h)
{
    struct exchange *x = &c->x;
    bool open = h->body == HTTP1_CHUNKED || h->body == HTTP1_UNTIL_CLOSE ||
                (h->body == HTTP1_LENGTH && x->judged);
    x->chunked = open && !x->old;
    x->until_close = open && x->old;
}

static void add_head(const struct client *c, const struct http1_head *h, struct buf *out)
{
    const struct exchange_table *t = c->worker->table;
    buf_printf(out, "HTTP/1.1 %03u ", h->status);
    buf_add(out, h->reason);
    buf_add(out, S("\r\n"));
    for (size_t i = 0; i < h->field_count; i++) {
        const struct http1_field *f = &h->fields[i];
        if (f->hop || http1_is_own(f->name)) continue;
        if (!t || !t->drops || !t->drops(c->x.state, true, f)) add_field(out, f);
    }
}

static void add_own(const struct client *c, struct buf *out)
{
    const struct exchange *x = &c->x;
    const struct exchange_table *t = c->worker->table;
    if (t && t->answer_fields) t->answer_fields(x->state, out);
    buf_add(out, S("x-merlon-request-id: "));
    buf_add(out, slice_of(x->id, FLOW_ID));
    buf_add(out, S("\r\n"));
}

static void end_head(struct client *c, struct buf *out)
{
    struct exchange *x = &c->x;
    if (x->until_close || c->worker->draining || !x->request_end) x->keep = false;
    if (!x->keep)
        buf_add(out, S("Connection: close\r\n"));
    else if (x->old)
        buf_add(out, S("Connection: keep-alive\r\n"));
    buf_add(out, S("\r\n"));
    metric_answer(&c->worker->metrics, x->status);
    x->answered = true;
}

/* A head that had to wait: with its length, where the content is whole. */
static void stop_waiting(struct client *c, bool whole)
{
    struct exchange *x = &c->x;
    struct worker *w = c->worker;
    x->waits = false;
    x->chunked = !whole && !x->old;
    x->until_close = !whole && x->old;
    if (!buf_ok(&x->head)) w->out.bad = true;
    buf_add(&w->out, buf_slice(&x->head));
    add_own(c, &w->out);
    if (whole)
        buf_printf(&w->out, "Content-Length: %zu\r\n", w->content.n - CHUNK_LINE);
    else if (x->chunked)
        buf_add(&w->out, S("Transfer-Encoding: chunked\r\n"));
    end_head(c, &w->out);
    buf_done(&x->head);
}

/* The table's own answer instead of this one. */
static void reply_of_table(struct client *c)
{
    struct exchange_reply r = {0};
    c->worker->table->reply(c->x.state, &r);
    reply_send(c, &(struct reply){r.status, r.type, r.body, false});
}

/* What the table says; false: the exchange is over. */
static bool ask_table(struct client *c, const struct http1_head *h)
{
    const struct exchange_table *t = c->worker->table;
    enum exchange_step step = t && t->answer_head ? t->answer_head(c->x.state, h) : EXCHANGE_GO;
    c->x.judged = t && t->answer && step != EXCHANGE_PASS;
    c->x.waits = step == EXCHANGE_HOLD && h->body != HTTP1_NO_BODY;
    if (step == EXCHANGE_CUT) return reply_cut(c), false;
    if (step == EXCHANGE_REPLY) return reply_of_table(c), false;
    return true;
}

static void begin_answer(struct client *c, const struct http1_head *h)
{
    struct exchange *x = &c->x;
    struct buf *out = &c->worker->out;
    x->status = h->status;
    if (x->waits) {
        buf_done(&x->head);
        buf_init(&x->head, 1u << 20);
        add_head(c, h, &x->head);
        return;
    }
    frame(c, h);
    add_head(c, h, out);
    add_own(c, out);
    add_framing(c, h, out);
    end_head(c, out);
}

static bool answer_head(struct client *c, const struct http1_head *h)
{
    struct backend *b = c->x.backend;
    upstream_worked(b->upstream, c->x.trying);
    c->x.trying = false;
    b->headed = true;
    b->body = h->body;
    b->left = h->length;
    b->keep = h->keep_alive;
    if (!ask_table(c, h)) return false;
    begin_answer(c, h);
    if (h->body != HTTP1_CHUNKED) return true;
    if (!b->chunks) b->chunks = malloc(sizeof *b->chunks);
    if (b->chunks) http1_chunks_init(b->chunks, true);
    if (!b->chunks) reply_cut(c);
    return b->chunks;
}

/* 1xx is between the upstream and us: we have said 100 ourselves. 101 was not asked for. */
static size_t head_bytes(struct client *c, struct slice s)
{
    struct backend *b = c->x.backend;
    struct worker *w = c->worker;
    struct http1_limits limits = {b->use->plan->config.limits.head, 0};
    enum http1_step step = http1_scan(&b->scan, s, &limits);
    if (step == HTTP1_MORE) return 0;
    size_t size = b->scan.size;
    enum http1_fault fault = b->scan.fault;
    if (!fault) fault = http1_answer(slice_sub(s, 0, size), c->x.to_head, &w->head);
    memset(&b->scan, 0, sizeof b->scan);
    if (!fault && w->head.status == 101) fault = HTTP1_STATUS_LINE;
    if (fault)
        backend_lost(c, 502, "upstream-malformed", http1_fault_text(fault));
    else if (w->head.status >= 200 && !backend_again(c, w->head.status))
        (void)answer_head(c, &w->head);
    return size ? size : s.n;
}

/* ---- the body ---- */

static void add_content(struct client *c, struct slice s)
{
    metric_add(&c->worker->metrics, METRIC_BYTES_OUT, s.n);
    buf_add(&c->worker->content, s);
}

/* False: the exchange is over or must be cut. */
static bool pass(struct client *c, struct slice s, bool end)
{
    struct worker *w = c->worker;
    const struct exchange_table *t = w->table;
    size_t before = w->content.n;
    if (!c->x.judged) {
        add_content(c, s);
        return true;
    }
    enum exchange_step step = t->answer(c->x.state, s, end, &w->content);
    if (step == EXCHANGE_REPLY && c->x.waits) return reply_of_table(c), false;
    bool cut = step != EXCHANGE_GO;
    metric_add(&w->metrics, METRIC_BYTES_OUT, w->content.n - before);
    if (c->x.waits && (cut || end || w->content.n > CHUNK_LINE)) stop_waiting(c, cut || end);
    if (!cut) return true;
    c->x.answer_end = true; /* what it wrote is the end, well-formed */
    c->x.backend->keep = false;
    return false;
}

static void end_of_answer(struct client *c)
{
    if (pass(c, S(""), true)) c->x.answer_end = true;
}

static size_t by_length(struct client *c, struct slice s)
{
    struct backend *b = c->x.backend;
    size_t n = b->left < s.n ? (size_t)b->left : s.n;
    b->left -= n;
    if (pass(c, slice_sub(s, 0, n), false) && !b->left) end_of_answer(c);
    return n;
}

static size_t by_chunks(struct client *c, struct slice s)
{
    struct http1_chunks *k = c->x.backend->chunks;
    struct slice rest = s, piece;
    enum http1_step step;
    while ((step = http1_chunks_next(k, &rest, &piece)) == HTTP1_DATA)
        if (!pass(c, piece, false)) return s.n;
    if (step == HTTP1_DONE) end_of_answer(c);
    return s.n - rest.n;
}

static size_t body_bytes(struct client *c, struct slice s)
{
    switch (c->x.backend->body) {
    case HTTP1_LENGTH: return by_length(c, s);
    case HTTP1_CHUNKED: return by_chunks(c, s);
    case HTTP1_UNTIL_CLOSE: return pass(c, s, false) || c->x.answer_end ? s.n : 0;
    default: return 0;
    }
}

/* ---- writing ---- */

/* The content stands behind CHUNK_LINE free bytes: its size is written right before it. */
static struct slice framed(struct client *c)
{
    struct buf *content = &c->worker->content;
    struct exchange *x = &c->x;
    const struct exchange_table *t = c->worker->table;
    char line[CHUNK_LINE];
    size_t n = content->n - CHUNK_LINE, from = CHUNK_LINE;
    if (x->chunked && n) {
        int size = snprintf(line, sizeof line, "%zx\r\n", n);
        from -= (size_t)size;
        memcpy(content->p + from, line, (size_t)size);
        buf_add(content, S("\r\n"));
    }
    if (x->chunked && x->answer_end) {
        const struct http1_chunks *k = x->backend->chunks;
        buf_add(content, S("0\r\n"));
        if (k && x->trailers && x->backend->body == HTTP1_CHUNKED)
            buf_add(content, http1_trailer(k));
        if (t && t->trailer && x->trailers) t->trailer(x->state, content);
        buf_add(content, S("\r\n"));
    }
    return slice_sub(buf_slice(content), from, content->n);
}

static void write_out(struct client *c)
{
    struct worker *w = c->worker;
    struct slice content = buf_ok(&w->content) ? framed(c) : S("");
    if (!buf_ok(&w->out) || !buf_ok(&w->content))
        reply_cut(c);
    else if (w->out.n || content.n)
        (void)conn_write(&c->conn, buf_slice(&w->out), content);
}

static void finish(struct client *c, bool rest)
{
    struct exchange *x = &c->x;
    struct backend *b = x->backend;
    bool keep = x->keep && x->request_end;
    backend_end(c, b->keep && !rest && x->request_end);
    if (keep)
        client_next(c);
    else
        client_last(c);
}

/* ---- reading ---- */

/* How many of the bytes were used. */
static size_t bytes(struct client *c, struct slice s)
{
    struct backend *b = c->x.backend;
    size_t used = 0;
    while (used < s.n && c->x.backend == b && !c->x.answer_end) {
        struct slice rest = slice_sub(s, used, s.n);
        size_t n = b->headed ? body_bytes(c, rest) : head_bytes(c, rest);
        if (!n) break;
        used += n;
        if (b->headed && c->x.backend == b && b->body == HTTP1_NO_BODY) end_of_answer(c);
    }
    return used;
}

static void begin_output(struct worker *w)
{
    buf_reset(&w->out);
    if (w->content.room > MUCH) buf_done(&w->content);
    buf_reset(&w->content);
    buf_fill(&w->content, ' ', CHUNK_LINE);
}

/* The bytes of a head that is not complete are kept; nothing else ever is. */
static void got(struct client *c, struct slice s)
{
    struct backend *b = c->x.backend;
    struct worker *w = c->worker;
    bool kept = b->in.n;
    begin_output(w);
    if (kept) buf_add(&b->in, s);
    if (kept) s = buf_slice(&b->in);
    size_t used = bytes(c, s);
    if (c->closed || c->x.backend != b) return; /* somebody else is asked, or it was answered */
    bool bad = b->chunks && b->body == HTTP1_CHUNKED && b->headed && b->chunks->fault;
    if (b->headed) write_out(c);
    if (c->closed || c->x.backend != b) return;
    if (bad) {
        backend_lost(c, 502, "upstream-malformed", http1_fault_text(b->chunks->fault));
        return;
    }
    if (!b->headed && !kept) buf_add(&b->in, s);
    if (b->headed) buf_done(&b->in);
    b->since = w->loop.now;
    if (b->headed)
        timer_set(&w->loop.wheel, &b->timer, b->since + b->use->plan->config.timeouts.stall);
    if (c->x.answer_end) finish(c, used < s.n);
}

static void at_end(struct client *c, enum conn_end end)
{
    struct backend *b = c->x.backend;
    bool whole = b->headed && b->body == HTTP1_UNTIL_CLOSE && end == CONN_CLOSED;
    if (!whole) {
        const char *why = end == CONN_LOST ? b->conn.lost
                          : b->headed      ? "it closed the connection within its answer"
                                           : "it closed the connection without an answer";
        bool refused = !conn_stands(&b->conn) && !b->reused && !b->headed;
        backend_lost(c, 502, refused ? "upstream-connect" : "upstream-closed", why);
        return;
    }
    begin_output(c->worker);
    end_of_answer(c);
    if (c->closed || c->x.backend != b) return;
    write_out(c);
    if (!c->closed) finish(c, false);
}

/* From now on the clock of the answer runs. */
static void stands(struct backend *b)
{
    const struct guard_timeouts *t = &b->use->plan->config.timeouts;
    b->stood = true;
    b->since = b->conn.loop->now;
    timer_set(&b->conn.loop->wheel, &b->timer, b->since + t->answer);
}

void answer_pump(struct client *c)
{
    struct worker *w = c->worker;
    struct backend *b = c->x.backend;
    if (conn_waiting(&b->conn) && conn_flush(&b->conn) == CONN_OK) c->moved = true;
    if (!conn_stands(&b->conn) && !b->conn.dead) return;
    if (!b->stood && !b->conn.dead) stands(b);
    while (!c->closed && c->x.backend == b && !conn_waiting(&c->conn)) {
        size_t n;
        enum conn_end end = b->conn.can_read || b->conn.dead
                                ? conn_read(&b->conn, w->back, sizeof w->back, &n)
                                : CONN_WAIT;
        if (end == CONN_WAIT) return;
        c->moved = true;
        if (end == CONN_OK)
            got(c, slice_of(w->back, n));
        else
            at_end(c, end);
    }
}
