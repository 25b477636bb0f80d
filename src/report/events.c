/* SPDX-License-Identifier: Apache-2.0 */
#include "report/events.h"
#include "base/utf8.h"
#include "log/stamp.h"
#include "report/words.h"

unsigned events_severity(const struct event *e)
{
    static const char *const names[] = {"info", "low", "medium", "high", "critical"};
    struct slice said = e->text[EVENT_SEVERITY];
    for (unsigned i = 0; said.n && i < COUNT_OF(names); i++)
        if (slice_eq(said, slice_str(names[i]))) return i + 1;
    return e->kind == EVENT_LOG_LOST ? 4 : 1;
}

void events_title(struct buf *out, const struct event *e)
{
    buf_add(out, e->name);
    if (event_has(e, EVENT_VERDICT)) {
        buf_str(out, ": ");
        buf_add(out, e->text[EVENT_VERDICT]);
    }
    enum event_field about = event_has(e, EVENT_SUBJECT) ? EVENT_SUBJECT : EVENT_MODEL;
    if (!event_has(e, about)) return;
    buf_str(out, event_has(e, EVENT_VERDICT) ? ", " : ": ");
    buf_add(out, e->text[about]);
}

/* ---- people ---- */

static void cell(struct buf *out, struct slice text, size_t width)
{
    struct buf safe = visible(text);
    size_t from = utf8_width(buf_slice(&safe));
    buf_add(out, buf_slice(&safe));
    buf_fill(out, ' ', from < width ? width - from : 1);
    buf_done(&safe);
}

static bool is_bad(struct slice verdict)
{
    return slice_eq(verdict, S("fail")) || slice_eq(verdict, S("block"));
}

static void rest(struct buf *out, const struct event *e)
{
    bool first = true;
    for (enum event_field f = 0; f < EVENT_FIELDS; f++) {
        bool shown = f == EVENT_VERDICT || f == EVENT_SUBJECT || f == EVENT_VERSION ||
                     f == EVENT_SHA256 || f == EVENT_POLICY || event_field(f)->type == EVENT_JSON;
        if (!event_has(e, f) || shown) continue;
        buf_printf(out, "%s%s=", first ? "" : " ", event_field(f)->key);
        first = false;
        if (event_field(f)->type == EVENT_NUMBER) {
            buf_printf(out, "%llu", (unsigned long long)e->number[f]);
            continue;
        }
        struct buf safe = visible(cut_text(e->text[f], 120));
        bool quoted = slice_find_byte(buf_slice(&safe), ' ') != SIZE_MAX;
        buf_printf(out, quoted ? "\"%s\"" : "%s", buf_text(&safe));
        buf_done(&safe);
    }
}

void events_line(struct buf *out, const struct event *e, uint64_t n, bool colour)
{
    struct buf when;
    bool bad = colour && is_bad(e->text[EVENT_VERDICT]);
    buf_init(&when, 64);
    stamp_write(e->time_ms, &when);
    buf_printf(out, "%6llu  %.10s %.8s  ", (unsigned long long)n, buf_text(&when),
               buf_text(&when) + 11);
    cell(out, e->name, 14);
    if (bad) buf_str(out, "\x1b[31m");
    cell(out, e->text[EVENT_VERDICT], 8);
    if (bad) buf_str(out, "\x1b[0m");
    if (event_has(e, EVENT_SUBJECT)) {
        cell(out, e->text[EVENT_SUBJECT], 0);
        buf_byte(out, ' ');
    }
    rest(out, e);
    buf_byte(out, '\n');
    buf_done(&when);
}

/* ---- the record as it is ---- */

void events_jsonl(struct buf *out, const struct event *e, const struct event_source *s)
{
    (void)e;
    buf_add(out, s->line);
    buf_byte(out, '\n');
}

/* ---- CSV: RFC 4180, LF; text that a spreadsheet would run gets an apostrophe in front ---- */

static void csv_cell(struct buf *out, struct slice text)
{
    struct buf safe = visible(text);
    struct slice s = slice_trim(buf_slice(&safe));
    bool formula = s.n && slice_find_byte(S("=+-@|"), s.p[0]) != SIZE_MAX;
    buf_str(out, formula ? ",\"'" : ",\"");
    for (size_t i = 0; i < safe.n; i++) {
        if (safe.p[i] == '"') buf_byte(out, '"');
        buf_byte(out, safe.p[i]);
    }
    buf_byte(out, '"');
    buf_done(&safe);
}

