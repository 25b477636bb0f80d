/* SPDX-License-Identifier: Apache-2.0 */
/* part.h - a piece of text in a request or an answer, whoever's protocol it came in.
 * Why: there are many API surfaces and one verdict. Whatever knows a protocol tells parts; whatever
 * judges text sees nothing else, so no surface can be a way around a check.
 *
 *     {"messages":[{"role":"user","content":"Hello \"you\""}]}
 *                                           ^^^^^^^^^^^^^^^     role user, channel text,
 *                                           [from, to)          path messages[0].content
 *
 * A part has no path of its own: surface_path() finds it where somebody asks, after a match.
 * Owns: nothing; a part borrows the body and the arena of its exchange.   Threads: one owner. */
#pragma once
#include "base/slice.h"

enum part_role { PART_SYSTEM, PART_USER, PART_ASSISTANT, PART_TOOL, PART_ROLES };

enum part_channel {
    PART_TEXT,            /* what is said */
    PART_TOOL_DEFINITION, /* names, descriptions and schemas of tools */
    PART_TOOL_CALL,       /* arguments that the model chose */
    PART_TOOL_RESULT,
    PART_DOCUMENT, /* attached or retrieved */
    PART_DATA_URI, /* bytes inside the JSON; text is what they hold when they are text */
    PART_INPUT,    /* of embeddings and of classical models */
    PART_THINKING, /* reasoning that an answer shows */
    PART_OTHER,    /* strings of a known shape that nothing above names: ids, metadata */
    PART_CHANNELS,
};

/* How the bytes [from, to) write the text. */
enum part_coding {
    PART_ESCAPED, /* inside a JSON string */
    PART_PLAIN,   /* as it is, without line breaks */
    PART_NUMBER,  /* a number without quotes: what replaces it needs them */
    PART_BASE64,  /* inside a JSON string */
    PART_PERCENT, /* inside a JSON string: %41 */
    PART_QUOTED,  /* inside a quoted field of CSV: "" is one quote */
    PART_FIXED,   /* as it is, and its length is written elsewhere: it must not change */
    PART_TWICE,   /* inside a string of JSON that is itself inside a JSON string */
};

enum part_flags {
    PART_GROWS =
        1, /* goes on in the next part of the same flow and channel, mostly of a later event */
    PART_KEY = 2,    /* the key of an object */
    PART_OPAQUE = 4, /* bytes or tokens that are no text: `text` is empty, nothing can judge them */
    PART_JSON = 8,   /* the text is JSON, or a piece of it: a replacement is escaped twice */
    PART_UNNAMED = 16, /* no row of rules/surface-shapes.tsv speaks of it */
};

/* Which of the texts that grow side by side in one stream. */
struct part_flow {
    uint16_t output;  /* choice, output item */
    uint16_t content; /* content block, summary */
    uint16_t call;    /* tool call */
};

struct part {
    enum part_role role;
    enum part_channel channel;
    enum part_coding coding;
    unsigned flags; /* enum part_flags */
    struct part_flow flow;
    size_t from, to;   /* bytes of the body, between the quotes: where a replacement goes */
    struct slice text; /* decoded: a piece of the body, or made in the arena where it was escaped */
};

/* The bytes of the body that write text[from, to), whole characters. Where they cannot be told
 * apart (Base64, %41) that is all of [part->from, part->to). */
void part_raw_range(struct slice body, const struct part *part, size_t from, size_t to,
                    size_t *ret_from, size_t *ret_to);
/* The same for places that come in order: it goes on where it was. Begin with zeros. */
struct part_place {
    size_t raw, text; /* from the beginning of each */
};
void part_raw_next(struct slice body, const struct part *part, struct part_place *place,
                   size_t from, size_t to, size_t *ret_from, size_t *ret_to);
/* "user", "tool_call", ... */
const char *part_role_name(enum part_role role);
const char *part_channel_name(enum part_channel channel);
