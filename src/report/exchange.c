/* SPDX-License-Identifier: Apache-2.0 */
#include "report/exchange.h"
#include "codec/json.h"
#include "finding/severity.h"
#include "log/stamp.h"
#include "report/words.h"

#define COLUMN 11

struct side {
    struct slice verdict, action, because, unscanned, unread;
    uint64_t bytes, parts, read_us, inspect_us, decide_us;
};

struct match {
    struct slice rule, severity, action, side, role, channel, path, via, shown;
    bool weak;
};

/* ---- reading ---- */

enum kind { TEXT, NUMBER, FLAG, WORDS };

struct member {
    const char *key;
    enum kind kind;
    size_t at;
};

static const struct member side_members[] = {
    {"verdict", TEXT, offsetof(struct side, verdict)},
    {"action", TEXT, offsetof(struct side, action)},
    {"because", TEXT, offsetof(struct side, because)},
    {"unscanned", WORDS, offsetof(struct side, unscanned)},
    {"unread", WORDS, offsetof(struct side, unread)},
    {"bytes", NUMBER, offsetof(struct side, bytes)},
    {"parts", NUMBER, offsetof(struct side, parts)},
    {"read_us", NUMBER, offsetof(struct side, read_us)},
    {"inspect_us", NUMBER, offsetof(struct side, inspect_us)},
    {"decide_us", NUMBER, offsetof(struct side, decide_us)},
    {0},
};

static const struct member match_members[] = {
    {"rule", TEXT, offsetof(struct match, rule)},
    {"severity", TEXT, offsetof(struct match, severity)},
    {"action", TEXT, offsetof(struct match, action)},
    {"side", TEXT, offsetof(struct match, side)},
    {"role", TEXT, offsetof(struct match, role)},
    {"channel", TEXT, offsetof(struct match, channel)},
    {"path", TEXT, offsetof(struct match, path)},
    {"via", TEXT, offsetof(struct match, via)},
    {"shown", TEXT, offsetof(struct match, shown)},
    {"weak", FLAG, offsetof(struct match, weak)},
    {0},
};

/* A list, or lists with names: "text: deadline, nested; links: memory". */
static struct slice words(struct json *j, struct arena *arena)
{
    struct buf b;
    unsigned depth = j->depth;
    bool first = true;
    if (j->token != JSON_OBJECT && j->token != JSON_ARRAY) return S("");
    buf_init(&b, 4096);
    while (json_next(j) != JSON_BAD && j->token != JSON_END && j->depth >= depth) {
        if (j->token != JSON_KEY && j->token != JSON_STRING) continue;
        struct slice text = json_text(j, arena);
        if (!first) buf_str(&b, j->token == JSON_KEY ? "; " : ", ");
        buf_add(&b, text);
        first = j->token == JSON_KEY;
        if (first) buf_str(&b, ": ");
    }
    struct slice all = arena_copy(arena, buf_slice(&b));
    buf_done(&b);
    return all;
}

static void read_member(struct json *j, const struct member *m, void *base, struct arena *arena)
{
    char *to = (char *)base + m->at;
    struct slice text = S("");
    bool on = j->token == JSON_TRUE;
    uint64_t n = 0;
    if (m->kind == TEXT && j->token == JSON_STRING) text = json_text(j, arena);
    if (m->kind == WORDS) text = words(j, arena);
    if (m->kind == NUMBER && !json_u64(j, &n)) n = 0;
    if (m->kind == FLAG)
        memcpy(to, &on, sizeof on);
    else if (m->kind == NUMBER)
        memcpy(to, &n, sizeof n);
    else
        memcpy(to, &text, sizeof text);
    (void)json_skip(j);
}

/* The object that the current token opens. */
static void read_object(struct json *j, const struct member *members, void *base,
                        struct arena *arena)
{
    if (j->token != JSON_OBJECT) return;
    while (json_next(j) == JSON_KEY) {
        const struct member *m = members;
        while (m->key && !json_is(j, slice_str(m->key))) m++;
        (void)json_next(j);
        if (m->key)
            read_member(j, m, base, arena);
        else
            (void)json_skip(j);
    }
}