void events_csv(struct buf *out, const struct event *e, const struct event_source *s)
{
    buf_printf(out, "%llu,", (unsigned long long)s->n);
    stamp_write(e->time_ms, out);
    csv_cell(out, e->name);
    for (enum event_field f = 0; f < EVENT_FIELDS; f++) {
        if (!event_has(e, f))
            buf_byte(out, ',');
        else if (event_field(f)->type == EVENT_NUMBER)
            buf_printf(out, ",%llu", (unsigned long long)e->number[f]);
        else
            csv_cell(out, e->text[f]);
    }
    buf_byte(out, '\n');
}

/* ---- CEF 0 (ArcSight): a pipe ends a field of the head, an equals sign a key ---- */

static void cef_text(struct buf *out, struct slice text, const char *specials)
{
    struct buf safe = visible(text);
    for (size_t i = 0; i < safe.n; i++) {
        if (strchr(specials, safe.p[i]) && safe.p[i]) buf_byte(out, '\\');
        buf_byte(out, safe.p[i]);
    }
    buf_done(&safe);
}

static const struct {
    enum event_field field;
    const char *key, *label; /* label: of a key that says nothing by itself */
} cef[] = {
    {EVENT_ID, "externalId", NULL},      {EVENT_CALLER, "suser", NULL},
    {EVENT_ROUTE, "request", NULL},      {EVENT_SURFACE, "app", NULL},
    {EVENT_VERDICT, "outcome", NULL},    {EVENT_ACTION, "act", NULL},
    {EVENT_RESULT, "msg", NULL},         {EVENT_SUBJECT, "fname", NULL},
    {EVENT_SHA256, "fileHash", NULL},    {EVENT_BYTES_IN, "in", NULL},
    {EVENT_BYTES_OUT, "out", NULL},      {EVENT_BYTES, "fsize", NULL},
    {EVENT_RULES, "cs1", "rules"},       {EVENT_POLICY, "cs2", "policy"},
    {EVENT_MODEL, "cs3", "model"},       {EVENT_KEY, "cs4", "key"},
    {EVENT_FINDINGS, "cn1", "findings"}, {EVENT_MICROS, "cn2", "micros"},
    {EVENT_FILES, "cn3", "files"},       {EVENT_RECORDS, "cnt", NULL},
    {EVENT_ADDRESS, "src", NULL},        {EVENT_UPSTREAM, "dhost", NULL},
    {EVENT_TENANT, "cs5", "tenant"},     {EVENT_MODE, "cs6", "mode"},
};

void events_cef(struct buf *out, const struct event *e, const struct event_source *s)
{
    static const unsigned severity[] = {0, 1, 3, 5, 8, 10};
    struct buf title;
    buf_init(&title, 4096);
    events_title(&title, e);
    buf_str(out, "CEF:0|Merlon|Merlon|" MERLON_VERSION "|");
    cef_text(out, e->name, "|\\");
    buf_byte(out, '|');
    cef_text(out, buf_slice(&title), "|\\");
    buf_printf(out, "|%u|rt=%lld deviceExternalId=%.*s cn4Label=record cn4=%llu",
               severity[events_severity(e)], (long long)e->time_ms, SLICE_ARG(s->log),
               (unsigned long long)s->n);
    for (size_t i = 0; i < COUNT_OF(cef); i++) {
        enum event_field f = cef[i].field;
        if (!event_has(e, f)) continue;
        if (cef[i].label) buf_printf(out, " %sLabel=%s", cef[i].key, cef[i].label);
        buf_printf(out, " %s=", cef[i].key);
        if (event_field(f)->type == EVENT_NUMBER)
            buf_printf(out, "%llu", (unsigned long long)e->number[f]);
        else
            cef_text(out, e->text[f], "=\\");
    }
    buf_byte(out, '\n');
    buf_done(&title);
}

static void csv_head(struct buf *out)
{
    buf_str(out, "n,time,kind");
    for (enum event_field f = 0; f < EVENT_FIELDS; f++) buf_printf(out, ",%s", event_field(f)->key);
    buf_byte(out, '\n');
}

static const struct event_format formats[] = {
    {"jsonl", NULL, events_jsonl},
    {"ocsf", NULL, events_ocsf},
    {"csv", csv_head, events_csv},
    {"cef", NULL, events_cef},
};

const struct event_format *event_format_find(struct slice name)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        if (slice_eq(name, slice_str(formats[i].name))) return &formats[i];
    return NULL;
}
