/* SPDX-License-Identifier: Apache-2.0 */
/* text_hidden.c - characters that people cannot see and models can: Unicode tags, direction
 * overrides, long runs of zero-width characters and variation selectors. Single ones have honest
 * uses (emoji, Persian, flags); what is looked for can carry a message. */
#include "base/utf8.h"
#include "detect/text.h"

#define RUN_MIN 8 /* invisible characters in a row: one byte of a message */

static bool is_tag(uint32_t c)
{
    return c == 0xe0001 || (c >= 0xe0020 && c <= 0xe007f);
}

static bool is_invisible(uint32_t c)
{
    return (c >= 0x200b && c <= 0x200d) || (c >= 0x2060 && c <= 0x2064) || c == 0xfeff ||
           (c >= 0xfe00 && c <= 0xfe0f) || (c >= 0xe0100 && c <= 0xe01ef) || c == 0x180e;
}

struct run {
    size_t from, tags, invisible;
    uint32_t before; /* the character in front of it */
};

static void shown(const struct text_in *in, const struct run *run, size_t to, const char *message,
                  enum severity s)
{
    struct buf b;
    buf_init(&b, 4096);
    esc_tty(&b, slice_sub(in->ev->text.text, run->from, to - run->from > 60 ? 60 : to - run->from));
    text_report(in, "model.hidden-text", s, run->from, message, buf_slice(&b));
    buf_done(&b);
}

static void end_run(const struct text_in *in, const struct run *run, size_t to)
{
    bool flag = run->before == 0x1f3f4 && run->tags <= 7; /* England, Scotland, Wales */
    if (run->tags >= 2 && !flag)
        shown(in, run, to, "Holds text in Unicode tags: people see nothing, a model reads it",
              SEV_HIGH);
    else if (run->invisible >= RUN_MIN)
        shown(in, run, to, "Holds a long run of invisible characters, which can carry a message",
              SEV_MEDIUM);
}

static bool turns_text(const struct text_in *in, uint32_t c)
{
    bool strict = in->ev->text.role == TEXT_TEMPLATE || in->ev->text.role == TEXT_CODE;
    return c == 0x202d || c == 0x202e || (strict && c >= 0x2066 && c <= 0x2069);
}

void text_hidden(const struct text_in *in)
{
    struct slice s = in->ev->text.text;
    struct run run = {0};
    uint32_t last = 0;
    for (size_t at = 0, n; at < s.n; at += n) {
        uint32_t c = s.p[at];
        n = c < 0x80 ? 1 : utf8_next(s, at, &c);
        if (!n) n = 1;
        bool tag = n == 4 && is_tag(c), invisible = n > 1 && is_invisible(c);
        if (tag || invisible) {
            if (!run.tags && !run.invisible) run = (struct run){.from = at, .before = last};
            run.tags += tag;
            run.invisible += invisible;
            continue;
        }
        if (run.tags || run.invisible) end_run(in, &run, at);
        run = (struct run){.from = at};
        if (n == 3 && turns_text(in, c))
            shown(in, &run, at + n,
                  "Changes the direction of writing, so that people read it in another order",
                  SEV_MEDIUM);
        last = c;
    }
    if (run.tags || run.invisible) end_run(in, &run, s.n);
}
