/* SPDX-License-Identifier: Apache-2.0 */
/* surface.c - which surface, and which reader for its bodies. */
#include "guard/surface/surface.h"
#include "base/num.h"
#include "base/utf8.h"
#include "codec/json.h"
#include "codec/sse.h"
#include "guard/surface/surface_body.h"
#include "guard/surface/surface_walk.h"

/* The end of the path with as many slashes as this. */
static struct slice tail(struct slice path, struct slice like)
{
    size_t slashes = 0, at = path.n;
    for (size_t i = 0; i < like.n; i++) slashes += like.p[i] == '/';
    while (at && slashes) slashes -= path.p[--at] == '/';
    return slice_sub(path, at, path.n);
}

static bool path_fits(struct slice pattern, struct slice path)
{
    if (!slice_starts(pattern, S("**"))) return slice_glob(pattern, path);
    pattern = slice_sub(pattern, 2, pattern.n);
    return slice_glob(pattern, tail(path, pattern));
}

const struct surface *surface_find(struct slice method, struct slice path)
{
    if (slice_eq(method, S("HEAD"))) method = S("GET");
    for (size_t i = 0; i < surface_row_count; i++) {
        const struct surface *s = &surface_rows[i];
        if (slice_eq(method, slice_str(s->method)) && path_fits(slice_str(s->path), path)) return s;
    }
    return NULL;
}

const struct surface *surface_named(struct slice name)
{
    for (size_t i = 0; i < surface_row_count; i++)
        if (slice_eq(name, slice_str(surface_rows[i].name))) return &surface_rows[i];
    return NULL;
}

/* "text/csv; charset=utf-8" is text/csv. */
static bool is_type(struct slice content_type, struct slice type)
{
    struct slice media = slice_sub(content_type, 0, slice_find_byte(content_type, ';'));
    return slice_eq_nocase(slice_trim(media), type);
}

static enum surface_result no_body(struct surface_doc *doc, bool expected)
{
    if (!expected) return SURFACE_OK;
    doc->why = "no body";
    return SURFACE_UNKNOWN;
}

/* JSON with tensors behind it. */
static enum surface_result with_tensors(unsigned shape, struct slice length, enum part_role speaker,
                                        struct arena *arena, struct surface_doc *doc)
{
    uint64_t n;
    doc->why = "Inference-Header-Content-Length is not the length of the JSON";
    if (!num_u64(length, &n) || n > doc->body.n) return SURFACE_REFUSED;
    doc->why = NULL;
    doc->tensors = (size_t)n;
    struct slice json = slice_sub(doc->body, 0, doc->tensors);
    enum surface_result result = walk_json(shape, json, speaker, arena, doc);
    if (result == SURFACE_REFUSED || result == SURFACE_NOMEM) return result;
    enum surface_result more = tensor_parts(
        doc->body, speaker == PART_USER ? S("inputs") : S("outputs"), speaker, arena, doc);
    return more == SURFACE_OK ? result : more;
}

/* What grows in a stream is whole in a body; but the tokens of a text stay pieces of it. */
static enum surface_result read_json(unsigned shape, enum part_role speaker, struct arena *arena,
                                     struct surface_doc *doc)
{
    enum surface_result result = walk_json(shape, doc->body, speaker, arena, doc);
    for (size_t i = 0; i < doc->part_count; i++)
        if (doc->parts[i].channel != PART_OTHER) doc->parts[i].flags &= ~(unsigned)PART_GROWS;
    return result;
}

static enum surface_result read_body(const struct surface *s, unsigned shape,
                                     const struct surface_head *head, enum part_role speaker,
                                     struct arena *arena, struct surface_doc *doc)
{
    if (s->more & SURFACE_BINARY && head->json_length.n)
        return with_tensors(shape, head->json_length, speaker, arena, doc);
    if (s->more & SURFACE_CSV && is_type(head->content_type, S("text/csv")))
        return csv_parts(doc->body, speaker, arena, doc);
    return read_json(shape, speaker, arena, doc);
}

enum surface_result surface_request(const struct surface *s, struct slice body,
                                    const struct surface_head *head, struct arena *arena,
                                    struct surface_doc *ret)
{
    *ret = (struct surface_doc){.body = body};
    if (s->request != WALK_NO_SHAPE && body.n)
        return read_body(s, s->request, head, PART_USER, arena, ret);
    if (!body.n) return no_body(ret, s->request != WALK_NO_SHAPE);
    ret->why = "a body where there should be none";
    return SURFACE_UNKNOWN;
}

enum surface_result surface_answer(const struct surface *s, struct slice body,
                                   const struct surface_head *head, struct arena *arena,
                                   struct surface_doc *ret)
{
    *ret = (struct surface_doc){.body = body};
    if (!body.n) return no_body(ret, false);
    return read_body(s, s->answer, head, PART_ASSISTANT, arena, ret);
}

