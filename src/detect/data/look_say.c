/* SPDX-License-Identifier: Apache-2.0 */
/* look_say.c - what is shown of hidden characters and of instructions to a model. */
#include "base/utf8.h"
#include "detect/data/look_part.h"
#include "detect/view/chars.h"

#define CODES_SHOWN 4u
#define TEXT_SHOWN  160u

static void send(struct look *l, struct look_note *note, struct buf *b)
{
    if (!buf_ok(b)) l->nomem = true;
    note->evidence = buf_slice(b);
    if (l->sink->on_note) l->sink->on_note(l->sink->ctx, note);
}

/* Nobody will read its evidence: it is sent without. */
static bool is_only_counted(struct look *l, const struct look_note *note)
{
    const struct look_sink *to = l->sink;
    if (!to->wanted || to->wanted(to->ctx, note->rule, note->severity)) return false;
    struct look_note out = *note;
    out.evidence = S("");
    if (to->on_note) to->on_note(to->ctx, &out);
    return true;
}

void look_note(struct look *l, const struct look_note *note, const char *via)
{
    struct look_note out = *note;
    struct buf b;
    if (is_only_counted(l, note)) return;
    buf_init(&b, 4096);
    if (via) buf_printf(&b, "in %s: ", via);
    esc_tty(&b, slice_sub(note->evidence, 0, TEXT_SHOWN));
    send(l, &out, &b);
    buf_done(&b);
}

static bool is_shown(enum hidden_kind kind, uint32_t c)
{
    enum unseen u = unseen_kind(c);
    if (kind == HIDDEN_LOOKALIKE) return c >= 0x80 && char_alphabetic(c) && !char_latin(c);
    if (kind == HIDDEN_BIDI) return u == UNSEEN_BIDI;
    if (kind == HIDDEN_TAGS) return u == UNSEEN_TAG;
    if (kind == HIDDEN_SELECTORS) return u == UNSEEN_SELECTOR;
    return u != UNSEEN_NO;
}

/* "U+E0069 U+E0067 ... (42)" */
static void codes(struct buf *b, struct slice text, const struct hidden *h)
{
    unsigned shown = 0;
    for (size_t at = h->from, n; at < h->to && shown < CODES_SHOWN; at += n) {
        uint32_t c = text.p[at];
        n = c < 0x80 ? 1 : utf8_next(text, at, &c);
        if (!n) n = 1;
        if (!is_shown(h->kind, c)) continue;
        buf_printf(b, "%sU+%04X", shown ? " " : "", (unsigned)c);
        shown++;
    }
    if (h->kind != HIDDEN_LOOKALIKE && h->count > shown) buf_printf(b, " ... (%u)", h->count);
}

static void around(struct buf *b, struct slice text, const struct hidden *h)
{
    size_t from = h->from > 12 ? h->from - 12 : 0, to = h->to < h->from + 48 ? h->to : h->from + 48;
    while (from < h->from && (text.p[from] & 0xc0) == 0x80) from++;
    while (to < text.n && (text.p[to] & 0xc0) == 0x80) to++;
    buf_str(b, ": ");
    esc_tty(b, slice_sub(text, from, to - from + 12));
}

void look_hidden(struct look *l, const struct hidden *h)
{
    struct look_note note = {.rule = hidden_rule(h->kind),
                             .severity = h->severity,
                             .from = h->from,
                             .to = h->to,
                             .message = hidden_message(h->kind)};
    struct buf b;
    if (is_only_counted(l, &note)) return;
    buf_init(&b, 4096);
    codes(&b, l->text, h);
    if (h->says.n) {
        buf_str(&b, h->kind == HIDDEN_LOOKALIKE ? ", reads as: " : ", says: ");
        esc_tty(&b, h->says);
    } else {
        around(&b, l->text, h);
    }
    send(l, &note, &b);
    buf_done(&b);
}

void look_injection(struct look *l, const struct injection *f, struct slice seen, size_t from,
                    size_t to, const char *via)
{
    struct look_note note = {.rule = inject_rule_id(f->rule),
                             .severity = f->severity,
                             .from = from,
                             .to = to,
                             .message = inject_message(f),
                             .evidence = seen,
                             .via = via,
                             .unless_format = f->format && !via};
    look_note(l, &note, via);
}
