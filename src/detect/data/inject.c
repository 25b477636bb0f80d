/* SPDX-License-Identifier: Apache-2.0 */
/* inject.c - from anchors (inject_sieve.c) to windows, and what is said of them. */
#include "base/ascii.h"
#include "base/cpu.h"
#include "detect/data/inject_part.h"
#include <stdlib.h>

static void add_word(struct inject *in, size_t i)
{
    const char *text = inject_words[i - 1].text;
    size_t n = strlen(text);
    if (text[n - 1] == '*') n--;
    uint16_t *head = &in->word_heads[inject_word_hash((const uint8_t *)text, n)];
    in->word_length[i] = (uint8_t)n;
    in->word_next[i] = *head;
    *head = (uint16_t)i;
}

struct inject *inject_new(void)
{
    struct inject *in = calloc(1, sizeof *in);
    if (!in) return NULL;
    in->wide = cpu_avx2() && cpu_bits();
    in->grams = calloc(inject_anchor_count * 3 + 1, sizeof *in->grams);
    in->word_next = calloc(inject_word_count + 1, sizeof *in->word_next);
    in->word_length = calloc(inject_word_count + 1, 1);
    if (!in->grams || !in->word_next || !in->word_length) {
        inject_free(in);
        return NULL;
    }
    size_t grams = 0;
    in->grams[0].some = 1; /* the end of all chains is like no text */
    for (size_t i = 0; i < inject_anchor_count; i++) inject_add_anchor(in, i, &grams);
    for (size_t i = inject_word_count; i; i--) add_word(in, i);
    return in;
}

void inject_free(struct inject *in)
{
    if (!in) return;
    free(in->grams);
    free(in->word_next);
    free(in->word_length);
    free(in);
}

bool inject_is_format(struct slice value)
{
    static const char *const starts[] = {"<|",        "<s>",     "[inst",  "<bos>",
                                         "<start_of", "<<sys",   "###",    "<begin",
                                         "<extra_id", "[system", "system:"};
    size_t at = 0;
    while (at < value.n && at < 64 && (value.p[at] <= ' ' || value.p[at] == '"')) at++;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (inject_fits(value, at, starts[i])) return true;
    return false;
}

/* Where a record of JSON ends, and the next begins on the same line: }, { */
static bool new_record(struct slice s, size_t at)
{
    if (s.p[at] != '}') return false;
    for (size_t i = at + 1; i < s.n && i < at + 5; i++) {
        if (s.p[i] == '{') return true;
        if (s.p[i] != ',' && s.p[i] != ' ') return false;
    }
    return false;
}

static void to_record(struct window *w, size_t at)
{
    struct slice s = w->text;
    size_t from = w->from, brace;
    while ((brace = slice_find_byte(slice_sub(s, from, at - from), '}')) != SIZE_MAX) {
        if (new_record(s, from + brace)) w->from = from + brace + 1;
        from += brace + 1;
    }
    for (from = at; (brace = slice_find_byte(slice_sub(s, from, w->to - from), '}')) != SIZE_MAX;
         from += brace + 1) {
        if (!new_record(s, from + brace)) continue;
        w->to = from + brace + 1;
        return;
    }
}

/* `seen`: the last window ended there; a little of it is enough to go on. */
static void window_bounds(struct window *w, size_t at, size_t seen)
{
    struct slice s = w->text;
    w->from = at > WINDOW_BEFORE ? at - WINDOW_BEFORE : 0;
    if (seen > OVERLAP && w->from < seen - OVERLAP) w->from = seen - OVERLAP;
    w->to = s.n - at > WINDOW_BEHIND ? at + WINDOW_BEHIND : s.n;
    if (w->kind != INJECT_RECORDS) return;
    size_t nl = slice_rfind_byte(slice_sub(s, w->from, at - w->from), '\n');
    if (nl != SIZE_MAX) w->from += nl + 1;
    nl = slice_find_byte(slice_sub(s, at, w->to - at), '\n');
    if (nl != SIZE_MAX) w->to = at + nl;
    to_record(w, at);
}

void inject_scan(const struct inject *in, struct slice text, enum inject_kind kind,
                 const struct inject_anchors *known, injection_fn *emit, void *ctx)
{
    /* thousands of bytes that need no zeros in front of each short text */
    __attribute__((uninitialized)) struct window w;
    __attribute__((uninitialized)) struct inject_sieve sieve;
    bool rotated = false;
    size_t seen = 0;
    inject_sieve_begin(&sieve, in, text, known);
    for (size_t at = 0; (at = inject_sieve_next(&sieve, at, &rotated)) != SIZE_MAX;) {
        w.text = text;
        w.kind = kind;
        window_bounds(&w, at, seen);
        if (rotated) {
            struct injection found = {.from = w.from, .to = w.to, .rotated = true};
            emit(ctx, &found);
            at = w.to > at + 3 ? w.to : at + 3;
            continue;
        }
        w.seasoned = kind == INJECT_VALUE && inject_is_format(text);
        inject_tokens(in, &w);
        bool found = inject_weigh(&w, emit, ctx);
        /* what begins in the last part of this window is seen better in the next one */
        bool more = !found && w.to < text.n && w.to - at > 2 * OVERLAP;
        size_t next = more ? w.to - OVERLAP : w.to;
        seen = w.to;
        at = next > at + 3 ? next : at + 3;
    }
}

const char *inject_rule_id(enum inject_rule rule)
{
    static const char *const ids[] = {"inject.override", "inject.reveal", "inject.role",
                                      "inject.exfil",    "inject.tool",   "inject.conceal",
                                      "inject.steer",    "inject.persist"};
    return ids[rule];
}

const char *inject_message(const struct injection *found)
{
    static const char *const shown[] = {
        "Tells a model to set its instructions aside",
        "Tells a model to give its instructions or secrets away",
        "Poses as a turn of the system or gives a model another role",
        "Has a model send the conversation or secrets elsewhere",
        "Has a model use a tool behind its user's back",
        "Tells a model to keep something from its user",
        "Speaks to the model that reads this text, to steer what it says",
        "Wants to stay in a model's memory",
    };
    static const char *const unseen[] = {
        "Tells a model to set its instructions aside, in markup that people do not see",
        "Tells a model to give its instructions away, in markup that people do not see",
        "Poses as a turn of the system, in markup that people do not see",
        "Has a model send the conversation or secrets elsewhere, in markup that people do not see",
        "Has a model use a tool, in markup that people do not see",
        "Tells a model to keep something from its user, in markup that people do not see",
        "Speaks to the model that reads this text, in markup that people do not see",
        "Wants to stay in a model's memory, in markup that people do not see",
    };
    return found->markup ? unseen[found->rule] : shown[found->rule];
}