enum surface_framing surface_framing(const struct surface *s, struct slice content_type)
{
    (void)s;
    if (is_type(content_type, S("text/event-stream"))) return FRAMING_SSE;
    if (is_type(content_type, S("application/x-ndjson")) ||
        is_type(content_type, S("application/jsonl")))
        return FRAMING_LINES;
    return FRAMING_WHOLE;
}

/* --- events --- */

/* Names of events as every protocol has them; a key or a name of somebody is none. */
static bool plain_word(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] >= 'a' && s.p[i] <= 'z') && s.p[i] != '_' && s.p[i] != '.') return false;
    return s.n <= 64;
}

/* What stands beside the data. */
static bool tell_around(struct slice event, struct arena *arena, struct surface_doc *doc)
{
    struct sse_line l;
    size_t at = 0, room = doc->part_count;
    while (sse_next_line(event, &at, &l)) {
        if (slice_eq(l.name, S("data")) || (plain_word(l.name) && plain_word(l.value))) continue;
        struct slice text = l.value;
        if (!plain_word(l.name)) text = slice_of(l.name.p, (size_t)(text.p - l.name.p) + text.n);
        void *list = doc->parts;
        struct part *p = walk_more(arena, &list, doc->part_count, &room, sizeof *p);
        doc->parts = list;
        if (!p) return false;
        size_t from = 0;
        (void)slice_inside(event, text, &from);
        *p = (struct part){.role = PART_ASSISTANT,
                           .channel = PART_OTHER,
                           .coding = PART_PLAIN,
                           .flow = {PART_FLOW_NONE, PART_FLOW_NONE, PART_FLOW_NONE},
                           .from = from,
                           .to = from + text.n,
                           .text = text};
        doc->part_count++;
    }
    return true;
}

/* Places in the data become places in the event. */
static void move_parts(const struct sse_event *e, struct surface_doc *doc)
{
    size_t shift = sse_raw_at(e, 0);
    for (size_t i = 0; i < doc->part_count; i++) {
        struct part *p = &doc->parts[i];
        size_t n = p->to - p->from;
        p->from = e->data_lines == 1 ? shift + p->from : sse_raw_at(e, p->from);
        p->to = p->from + n;
    }
    doc->where = sse_raw_at(e, doc->where);
}

static enum surface_result last_event(struct arena *arena, struct surface_doc *doc)
{
    doc->done = SWITCH_ON;
    doc->ends = ARENA_NEW(arena, struct flow_end);
    if (!doc->ends) return SURFACE_NOMEM;
    doc->ends[0] = (struct flow_end){{PART_FLOW_NONE, PART_FLOW_NONE, PART_FLOW_NONE}, FLOW_ALL};
    doc->end_count = 1;
    return SURFACE_OK;
}

static enum surface_result walk_event(const struct surface *s, struct slice data,
                                      struct arena *arena, struct surface_doc *doc)
{
    if (s->more & SURFACE_DONE && slice_eq(slice_trim(data), S("[DONE]")))
        return last_event(arena, doc);
    if (s->event != WALK_NO_SHAPE) return walk_json(s->event, data, PART_ASSISTANT, arena, doc);
    enum surface_result result = walk_json(0, data, PART_ASSISTANT, arena, doc);
    if (result == SURFACE_OK) doc->why = "a stream where the surface has none";
    return result == SURFACE_OK ? SURFACE_UNKNOWN : result;
}

enum surface_result surface_event(const struct surface *s, struct slice event,
                                  enum surface_framing framing, struct arena *arena,
                                  struct surface_doc *ret)
{
    struct sse_event e;
    *ret = (struct surface_doc){.body = event};
    if (framing != FRAMING_SSE) {
        e = (struct sse_event){.raw = event, .data = slice_trim(event), .data_lines = 1};
        if (!e.data.n) return SURFACE_OK;
        enum surface_result result = walk_event(s, e.data, arena, ret);
        size_t shift = 0;
        (void)slice_inside(event, e.data, &shift);
        for (size_t i = 0; i < ret->part_count; i++)
            ret->parts[i].from += shift, ret->parts[i].to += shift;
        ret->where += shift;
        return result;
    }
    if (!sse_read(event, arena, &e)) return SURFACE_NOMEM;
    enum surface_result result = SURFACE_OK;
    if (e.lines != e.data_lines && !utf8_valid(event)) {
        ret->why = "an event that is not UTF-8";
        return SURFACE_REFUSED;
    }
    if (e.data_lines && e.data.n) {
        result = walk_event(s, e.data, arena, ret);
        move_parts(&e, ret);
    }
    bool around = e.lines == e.data_lines || tell_around(event, arena, ret);
    return around ? result : SURFACE_NOMEM;
}
