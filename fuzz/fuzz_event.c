/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_event.c - a record of a log that somebody else has written, in every form that it is shown
 * in: what is JSON there stays JSON, a line stays a line, and no byte of it drives the terminal. */
#include "codec/json.h"
#include "fuzz.h"
#include "report/events.h"
#include "report/exchange.h"
#include <stdlib.h>

static void is_line(struct slice s)
{
    if (!s.n || slice_find_byte(s, '\n') != s.n - 1) abort();
}

static void is_json(struct slice s)
{
    struct json j;
    json_init(&j, s);
    enum json_token t = json_next(&j);
    if (t != JSON_OBJECT || !json_skip(&j) || json_next(&j) != JSON_END) abort();
}

static void is_tame(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] == 0x7f || (s.p[i] < ' ' && s.p[i] != '\n')) abort();
}

static void each_format(const struct event *e, struct slice line, struct buf *out)
{
    static const char *const names[] = {"ocsf", "csv", "cef"};
    const struct event_source source = {S("merlon-log-0"), 7, line};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        buf_reset(out);
        event_format_find(slice_str(names[i]))->write(out, e, &source);
        if (!buf_ok(out)) abort();
        is_line(buf_slice(out));
        if (i == 0) is_json(buf_slice(out));
    }
}

/* What is written of what was read can be read again. */
static void again(const struct event *e, struct arena *arena, struct buf *out)
{
    struct event twin;
    struct slice why;
    if (e->kind == EVENT_KINDS) return;
    buf_reset(out);
    buf_byte(out, '{');
    event_write(e, out);
    buf_byte(out, '}');
    enum st st = event_read(buf_slice(out), arena, &twin, &why);
    if (st == ST_MALFORMED || (st == ST_OK && twin.kind != e->kind)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct report_style style = {.width = 80};
    struct slice in = slice_of(data, size), why;
    struct event e;
    struct arena arena;
    struct buf out;
    struct page p;
    arena_init(&arena, 4u << 20, 1u << 14);
    buf_init(&out, 8u << 20);
    if (slice_find_byte(in, '\n') == SIZE_MAX && event_read(in, &arena, &e, &why) == ST_OK) {
        each_format(&e, in, &out);
        again(&e, &arena, &out);
        buf_reset(&out);
        events_line(&out, &e, 7, false);
        is_tame(buf_slice(&out));
        buf_reset(&out);
        page_init(&p, &out, &style);
        exchange_explain(&p, &e, &arena);
        page_done(&p);
        is_tame(buf_slice(&out));
    }
    buf_done(&out);
    arena_done(&arena);
    return 0;
}
