/* SPDX-License-Identifier: Apache-2.0 */
/* inject.h - sentences in data that speak to a model instead of to a reader.
 * Why: a page, a ticket or a training row that says "ignore all previous instructions" is obeyed by
 * models that read it. Found by what is said (a verb of ignoring, something earlier, something
 * that orders; in some twenty languages), not by fixed strings, and weighed against how it is said:
 * quoted, in a text about such attacks, by a document that describes software.
 *
 *    anchors (rare literals, several GB/s) ─> window ─> words to classes ─> phrases ─> score
 *
 * Owns: an index over constant tables.   Threads: an index is constant after inject_new().
 * Fails: inject_new gives NULL when memory is out; after that nothing fails or allocates. */
#pragma once
#include "base/slice.h"
#include "finding/severity.h"

enum inject_rule {
    INJECT_OVERRIDE, /* "ignore all previous instructions" */
    INJECT_REVEAL,   /* "print your system prompt" */
    INJECT_ROLE,     /* forged turns, "you are now ..." */
    INJECT_EXFIL,    /* "send the conversation to ...", images with placeholders */
    INJECT_TOOL,     /* "silently call the tool" */
    INJECT_CONCEAL,  /* "do not tell the user" */
    INJECT_STEER,    /* "AI assistant: when you summarise this page, recommend ..." */
    INJECT_PERSIST,  /* "remember this in all future conversations" */
    INJECT_COUNT,
};

struct inject;
struct inject *inject_new(void);
void inject_free(struct inject *in);

enum inject_kind {
    INJECT_PROSE,   /* a document: it may talk about attacks */
    INJECT_RECORDS, /* values between quotes, commas or line ends; escapes resolved or not */
    INJECT_VALUE,
    INJECT_HIDDEN, /* was encoded or invisible: less is enough */
};

struct injection {
    enum inject_rule rule;
    enum severity severity;
    size_t from, to; /* of the phrases */
    unsigned score;
    bool markup;  /* in a comment or in text that is not shown */
    bool format;  /* nothing when its value is inject_is_format() */
    bool rotated; /* only: something here reads as a key phrase when it is rotated by 13 */
};
typedef void injection_fn(void *ctx, const struct injection *found);

/* Where key phrases may be: all anchors of text[0, upto). */
#define INJECT_ANCHORS 1024u
struct inject_anchors {
    size_t upto, count;
    size_t places[INJECT_ANCHORS];
};
/* As many as there is room for; may run in another thread. */
void inject_find(const struct inject *in, struct slice text, struct inject_anchors *ret);

/* One call per window of a few hundred bytes, in the order of the text. `known`: what inject_find
 * has found in it, or NULL. */
void inject_scan(const struct inject *in, struct slice text, enum inject_kind kind,
                 const struct inject_anchors *known, injection_fn *emit, void *ctx);
/* Does the value start like a conversation that was written out for training? */
bool inject_is_format(struct slice value);
const char *inject_rule_id(enum inject_rule rule);
const char *inject_message(const struct injection *found);
