/* SPDX-License-Identifier: Apache-2.0 */
#include "log/event.h"
#include "base/utf8.h"
#include "codec/json.h"
#include "log/stamp.h"
#include <assert.h>

#define B(f) (UINT64_C(1) << EVENT_##f)

static const struct event_field_row fields[EVENT_FIELDS] = {
    [EVENT_ID] = {"id", EVENT_NAME, "the request's or run's own number"},
    [EVENT_ROUTE] = {"route", EVENT_NAME, "the gateway's route"},
    [EVENT_CALLER] = {"caller", EVENT_NAME, "who asked, as a keyed hash"},
    [EVENT_MODEL] = {"model", EVENT_NAME, "the model that was asked"},
    [EVENT_SURFACE] = {"surface", EVENT_NAME, "the API that was spoken"},
    [EVENT_VERDICT] = {"verdict", EVENT_NAME, "pass, fail; allow, redact, flag, block"},
    [EVENT_ACTION] = {"action", EVENT_NAME, "what was done about it"},
    [EVENT_SEVERITY] = {"severity", EVENT_NAME, "the worst: critical, high, medium, low, info"},
    [EVENT_RULES] = {"rules", EVENT_WORDS, "the rules that matched"},
    [EVENT_POLICY] = {"policy", EVENT_TEXT, "version or digest of what judged"},
    [EVENT_SUBJECT] = {"subject", EVENT_TEXT, "what was looked at: a path"},
    [EVENT_SHA256] = {"sha256", EVENT_TEXT, "its digest"},
    [EVENT_KEY] = {"key", EVENT_TEXT, "the key that signed or was trusted"},
    [EVENT_RESULT] = {"result", EVENT_TEXT, "a sentence"},
    [EVENT_FILES] = {"files", EVENT_NUMBER, "files looked at"},
    [EVENT_FINDINGS] = {"findings", EVENT_NUMBER, "open findings"},
    [EVENT_BYTES_IN] = {"bytes_in", EVENT_NUMBER, "bytes of the request"},
    [EVENT_BYTES_OUT] = {"bytes_out", EVENT_NUMBER, "bytes of the answer"},
    [EVENT_MICROS] = {"micros", EVENT_NUMBER, "how long it took, in microseconds"},
    [EVENT_SEGMENT] = {"segment", EVENT_NUMBER, "a segment of the log"},
    [EVENT_RECORDS] = {"records", EVENT_NUMBER, "so many records of the log"},
    [EVENT_BYTES] = {"bytes", EVENT_NUMBER, "so many bytes"},
    [EVENT_VERSION] = {"version", EVENT_TEXT, "of Merlon"},
    [EVENT_TENANT] = {"tenant", EVENT_NAME, "on whose behalf, as the request says"},
    [EVENT_ADDRESS] = {"address", EVENT_NAME, "the client's"},
    [EVENT_UPSTREAM] = {"upstream", EVENT_NAME, "who answered"},
    [EVENT_MODE] = {"mode", EVENT_NAME, "observe (nothing is changed) or enforce"},
    [EVENT_STATUS] = {"status", EVENT_NUMBER, "of the answer that the client got"},
    [EVENT_FLAGS] = {"flags", EVENT_WORDS, "streamed, cut"},
    [EVENT_REQUEST] = {"request", EVENT_JSON, "what became of the request: see below"},
    [EVENT_ANSWER] = {"answer", EVENT_JSON, "and of its answer"},
    [EVENT_MATCHES] = {"matches", EVENT_JSON, "what was found, and where"},
};

