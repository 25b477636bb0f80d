/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain_request.h"
#include "cli/cmd_audit.h"
#include "cli/config.h"
#include "cli/recording.h"
#include "log/place.h"
#include "log/reader.h"
#include "port/curl/http.h"
#include "report/exchange.h"
#include <errno.h>

#define ID_LEAST   6u /* letters of an id that are looked for */
#define ANSWER_MAX 65536u
#define SILENCE_S  10u

struct sought {
    struct cli *cli;
    struct slice id;
    struct slice line; /* of the newest that fits */
    struct slice log;  /* the log's name; empty: it came from a gateway */
    uint64_t n;
    size_t count;
    struct event event;
};

/* ---- from a log ---- */

static bool is_it(const struct sought *s, const struct event *e)
{
    return e->kind == EVENT_GUARD && slice_starts(e->text[EVENT_ID], s->id);
}

/* A log is long, and almost no line is the one: letters first, then JSON. */
static bool consider(struct sought *s, const struct record *record, struct arena *arena)
{
    struct event e;
    struct slice why;
    if (!slice_has(record->text, s->id)) return true;
    arena_reset(arena);
    if (event_read(record->text, arena, &e, &why) != ST_OK || !is_it(s, &e)) return true;
    s->count++;
    s->n = record->n;
    s->line = arena_copy(&s->cli->arena, record->text);
    return s->line.p;
}

static bool look_through(struct sought *s, struct reader *r)
{
    struct arena arena;
    struct record record;
    enum reader_end end = READER_OK;
    bool ok = true;
    arena_init(&arena, 1u << 20, 4096);
    while (ok && (end = reader_next(r, &record)) != READER_END && end != READER_IO)
        if (end == READER_OK) ok = consider(s, &record, &arena);
    arena_done(&arena);
    if (end == READER_IO) cli_fail(s->cli, "the log: %s", strerror(errno));
    if (!ok) cli_fail(s->cli, "%s", st_text(ST_NOMEM));
    return ok && end == READER_END;
}

static bool from_log(struct sought *s, const char *folder)
{
    struct note_public key = {.name = ""};
    struct reader r;
    struct buf why;
    buf_init(&why, 4096);
    (void)!place_public(folder, &key, &why); /* only its name, and that may be missing */
    buf_done(&why);
    s->log = arena_copy(&s->cli->arena, slice_str(key.name));
    if (!reader_open(&r, folder, NULL))
        return cli_fail(s->cli, "%s: %s", folder, strerror(errno)), false;
    bool ok = look_through(s, &r);
    reader_done(&r);
    return ok;
}

/* ---- from a gateway ---- */

struct answer {
    struct buf body;
    unsigned status;
    const char *why;
    bool ended;
};

static bool on_head(void *ctx, const struct http_head *h)
{
    ((struct answer *)ctx)->status = h->status;
    return true;
}

static bool on_body(void *ctx, struct slice bytes)
{
    struct answer *a = ctx;
    buf_add(&a->body, bytes);
    return buf_ok(&a->body);
}

static void on_end(void *ctx, const struct http_end *e)
{
    struct answer *a = ctx;
    a->why = e->failure == HTTP_FINE ? NULL : e->why ? e->why : "it could not be asked";
    a->ended = true;
}

static bool ask(struct sought *s, const char *url, struct answer *a)
{
    const struct http_request q = {.url = url, .allow_private = true, .silence_s = SILENCE_S};
    const struct http_sink sink = {on_head, on_body, on_end, a};
    struct http *http = http_new();
    if (!http)
        return cli_fail(s->cli, "--from URL needs libcurl, which is not installed; --from the "
                                "log's folder does not"),
               false;
    bool started = http_start(http, &q, &sink);
    while (started && !a->ended) http_run(http, 200);
    bool ok = started && !a->why && a->status == 200;
    if (started && a->why)
        cli_fail(s->cli, "%s: %s", url, a->why);
    else if (started && a->status != 404 && !ok)
        cli_fail(s->cli, "%s: status %u", url, a->status);
    http_free(http);
    return ok || (started && !a->why && a->status == 404);
}

static bool from_gateway(struct sought *s, struct slice base)
{
    struct answer a = {0};
    while (slice_ends(base, S("/"))) base = slice_sub(base, 0, base.n - 1);
    struct slice url = arena_printf(&s->cli->arena, "%.*s/merlon/requests/%.*s", SLICE_ARG(base),
                                    SLICE_ARG(s->id));
    buf_init(&a.body, ANSWER_MAX);
    bool ok = url.p && ask(s, cli_cstr(s->cli, url), &a);
    if (ok && a.status == 200) {
        s->line = arena_copy(&s->cli->arena, slice_trim(buf_slice(&a.body)));
        s->count = 1;
    }
    buf_done(&a.body);
    return ok;
}

/* ---- saying ---- */

static bool say_text(struct sought *s, struct buf *out)
{
    struct report_style style = {.colour = cli_colour(s->cli, 1), .width = cli_width(s->cli)};
    struct page p;
    struct slice why = S("");
    enum st st = event_read(s->line, &s->cli->arena, &s->event, &why);
    if (st != ST_OK) return cli_fail(s->cli, "no sound record: %.*s", SLICE_ARG(why)), false;
    page_init(&p, out, &style);
    exchange_explain(&p, &s->event, &s->cli->arena);
    if (s->log.n) {
        buf_printf(&p.raw, "record %llu of %.*s; merlon audit prove %llu proves it",
                   (unsigned long long)s->n, SLICE_ARG(s->log), (unsigned long long)s->n);
        page_flow_raw(&p, 0, INK_DIM);
        page_line(&p);
    }
    page_done(&p);
    return true;
}

static int say(struct sought *s)
{
    struct buf out;
    bool json = slice_eq(setting_text(&s->cli->settings, OPT_FORMAT), S("json"));
    buf_init(&out, 1u << 20);
    if (json) {
        buf_add(&out, s->line);
        buf_byte(&out, '\n');
    }
    bool ok = (json || say_text(s, &out)) && buf_ok(&out) && cli_out(buf_slice(&out));
    buf_done(&out);
    return ok ? EXIT_GATE_PASSED : EXIT_CANNOT;
}

static bool is_id(struct slice id)
{
    for (size_t i = 0; i < id.n; i++) {
        uint8_t c = id.p[i] | 0x20;
        if (!((c >= 'a' && c <= 'z') || (id.p[i] >= '0' && id.p[i] <= '9') || id.p[i] == '-'))
            return false;
    }
    return id.n >= ID_LEAST;
}

int explain_request(struct cli *c)
{
    struct slice from = setting_text(&c->settings, OPT_REQUEST_FROM);
    struct sought s = {.cli = c, .id = setting_text(&c->settings, OPT_REQUEST)};
    bool url = slice_starts(from, S("http://")) || slice_starts(from, S("https://"));
    if (!is_id(s.id))
        return cli_fail(c, "--request takes an x-merlon-request-id, at least its first %u letters",
                        ID_LEAST);
    const char *folder = url ? NULL : from.n ? cli_cstr(c, from) : audit_folder(c, 0);
    if (!url && !folder) return EXIT_NOTHING;
    if (!(url ? from_gateway(&s, from) : from_log(&s, folder))) return EXIT_CANNOT;
    if (!s.count)
        return cli_fail(c, "no request '%.*s' %s", SLICE_ARG(s.id),
                        url ? "among the gateway's newest; its log may have it" : "in the log");
    if (s.count > 1)
        return cli_fail(c, "%zu requests begin with '%.*s'; give more of it", s.count,
                        SLICE_ARG(s.id));
    return say(&s);
}
