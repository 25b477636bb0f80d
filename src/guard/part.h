/* SPDX-License-Identifier: Apache-2.0 */
/* part.h - a piece of text in a request or an answer, whoever's protocol it came in.
 * Why: there are many API surfaces and one verdict. Whatever knows a protocol tells parts; whatever
 * judges text sees nothing else, so no surface can be a way around a check.
 *
 *     {"messages":[{"role":"user","content":"Hello \"you\""}]}
 *                                           ^^^^^^^^^^^^^^^     role user, channel text,
 *                                           [from, to)          path messages[0].content
 *
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

struct part {
    enum part_role role;
    enum part_channel channel;
    struct slice path; /* "messages[2].content[0].text" */
    size_t from, to;   /* bytes of the body, between the quotes: where a replacement goes */
    struct slice text; /* decoded: a piece of the body, or made in the arena where it was escaped */
};
