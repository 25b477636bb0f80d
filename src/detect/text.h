/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - what judges of texts share; private to detect/text*.c.
 * Why: metadata, code and documents of a model are looked at for the same things, with different
 * ideas of what is normal.
 * Owns: nothing.   Threads: one owner.   Fails: j->nomem. */
#pragma once
#include "detect/judge.h"

struct text_in {
    struct judge *judge;
    const struct reading *reading;
    const struct event *ev;
};

/* A finding at byte `at` of the text; evidence is copied and shortened. */
void text_report(const struct text_in *in, const char *rule, enum severity s, size_t at,
                 const char *message, struct slice evidence);

void text_hidden(const struct text_in *in);
void text_snippets(const struct text_in *in); /* code where none belongs */
void text_python(const struct text_in *in);   /* what source code does */

static inline bool text_is_word(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The byte at i, or -1 outside. */
static inline int text_at(struct slice s, size_t i)
{
    return i < s.n ? s.p[i] : -1;
}