static const struct event_kind_row kinds[EVENT_KINDS] = {
    [EVENT_LOG_CREATED] = {"log.created", "the log begins", false, B(KEY) | B(VERSION)},
    [EVENT_LOG_RECOVERED] = {"log.recovered", "the writer before was not stopped properly", false,
                             B(RECORDS) | B(BYTES)},
    [EVENT_LOG_LOST] = {"log.lost", "events came while the log was full", false, B(RECORDS)},
    [EVENT_LOG_DROPPED] = {"log.dropped", "segments up to this one are taken away", false,
                           B(SEGMENT) | B(RECORDS)},
    [EVENT_SCAN] = {"scan", "merlon scan judged files", true,
                    B(VERDICT) | B(SEVERITY) | B(RULES) | B(POLICY) | B(SUBJECT) | B(RESULT) |
                        B(FILES) | B(FINDINGS) | B(BYTES) | B(MICROS) | B(VERSION)},
    [EVENT_SIGN] = {"sign", "merlon sign signed a model or dataset", false,
                    B(SUBJECT) | B(SHA256) | B(KEY) | B(FILES) | B(BYTES) | B(MICROS) | B(VERSION)},
    [EVENT_VERIFY] = {"verify", "merlon verify held a model against its signature", true,
                      B(VERDICT) | B(SEVERITY) | B(SUBJECT) | B(SHA256) | B(KEY) | B(RESULT) |
                          B(FILES) | B(BYTES) | B(MICROS) | B(VERSION)},
    [EVENT_GUARD] = {"guard", "the gateway judged a request or an answer", true,
                     B(ID) | B(ROUTE) | B(CALLER) | B(MODEL) | B(SURFACE) | B(VERDICT) | B(ACTION) |
                         B(SEVERITY) | B(RULES) | B(POLICY) | B(SHA256) | B(RESULT) | B(BYTES_IN) |
                         B(BYTES_OUT) | B(MICROS) | B(FINDINGS) | B(TENANT) | B(ADDRESS) |
                         B(UPSTREAM) | B(MODE) | B(STATUS) | B(FLAGS) | B(REQUEST) | B(ANSWER) |
                         B(MATCHES)},
};

const struct event_field_row *event_field(enum event_field f)
{
    return f < EVENT_FIELDS ? &fields[f] : NULL;
}

const struct event_kind_row *event_kind(enum event_kind k)
{
    return k < EVENT_KINDS ? &kinds[k] : NULL;
}

void event_start(struct event *e, enum event_kind kind, int64_t time_ms)
{
    *e = (struct event){.kind = kind, .name = slice_str(kinds[kind].name), .time_ms = time_ms};
}

void event_text(struct event *e, enum event_field f, struct slice text)
{
    assert(kinds[e->kind].fields >> f & 1 && fields[f].type != EVENT_NUMBER);
    if (!text.n) return;
    e->text[f] = text;
    assert(fields[f].type != EVENT_JSON || text.n <= EVENT_JSON_MAX);
    e->has |= UINT64_C(1) << f;
}

void event_number(struct event *e, enum event_field f, uint64_t n)
{
    assert(kinds[e->kind].fields >> f & 1 && fields[f].type == EVENT_NUMBER);
    e->number[f] = n;
    e->has |= UINT64_C(1) << f;
}

/* ---- writing ---- */

/* At most so many bytes, never half a character. */
static struct slice cut(struct slice s, size_t most)
{
    size_t n = s.n > most ? most : s.n;
    for (size_t back = 0; n < s.n && back < 3 && n && (s.p[n] & 0xc0) == 0x80; back++) n--;
    return slice_sub(s, 0, n);
}

static void put_text(struct slice s, size_t most, struct buf *out)
{
    buf_byte(out, '"');
    esc_json(out, cut(s, most));
    buf_byte(out, '"');
}

static void put_words(struct slice s, struct buf *out)
{
    struct slice rest = cut(s, EVENT_TEXT_MAX), word;
    bool some = false;
    buf_byte(out, '[');
    while (slice_split(&rest, ' ', &word)) {
        if (!word.n) continue;
        if (some) buf_byte(out, ',');
        put_text(word, EVENT_TEXT_MAX, out);
        some = true;
    }
    buf_byte(out, ']');
}

void event_write(const struct event *e, struct buf *out)
{
    buf_str(out, "\"time\":\"");
    stamp_write(e->time_ms, out);
    buf_str(out, "\",\"kind\":");
    put_text(e->name, EVENT_NAME_MAX, out);
    for (enum event_field f = 0; f < EVENT_FIELDS; f++) {
        if (!event_has(e, f)) continue;
        buf_str(out, ",\"");
        buf_str(out, fields[f].key);
        buf_str(out, "\":");
        switch (fields[f].type) {
        case EVENT_TEXT: put_text(e->text[f], EVENT_TEXT_MAX, out); break;
        case EVENT_NAME: put_text(e->text[f], EVENT_NAME_MAX, out); break;
        case EVENT_WORDS: put_words(e->text[f], out); break;
        case EVENT_NUMBER: buf_u64(out, e->number[f]); break;
        case EVENT_JSON: buf_add(out, e->text[f]); break;
        }
    }
}

/* ---- reading ---- */

static enum st wrong(const char *why, struct slice *ret_why)
{
    *ret_why = slice_str(why);
    return ST_MALFORMED;
}