/* ---- saying ---- */

static void label(struct page *p, const char *name)
{
    page_item(p, 0, 0, INK_BOLD, slice_str(name));
    page_to(p, COLUMN);
}

/* "route chat", behind what stands there. */
static void pair(struct page *p, const char *name, struct slice value)
{
    if (!value.n) return;
    buf_printf(&p->raw, "%s%s", name, *name ? " " : "");
    buf_add(&p->raw, value);
    page_item_raw(p, COLUMN, p->column > COLUMN ? 3 : 0, INK_PLAIN);
}

static enum ink ink_of(struct slice severity)
{
    for (int s = SEV_INFO; s <= SEV_CRITICAL; s++)
        if (slice_eq(severity, slice_str(severity_name((enum severity)s)))) return (enum ink)s;
    return INK_PLAIN;
}

static void say_who(struct page *p, const struct event *e)
{
    label(p, "request");
    page_item(p, COLUMN, 0, INK_BOLD, e->text[EVENT_ID]);
    stamp_write(e->time_ms, &p->raw);
    page_item_raw(p, COLUMN, 3, INK_DIM);
    page_line(p);
    label(p, "from");
    pair(p, "", event_has(e, EVENT_CALLER) ? e->text[EVENT_CALLER] : S("nobody that said who"));
    pair(p, "", e->text[EVENT_ADDRESS]);
    pair(p, "tenant", e->text[EVENT_TENANT]);
    page_line(p);
    label(p, "to");
    pair(p, "", e->text[EVENT_SURFACE]);
    pair(p, "model", e->text[EVENT_MODEL]);
    pair(p, "route", e->text[EVENT_ROUTE]);
    pair(p, "upstream", e->text[EVENT_UPSTREAM]);
    page_line(p);
}

static void say_read(struct page *p, const struct side *s)
{
    label(p, "read");
    say_size(&p->raw, s->bytes);
    buf_str(&p->raw, ", ");
    say_many(&p->raw, s->parts, "part");
    page_item_raw(p, COLUMN, 0, INK_PLAIN);
    page_line(p);
    if (!s->unread.n) return;
    label(p, "");
    buf_str(&p->raw, "not read as what it is: ");
    buf_add(&p->raw, s->unread);
    page_flow_raw(p, COLUMN, INK_BAD);
    page_line(p);
}

static void say_view(struct page *p, const struct match *m, bool *first)
{
    if (!m->via.n) return;
    label(p, *first ? "normalise" : "");
    pair(p, "", m->via);
    pair(p, "", m->path);
    page_line(p);
    *first = false;
}

static void say_match(struct page *p, const struct match *m, bool *first)
{
    label(p, *first ? "rules" : "");
    page_item(p, COLUMN, 0, ink_of(m->severity), m->rule);
    pair(p, "", m->severity);
    pair(p, "->", m->action);
    pair(p, "", m->path);
    buf_str(&p->raw, "(");
    buf_add(&p->raw, m->role);
    buf_str(&p->raw, ", ");
    buf_add(&p->raw, m->channel);
    buf_str(&p->raw, m->weak ? ", looks like an example)" : ")");
    page_item_raw(p, COLUMN, 1, INK_DIM);
    pair(p, "via", m->via);
    pair(p, "", m->shown);
    page_line(p);
    *first = false;
}

static void say_matches(struct page *p, const struct event *e, const char *side,
                        struct arena *arena,
                        void (*say)(struct page *p, const struct match *m, bool *first))
{
    struct json j;
    bool first = true;
    if (!event_has(e, EVENT_MATCHES)) return;
    json_init(&j, e->text[EVENT_MATCHES]);
    if (json_next(&j) != JSON_ARRAY) return;
    while (json_next(&j) == JSON_OBJECT) {
        struct match m = {0};
        read_object(&j, match_members, &m, arena);
        if (slice_eq(m.side, slice_str(side))) say(p, &m, &first);
    }
}

