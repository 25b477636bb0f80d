/* SPDX-License-Identifier: Apache-2.0 */
/* screen_body.c - one body, whole: unpacked, read, judged, and written again where it has to be. */
#include "base/host.h"
#include "guard/judge/inspect_part.h"
#include "guard/screen/screen_part.h"
#include <stdio.h>

static struct slice field(struct screen_state *s, const struct http1_head *h, struct slice name)
{
    const struct http1_field *f = http1_field_named(h, name);
    return f ? arena_copy(&s->arena, f->value) : S("");
}

static bool is_packed(struct slice coding)
{
    return coding.n && !slice_eq_nocase(coding, S("identity"));
}

/* What a server may decode before it reads: UTF-7 and EBCDIC write other letters with the bytes of
 * ASCII, UTF-16 other bytes. Where letters of ASCII are themselves, the rest must be UTF-8. */
static bool charset_is_read(struct slice name)
{
    static const char *const read[] = {"utf-8",        "utf8",       "us-ascii",
                                       "ascii",        "latin1",     "latin-1",
                                       "windows-1252", "iso-8859-1", "iso-8859-15"};
    for (size_t i = 0; i < COUNT_OF(read); i++)
        if (slice_eq_nocase(name, slice_str(read[i]))) return true;
    return false;
}

static struct slice without(struct slice s, const char *bytes)
{
    while (s.n && strchr(bytes, s.p[0])) s = slice_sub(s, 1, s.n);
    while (s.n && strchr(bytes, s.p[s.n - 1])) s = slice_sub(s, 0, s.n - 1);
    return s;
}

static bool is_foreign(struct slice type)
{
    struct slice rest = type, part, name;
    while (slice_split(&rest, ';', &part)) {
        bool has_value = slice_find_byte(part, '=') != SIZE_MAX;
        if (!has_value || !slice_split(&part, '=', &name)) continue;
        if (!slice_eq_nocase(without(name, " \t*"), S("charset"))) continue;
        if (!charset_is_read(without(part, " \t\"'"))) return true;
    }
    return false;
}

void body_init(struct screen_state *s, struct screen_body *b, const struct http1_head *h,
               uint64_t most, enum record_side side)
{
    enum st why = ST_OK;
    b->type = field(s, h, S("content-type"));
    b->coding = field(s, h, S("content-encoding"));
    b->json_length = field(s, h, S("inference-header-content-length"));
    buf_init(&b->raw, (size_t)most);
    buf_init(&b->text, (size_t)most);
    b->foreign = is_foreign(b->type);
    if (b->foreign) s->record.side[side].unread |= UNREAD_CODING;
    if (!is_packed(b->coding)) return;
    b->unpack = content_new(b->coding, most, &why);
    if (!b->unpack) s->record.side[side].unread |= why == ST_NOMEM ? UNREAD_MEMORY : UNREAD_CODING;
}

void body_done(struct screen_body *b)
{
    content_free(b->unpack);
    buf_done(&b->raw);
    buf_done(&b->text);
    *b = (struct screen_body){0};
}

static enum record_unread reason(enum st st)
{
    return st == ST_LIMIT ? UNREAD_SIZE : st == ST_NOMEM ? UNREAD_MEMORY : UNREAD_CODING;
}

static bool has_room(const struct buf *b, struct slice in)
{
    return in.n <= b->max - b->n;
}

bool body_take(struct screen_state *s, struct screen_body *b, enum record_side side,
               struct slice in, bool end)
{
    struct record_side_of *r = &s->record.side[side];
    enum st st = ST_OK;
    bool packed = is_packed(b->coding);
    struct buf *kept = packed ? &b->raw : &b->text;
    if (b->foreign || (packed && !b->unpack))
        st = ST_UNSUPPORTED;
    else if (!has_room(kept, in))
        st = ST_LIMIT;
    else if (packed)
        st = content_feed(b->unpack, in, end, &b->text);
    if (st == ST_OK) buf_add(kept, in);
    if (st == ST_OK && (!buf_ok(kept) || !buf_ok(&b->text))) st = ST_NOMEM;
    if (st == ST_OK)
        r->bytes += in.n;
    else
        r->unread |= reason(st);
    return st == ST_OK;
}

struct slice body_raw(const struct screen_body *b)
{
    return buf_slice(is_packed(b->coding) ? &b->raw : &b->text);
}

/* ---- edits ---- */

/* Those of the decision, and the placeholders that get their values back. */
static struct edits collect_edits(struct screen_state *s, const struct surface_doc *doc,
                                  bool restores)
{
    const struct decision *d = &s->thread->decision;
    struct edits e = {.arena = &s->arena};
    for (size_t i = 0; i < d->count; i++)
        edits_add(&e, d->edits[i].part, d->edits[i].from, d->edits[i].to, d->edits[i].with);
    if (restores) edits_names(&e, s->names, doc->parts, doc->part_count);
    if (e.count) edits_settle(&e, doc->body, doc->parts, doc->part_count);
    return e;
}

/* ---- judging ---- */

static void keep_matches(struct screen_state *s, enum record_side side,
                         const struct surface_doc *doc)
{
    struct screen_thread *t = s->thread;
    for (size_t i = 0; i < t->found.count; i++) {
        const struct guard_match *m = &t->found.list[i];
        record_found(&s->record, side, doc, &doc->parts[m->part], m,
                     (enum guard_action)t->decision.actions[i], s->scope->capture, &s->arena);
    }
}

