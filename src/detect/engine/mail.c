/* SPDX-License-Identifier: Apache-2.0 */
/* mail.c - addresses around an @.
 * In texts full of them the matcher's steps would be most of the work, so the pattern of pii.email
 * is also written out here: the same bytes match, as its test holds (test_quick.c). Of a text that
 * goes on the matcher itself is asked, which knows what more text would change. */
#include "base/ascii.h"
#include "detect/engine/part.h"

#define LOCAL_MOST 64u
#define LABELS     8u
#define LABEL_MOST 63u
#define TLD_MOST   24u

/* Of the part of an address before its @. */
static bool is_local(uint8_t c)
{
    return ascii_alnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-';
}

static bool is_word(uint8_t c)
{
    return ascii_alnum(c) || c == '_';
}

/* How many letters at t.p[at] are a last label with the end of a word behind it; 0: none. */
static size_t last_label(struct slice t, size_t at)
{
    size_t n = 0;
    while (at + n < t.n && n <= TLD_MOST && ascii_letter(t.p[at + n])) n++;
    bool ends = at + n == t.n || !is_word(t.p[at + n]);
    return n >= 2 && n <= TLD_MOST && ends ? n : 0;
}

/* A label of letters, digits and inner hyphens and the dot behind it; 0: there is none. */
static size_t label(struct slice t, size_t at)
{
    size_t n = 0;
    while (at + n < t.n && n <= LABEL_MOST && (ascii_alnum(t.p[at + n]) || t.p[at + n] == '-')) n++;
    bool dot = at + n < t.n && t.p[at + n] == '.';
    if (!n || n > LABEL_MOST || !dot || t.p[at] == '-' || t.p[at + n - 1] == '-') return 0;
    return n + 1;
}

bool mail_match(struct slice t, size_t from, size_t sign, struct match *ret)
{
    size_t end = 0, at = sign + 1, n;
    bool word = is_word(t.p[from]);
    if (word ? !pattern_starts_word(t, from) : !from || !is_word(t.p[from - 1])) return false;
    for (unsigned i = 0; i < LABELS && (n = label(t, at)); i++) { /* as many labels as fit */
        at += n;
        size_t last = last_label(t, at);
        if (last) end = at + last;
    }
    *ret = (struct match){from, end, from, end, SIZE_MAX};
    return end > 0;
}

void find_email(struct search *s, const struct view *v, size_t at)
{
    size_t from = at;
    while (from > 0 && at - from < 65 && is_local(v->text.p[from - 1])) from--;
    while (from < at && !ascii_alnum(v->text.p[from])) from++;
    if (!pattern_starts_word(v->text, from)) from = at;
    /* \nname@host: the n belongs to the escape */
    if (from > 0 && v->text.p[from - 1] == '\\' && from + 1 < at && strchr("nrt", v->text.p[from]))
        from++;
    if (from == at || at - from > LOCAL_MOST) return;
    struct match m;
    if (s->pending)
        find_try(s, v, email_detector, from, 0);
    else if (mail_match(v->text, from, at, &m))
        find_consider(s, v, email_detector, &m, 0);
}