static enum event_field field_of(const struct json *j)
{
    enum event_field f = 0;
    while (f < EVENT_FIELDS && !json_is(j, slice_str(fields[f].key))) f++;
    return f;
}

static enum event_kind kind_of(struct slice name)
{
    enum event_kind k = 0;
    while (k < EVENT_KINDS && !slice_eq(name, slice_str(kinds[k].name))) k++;
    return k;
}

static enum st read_text(const struct json *j, struct arena *arena, struct slice *ret,
                         struct slice *ret_why)
{
    if (j->token != JSON_STRING) return wrong("a field should be a text", ret_why);
    *ret = json_text(j, arena);
    return ret->p ? ST_OK : ST_NOMEM;
}

static enum st read_words(struct json *j, struct arena *arena, struct slice *ret,
                          struct slice *ret_why)
{
    struct slice word, all = S("");
    if (j->token != JSON_ARRAY) return wrong("a field should be a list", ret_why);
    while (json_next(j) != JSON_ARRAY_END) {
        enum st st = read_text(j, arena, &word, ret_why);
        if (st != ST_OK) return st;
        if (all.n + word.n > EVENT_TEXT_MAX) return wrong("a list is too long", ret_why);
        all = all.n ? arena_printf(arena, "%.*s %.*s", SLICE_ARG(all), SLICE_ARG(word)) : word;
        if (!all.p) return ST_NOMEM;
    }
    *ret = all;
    return ST_OK;
}

static enum st read_json(struct json *j, struct slice *ret, struct slice *ret_why)
{
    size_t from = j->start;
    bool ok = j->token == JSON_OBJECT || j->token == JSON_ARRAY;
    if (!ok || !json_skip(j)) return wrong("a field should be an object or a list", ret_why);
    *ret = slice_sub(j->in, from, j->at - from);
    return ST_OK;
}

static enum st read_field(struct json *j, enum event_field f, struct arena *arena, struct event *e,
                          struct slice *ret_why)
{
    enum st st = ST_OK;
    if (event_has(e, f)) return wrong("a field is there twice", ret_why);
    if (fields[f].type == EVENT_TEXT || fields[f].type == EVENT_NAME)
        st = read_text(j, arena, &e->text[f], ret_why);
    if (fields[f].type == EVENT_WORDS) st = read_words(j, arena, &e->text[f], ret_why);
    if (fields[f].type == EVENT_JSON) st = read_json(j, &e->text[f], ret_why);
    if (fields[f].type == EVENT_NUMBER && !json_u64(j, &e->number[f]))
        st = wrong("a field should be a number", ret_why);
    if (st == ST_OK) e->has |= UINT64_C(1) << f;
    return st;
}

static enum st read_time(const struct json *j, struct arena *arena, struct event *e, bool *ret_seen,
                         struct slice *ret_why)
{
    struct slice text;
    enum st st = read_text(j, arena, &text, ret_why);
    if (st != ST_OK) return st;
    if (*ret_seen || !stamp_read(text, &e->time_ms)) return wrong("its time is none", ret_why);
    *ret_seen = true;
    return ST_OK;
}

static enum st read_member(struct json *j, struct arena *arena, struct event *e, bool *ret_timed,
                           struct slice *ret_why)
{
    enum event_field f = field_of(j);
    bool time = json_is(j, S("time")), kind = json_is(j, S("kind"));
    (void)json_next(j);
    if (f < EVENT_FIELDS) return read_field(j, f, arena, e, ret_why);
    if (time) return read_time(j, arena, e, ret_timed, ret_why);
    if (kind && e->name.p) return wrong("its kind is there twice", ret_why);
    if (kind) return read_text(j, arena, &e->name, ret_why);
    return json_skip(j) ? ST_OK : wrong("it is not JSON", ret_why);
}

enum st event_read(struct slice line, struct arena *arena, struct event *ret, struct slice *ret_why)
{
    struct json j;
    bool timed = false;
    struct event e = {.kind = EVENT_KINDS};
    json_init(&j, line);
    if (json_next(&j) != JSON_OBJECT) return wrong("it is no JSON object", ret_why);
    while (json_next(&j) == JSON_KEY) {
        enum st st = read_member(&j, arena, &e, &timed, ret_why);
        if (st != ST_OK) return st;
    }
    if (j.token != JSON_OBJECT_END || json_next(&j) != JSON_END)
        return wrong("it is not JSON", ret_why);
    if (!timed || !e.name.p) return wrong("it lacks time or kind", ret_why);
    e.kind = kind_of(e.name);
    *ret = e;
    return ST_OK;
}
