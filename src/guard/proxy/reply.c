/* SPDX-License-Identifier: Apache-2.0 */
/* reply.c - answers of the gateway itself. */
#include "codec/jot.h"
#include "guard/proxy/flow.h"
#include <stdarg.h>

const char *status_text(unsigned status)
{
    static const struct {
        unsigned status;
        const char *text;
    } rows[] = {{200, "OK"},
                {400, "Bad Request"},
                {403, "Forbidden"},
                {404, "Not Found"},
                {405, "Method Not Allowed"},
                {408, "Request Timeout"},
                {413, "Content Too Large"},
                {414, "URI Too Long"},
                {417, "Expectation Failed"},
                {429, "Too Many Requests"},
                {431, "Request Header Fields Too Large"},
                {500, "Internal Server Error"},
                {501, "Not Implemented"},
                {502, "Bad Gateway"},
                {503, "Service Unavailable"},
                {504, "Gateway Timeout"},
                {505, "HTTP Version Not Supported"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].status == status) return rows[i].text;
    return "";
}

static void add_table_fields(struct client *c)
{
    const struct exchange_table *t = c->worker->table;
    if (c->x.state && t->answer_fields) t->answer_fields(c->x.state, &c->worker->out);
}

/* The client may be in the middle of its request: then nothing that it sends can be a head. */
void reply_send(struct client *c, const struct reply *r)
{
    struct worker *w = c->worker;
    struct exchange *x = &c->x;
    if (!x->id[0]) request_id(w, x->id); /* no head was understood: no exchange, but an answer */
    bool last = r->last || !x->active || !x->keep || !x->request_end || w->draining;
    buf_reset(&w->out);
    buf_printf(&w->out,
               "HTTP/1.1 %u %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n"
               "x-merlon-request-id: %s\r\n",
               r->status, status_text(r->status), r->type, r->body.n, x->id);
    add_table_fields(c);
    if (r->status == 405) buf_str(&w->out, "Allow: GET, HEAD\r\n");
    if (r->status == 429 || r->status == 503) buf_str(&w->out, "Retry-After: 1\r\n");
    if (last) buf_str(&w->out, "Connection: close\r\n");
    if (!last && x->old) buf_str(&w->out, "Connection: keep-alive\r\n");
    buf_str(&w->out, "\r\n");
    metric_answer(&w->metrics, r->status);
    x->answered = x->answer_end = true;
    x->status = r->status;
    backend_end(c, false);
    (void)conn_write(&c->conn, buf_slice(&w->out), x->to_head ? S("") : r->body);
    if (last)
        client_last(c);
    else
        client_next(c);
}

void reply_error(struct client *c, unsigned status, const char *code, bool last, const char *fmt,
                 ...)
{
    char text[512];
    struct buf body;
    struct jot j;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    const struct exchange *x = &c->x;
    struct backend *b = x->backend;
    buf_init(&body, 4096);
    jot_init(&j, &body, 0);
    jot_open(&j, '{');
    jot_key_open(&j, "error", '{');
    jot_pair_str(&j, "message", text);
    jot_pair_str(&j, "type",
                 status < 500               ? "merlon_refused"
                 : strstr(code, "upstream") ? "merlon_upstream"
                                            : "merlon_overloaded");
    jot_pair_str(&j, "code", code);
    if (b) jot_pair(&j, "upstream", b->upstream->config->name);
    jot_close(&j, '}');
    jot_close(&j, '}');
    buf_byte(&body, '\n');
    reply_send(c, &(struct reply){status, "application/json", buf_slice(&body), last});
    buf_done(&body);
}

/* Chunked: the last chunk is missing. Length: bytes are missing. Until close: only a reset differs
 * from an end. */
void reply_cut(struct client *c)
{
    metric_add(&c->worker->metrics, METRIC_CUT, 1);
    backend_end(c, false);
    client_close(c, c->x.until_close);
}
