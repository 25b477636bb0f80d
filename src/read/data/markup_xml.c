/* SPDX-License-Identifier: Apache-2.0 */
/* markup_xml.c - XML annotations and SVG drawings, through expat without entities (port/expat).
 *
 * Texts that hold references or CDATA are told decoded, with the name of their element as field;
 * all lines are told as they lie. Declared entities are judged by what a trusting parser would do
 * with them: fetch something, or blow up. */
#include "read/data/markup.h"
#include "port/expat/xml.h"
#include "read/text/text.h"

#define DEPTH_MAX 4096u
#define PIECE     ((size_t)1 << 30)

struct drawing {
    struct reading *r;
    struct xml *xml;
    struct markup_run run;
    struct markup_active active;
    uint64_t next; /* offset behind the last piece of text */
    char field[64];
    unsigned depth, entities, nested;
    bool svg, told_entity, limit;
};

static bool step(struct drawing *d, uint64_t work)
{
    if (budget_work(d->r->budget, work)) return true;
    d->limit = true;
    xml_stop(d->xml);
    return false;
}

static void tell_entity(struct drawing *d, struct slice name, struct slice value)
{
    struct event ev = {.kind = EV_ANOMALY, .offset = xml_offset(d->xml), .line = xml_line(d->xml)};
    ev.anomaly.what = ANOMALY_XML_ENTITY;
    ev.anomaly.detail = arena_printf(d->r->arena, "%.*s: %.*s", SLICE_ARG(slice_sub(name, 0, 60)),
                                     SLICE_ARG(slice_sub(value, 0, 120)));
    if (!d->told_entity && ev.anomaly.detail.p) tell(d->r, &ev);
    d->told_entity = true;
}

/* "&a;&a;&a;" made of other entities, level over level. */
static uint64_t references(struct slice s)
{
    uint64_t n = 0;
    for (size_t i = 0; i + 1 < s.n; i++) n += s.p[i] == '&' && s.p[i + 1] != '#';
    return n;
}

static void on_entity(void *ctx, struct slice name, struct slice value, bool external)
{
    struct drawing *d = ctx;
    if (!step(d, 4 + value.n / 64)) return;
    d->entities++;
    if (references(value) >= 2) d->nested++;
    if (external || d->nested >= 3) tell_entity(d, name, value);
}

static void on_begin(void *ctx, struct slice name, const char *const *attributes)
{
    struct drawing *d = ctx;
    uint64_t at = xml_offset(d->xml), line = xml_line(d->xml);
    markup_end(&d->run);
    if (++d->depth > DEPTH_MAX || !step(d, 4)) {
        d->limit = true;
        xml_stop(d->xml);
        return;
    }
    size_t colon = slice_rfind_byte(name, ':');
    if (colon != SIZE_MAX) name = slice_sub(name, colon + 1, SIZE_MAX);
    if (d->depth == 1 && slice_eq(name, S("svg"))) d->svg = true;
    if (d->svg && slice_eq_nocase(name, S("script")))
        markup_note(&d->active, &d->active.scripts, at, line);
    if (d->svg && slice_eq_nocase(name, S("iframe")))
        markup_note(&d->active, &d->active.frames, at, line);
    for (; *attributes && d->svg; attributes += 2) {
        struct slice key = slice_str(attributes[0]), value = slice_str(attributes[1]);
        bool link = slice_ends(key, S("href")) && markup_is_script_link(value);
        if ((markup_is_handler(key) && value.n) || link)
            markup_note(&d->active, &d->active.handlers, at, line);
    }
    size_t n = name.n < sizeof d->field ? name.n : sizeof d->field;
    memcpy(d->field, name.p, n);
    d->run.field = slice_of(d->field, n);
}

static void on_end(void *ctx, struct slice name)
{
    struct drawing *d = ctx;
    (void)name;
    markup_end(&d->run);
    d->depth -= d->depth > 0;
}

static void on_text(void *ctx, struct slice text)
{
    struct drawing *d = ctx;
    if (!step(d, 1 + text.n / 32)) return;
    if (!d->run.open && !slice_trim(text).n) return;
    /* a reference is longer than what it stands for; a comment or CDATA mark leaves a gap */
    uint64_t at = xml_offset(d->xml), n = xml_length(d->xml);
    if (n != text.n || (d->run.open && at != d->next)) d->run.differs = true;
    d->next = at + n;
    markup_add(&d->run, text, at, xml_line(d->xml), false);
}

static const struct xml_handlers handlers = {
    .begin = on_begin,
    .end = on_end,
    .text = on_text,
    .entity = on_entity,
};

static enum st feed(struct drawing *d)
{
    struct slice s = d->r->layer->bytes;
    enum st st = ST_OK;
    for (size_t at = 0; st == ST_OK && (at < s.n || at == 0); at += PIECE)
        st = xml_feed(d->xml, slice_sub(s, at, PIECE), at + PIECE >= s.n);
    if (d->limit) return d->r->budget->spent ? ST_LIMIT : ST_UNSUPPORTED;
    /* in letters that the library does not know: the lines are told all the same */
    if (st != ST_MALFORMED || xml_strange(d->xml)) return st == ST_NOMEM ? st : ST_OK;
    struct event ev = {.kind = EV_ANOMALY, .offset = xml_offset(d->xml), .line = xml_line(d->xml)};
    ev.anomaly.what = ANOMALY_MALFORMED;
    ev.anomaly.detail = slice_str(xml_error(d->xml));
    tell(d->r, &ev);
    return ST_OK;
}

enum st xml_read(struct reading *r)
{
    struct drawing *d = ARENA_NEW(r->arena, struct drawing);
    if (!d) return ST_NOMEM;
    d->r = r;
    tell_format(r, r->format, NULL);
    enum st st = markup_run_init(&d->run, r);
    if (st != ST_OK) return st;
    d->xml = xml_new(&handlers, d);
    st = d->xml ? feed(d) : ST_NOMEM;
    xml_free(d->xml);
    markup_flush(&d->run);
    if (d->svg) markup_tell_active(r, &d->active);
    if (st == ST_UNSUPPORTED) {
        tell_unread(r, UNREAD_LIMIT, 0, 0, "elements more than %u deep", DEPTH_MAX);
        st = ST_OK;
    }
    return st == ST_OK ? lines_read(r) : st;
}
