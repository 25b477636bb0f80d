/* SPDX-License-Identifier: Apache-2.0 */
#include "guard/record/record.h"
#include "detect/data/mask.h"

const char *record_unread_name(enum record_unread bit)
{
    switch (bit) {
    case UNREAD_SURFACE: return "surface";
    case UNREAD_SHAPE: return "shape";
    case UNREAD_CODING: return "coding";
    case UNREAD_SIZE: return "size";
    case UNREAD_MEMORY: return "memory";
    }
    return NULL;
}

void record_text(char *to, size_t room, struct slice text)
{
    size_t n = text.n < room ? text.n : room - 1;
    while (n && n < text.n && (text.p[n] & 0xc0) == 0x80) n--;
    if (n) memcpy(to, text.p, n);
    to[n] = 0;
}

void record_match(struct guard_record *r, enum record_side side, const struct part *part,
                  const struct guard_match *m, enum guard_action a, struct slice path,
                  struct slice text)
{
    char mask[MASK_MAX];
    if (r->match_count++ >= RECORD_MATCHES) return;
    struct record_match *to = &r->matches[r->match_count - 1];
    *to = (struct record_match){.rule = m->rule,
                                .severity = m->severity,
                                .action = a,
                                .side = side,
                                .weak = m->weak,
                                .role = part->role,
                                .channel = part->channel};
    record_text(to->path, sizeof to->path, path);
    record_text(to->via, sizeof to->via, slice_str(m->via));
    if (!text.n) return;
    mask_value(text, mask);
    record_text(to->shown, sizeof to->shown, slice_str(mask));
}

void record_found(struct guard_record *r, enum record_side side, const struct surface_doc *doc,
                  const struct part *part, const struct guard_match *m, enum guard_action a,
                  bool capture, struct arena *arena)
{
    struct slice path = {0}, text = {0};
    if (r->match_count < RECORD_MATCHES) path = surface_path(doc, part, PATH_NAMED, arena);
    if (capture) text = slice_sub(part->text, m->from, m->to - m->from);
    record_match(r, side, part, m, a, path, text);
}

void record_model(struct guard_record *r, const struct surface_doc *doc,
                  const struct inspect_out *found)
{
    struct slice name = doc->model;
    for (size_t i = 0; i < found->count; i++)
        if (slice_eq(doc->parts[found->list[i].part].text, name)) name = S("*");
    record_text(r->model, sizeof r->model, name);
}

static void say(struct buf *out, const char *word)
{
    if (out->n) buf_str(out, ", ");
    buf_str(out, word);
}

void record_unscanned_say(const struct guard_record *r, unsigned sides, struct buf *out)
{
    unsigned any = 0, unread = 0;
    for (unsigned i = 0; i < RECORD_SIDES; i++) {
        const struct record_side_of *s = &r->side[i];
        if (!(sides >> i & 1)) continue;
        for (unsigned c = 0; c < CHECKS; c++) any |= s->unscanned[c];
        unread |= s->unread;
    }
    for (unsigned bit = 1; unscanned_name(bit); bit <<= 1)
        if (any & bit) say(out, unscanned_name(bit));
    for (unsigned bit = 1; record_unread_name(bit); bit <<= 1)
        if (unread & bit) say(out, record_unread_name(bit));
}

const char *record_side_verdict(const struct guard_record *r, enum record_side side)
{
    enum guard_action a = r->side[side].action;
    if (a == ACT_ALLOW || a == ACT_SHADOW) return "allow";
    if (!r->enforced || a == ACT_FLAG) return "flag";
    return a == ACT_BLOCK ? "block" : "redact";
}

bool record_was_seen(const struct guard_record *r, enum record_side side)
{
    const struct record_side_of *s = &r->side[side];
    bool seen = s->bytes || s->parts || s->unread || s->action != ACT_ALLOW;
    for (unsigned c = 0; c < CHECKS; c++) seen = seen || s->unscanned[c];
    return seen;
}
