/* SPDX-License-Identifier: Apache-2.0 */
/* hidden.h - characters that people do not see, or take for others, and models do not.
 * Why: a message in tag characters, in variation selectors or in zero-width bits, a word broken by
 * invisible characters, text that is shown in another order than it is read, Latin words with
 * foreign letters. Single ones of these have honest uses (emoji, flags, Persian, Indic, Mongolian,
 * CJK variants, phone numbers in directional marks); those are known here and stay silent.
 * Owns: nothing.   Threads: one owner per struct.   Fails: never; no allocation. */
#pragma once
#include "finding/severity.h"
#include "base/slice.h"

enum hidden_kind {
    HIDDEN_TAGS,
    HIDDEN_SELECTORS,
    HIDDEN_ZERO_WIDTH,
    HIDDEN_BIDI,
    HIDDEN_LOOKALIKE,
    HIDDEN_COUNT,
};

#define HIDDEN_SAYS 160u

struct hidden {
    enum hidden_kind kind;
    enum severity severity;
    size_t from, to;   /* from the first to behind the last of them in the line */
    unsigned count;    /* characters; words for look-alikes */
    struct slice says; /* what is hidden, printable ASCII; empty when it is not text */
};
/* One call per kind and line, so that a row is one finding. */
typedef void hidden_fn(void *ctx, const struct hidden *h);

struct hidden_trace { /* what one line has of one kind */
    size_t from, to;
    unsigned count;
};

struct hidden_scan {
    struct slice text;
    bool strict; /* source code */
    hidden_fn *emit;
    void *ctx;
    size_t done;     /* bytes before it were looked at */
    bool odd;        /* since it was last cleared: a folded view could tell more */
    uint32_t last;   /* visible character before the invisible ones */
    uint32_t opener; /* direction that is open */
    struct hidden_trace kinds[HIDDEN_COUNT];
    unsigned spaces, joiners, hyphens, strays, foreign, overrides, openers, foldable;
    unsigned all_hyphens;
    size_t last_hyphen;
    bool rtl;
    char says[2][HIDDEN_SAYS]; /* of tags and selectors; of zero-width bits and words */
    size_t says_n[2];
};

void hidden_begin(struct hidden_scan *h, struct slice text, bool strict, hidden_fn *emit,
                  void *ctx);
/* Look at [from, to), widened to whole words. Ranges come in order; what lies between them is
 * ASCII. */
void hidden_range(struct hidden_scan *h, size_t from, size_t to);
void hidden_end(struct hidden_scan *h);

const char *hidden_rule(enum hidden_kind kind);    /* "data.hidden-tags", ... */
const char *hidden_message(enum hidden_kind kind); /* one sentence */