static bool names_are_needed(const struct screen_state *s, const struct decision_in *in)
{
    for (size_t i = 0; i < in->count && s->scope->enforce; i++)
        if (decide_match(in, &in->matches[i]) == ACT_ANONYMISE) return true;
    return false;
}

static void inspect_doc(struct screen_state *s, const struct surface_doc *doc,
                        enum record_side side, uint64_t now)
{
    struct guard_checks checks = s->scope->checks;
    struct inspect_in in = {.parts = doc->parts,
                            .count = doc->part_count,
                            .answer = side == RECORD_ANSWER,
                            .prompt = s->prompt};
    if (s->status >= 400) checks.off[CHECK_SCHEMA] = true; /* an error has a form of its own */
    if (s->scope->deadline_us) in.deadline = now + s->scope->deadline_us * 1000;
    inspect_parts(s->thread->inspect, &checks, &in, &s->thread->found);
}

static void decide_doc(struct screen_state *s, const struct surface_doc *doc, enum record_side side)
{
    struct screen_thread *t = s->thread;
    struct decision_in in = {.policy = &s->scope->policy,
                             .parts = doc->parts,
                             .matches = t->found.list,
                             .count = t->found.count,
                             .unscanned = t->found.unscanned,
                             .route = slice_str(s->record.route),
                             .tenant = slice_str(s->record.tenant),
                             .answer = side == RECORD_ANSWER};
    uint64_t key = 0;
    if (side == RECORD_REQUEST && names_are_needed(s, &in) && host_random(&key, sizeof key))
        s->names = names_new(key);
    if (side == RECORD_REQUEST) in.names = s->names;
    decide(&in, &t->decision);
}

/* What the record keeps of it. */
static void note(struct screen_state *s, const struct surface_doc *doc, enum record_side side)
{
    struct record_side_of *r = &s->record.side[side];
    const struct decision *d = &s->thread->decision;
    r->parts = doc->part_count;
    r->action = d->action;
    r->because = d->because ? d->because->rule : NULL;
    memcpy(r->unscanned, s->thread->found.unscanned, sizeof r->unscanned);
    if (!s->record.model[0]) record_model(&s->record, doc, &s->thread->found);
}

/* "text (opaque)" */
static const char *skipped(const struct screen_state *s, enum record_side side, char text[64])
{
    enum guard_check check = s->thread->decision.skipped;
    unsigned bits = s->record.side[side].unscanned[check], bit = 1;
    while (bit < bits && !(bits & bit)) bit <<= 1;
    const char *why = unscanned_name((enum unscanned)bit);
    (void)snprintf(text, 64, "%s (%s)", guard_check_name(check), why ? why : "skipped");
    return text;
}

static bool refuse_match(struct screen_state *s, enum record_side side)
{
    const struct decision *d = &s->thread->decision;
    char text[64];
    if (d->because)
        (void)screen_refuse(s, side, d->because->rule, NULL);
    else
        (void)screen_refuse(s, side, match_rule("guard.not-scanned"), skipped(s, side, text));
    return false;
}

/* A form that nobody knows, or that has two meanings. */
static bool refuse_form(struct screen_state *s, const struct screen_body *b, enum record_side side,
                        enum surface_result read)
{
    if (read == SURFACE_OK) return false;
    if (side == RECORD_ANSWER && s->status >= 400 && read == SURFACE_UNKNOWN) return false;
    if (!screen_unread(s, side, read == SURFACE_NOMEM ? UNREAD_MEMORY : UNREAD_SHAPE) &&
        !(s->scope->enforce && read == SURFACE_REFUSED))
        return false;
    s->record.side[side].action = ACT_BLOCK;
    (void)screen_refuse(s, side, match_rule("guard.unread"), b->doc.why);
    return true;
}

static bool write_body(struct screen_state *s, struct screen_body *b, enum record_side side,
                       struct buf *out)
{
    struct edits e = {0};
    if (s->scope->enforce) e = collect_edits(s, &b->doc, side == RECORD_ANSWER);
    if (!e.count && !e.bad) {
        b->as_it_came = true;
        buf_add(out, body_raw(b));
        return true;
    }
    if (!e.bad && surface_rewrite(b->doc.body, e.list, e.count, out)) return true;
    s->record.side[side].action = ACT_BLOCK;
    (void)screen_refuse(s, side, match_rule("guard.not-scanned"), "it cannot be written anew");
    return false;
}

bool body_judge(struct screen_state *s, struct screen_body *b, enum record_side side,
                enum surface_result read, struct buf *out)
{
    struct record_side_of *r = &s->record.side[side];
    uint64_t begun = host_now_ns();
    inspect_doc(s, &b->doc, side, begun);
    uint64_t inspected = host_now_ns();
    decide_doc(s, &b->doc, side);
    keep_matches(s, side, &b->doc);
    note(s, &b->doc, side);
    r->inspect_ns = inspected - begun;
    r->decide_ns = host_now_ns() - inspected;
    if (s->scope->enforce && r->action == ACT_BLOCK) return refuse_match(s, side);
    return !refuse_form(s, b, side, read) && write_body(s, b, side, out);
}