static void say_rules(struct page *p, const struct event *e, const char *side, struct arena *arena)
{
    if (e->number[EVENT_FINDINGS]) {
        say_matches(p, e, side, arena, say_view);
        say_matches(p, e, side, arena, say_match);
        return;
    }
    label(p, "rules");
    page_item(p, COLUMN, 0, INK_PLAIN, S("nothing matched"));
    page_line(p);
}

static void say_upper(struct buf *out, struct slice word)
{
    for (size_t i = 0; i < word.n; i++) {
        uint8_t c = word.p[i];
        buf_byte(out, c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c);
    }
}

/* "BLOCK by inject.override   policy 0f1e2d3c" */
static void say_decision(struct page *p, const struct event *e, const struct side *s)
{
    bool done = slice_eq(e->text[EVENT_MODE], S("enforce"));
    bool bad = slice_eq(s->action, S("block"));
    label(p, "decision");
    if (!done && !slice_eq(s->action, S("allow"))) buf_str(&p->raw, "would ");
    say_upper(&p->raw, s->action);
    page_item_raw(p, COLUMN, 0, bad ? INK_BAD : INK_BOLD);
    if (s->because.n) {
        buf_str(&p->raw, "by ");
        buf_add(&p->raw, s->because);
        page_item_raw(p, COLUMN, 1, INK_PLAIN);
    }
    pair(p, "policy", e->text[EVENT_POLICY]);
    pair(p, "said", s->verdict);
    page_line(p);
}

static void say_time(struct page *p, const struct side *s)
{
    label(p, "time");
    buf_printf(&p->raw, "read %llu, inspect %llu, decide %llu microseconds",
               (unsigned long long)s->read_us, (unsigned long long)s->inspect_us,
               (unsigned long long)s->decide_us);
    page_flow_raw(p, COLUMN, INK_DIM);
    page_line(p);
}

static void say_side(struct page *p, const struct event *e, enum event_field field,
                     const char *name, struct arena *arena)
{
    struct side s = {0};
    struct json j;
    if (!event_has(e, field)) return;
    json_init(&j, e->text[field]);
    (void)json_next(&j);
    read_object(&j, side_members, &s, arena);
    page_line(p);
    buf_printf(&p->raw, "the %s", name);
    page_item_raw(p, 0, 0, INK_BOLD);
    page_line(p);
    say_read(p, &s);
    say_rules(p, e, name, arena);
    if (s.unscanned.n) {
        label(p, "unscanned");
        page_flow(p, COLUMN, INK_BAD, s.unscanned);
        page_line(p);
    }
    say_decision(p, e, &s);
    say_time(p, &s);
}

static void say_end(struct page *p, const struct event *e)
{
    page_line(p);
    label(p, "verdict");
    page_item(p, COLUMN, 0, INK_BOLD, e->text[EVENT_VERDICT]);
    pair(p, "mode", e->text[EVENT_MODE]);
    if (event_has(e, EVENT_STATUS)) {
        buf_printf(&p->raw, "status %llu", (unsigned long long)e->number[EVENT_STATUS]);
        page_item_raw(p, COLUMN, 3, INK_PLAIN);
    }
    pair(p, "", e->text[EVENT_FLAGS]);
    if (event_has(e, EVENT_MICROS)) {
        buf_printf(&p->raw, "%.1f ms in all", (double)e->number[EVENT_MICROS] / 1000);
        page_item_raw(p, COLUMN, 3, INK_DIM);
    }
    page_line(p);
}

void exchange_explain(struct page *p, const struct event *e, struct arena *arena)
{
    say_who(p, e);
    say_side(p, e, EVENT_REQUEST, "request", arena);
    say_side(p, e, EVENT_ANSWER, "answer", arena);
    say_end(p, e);
}
