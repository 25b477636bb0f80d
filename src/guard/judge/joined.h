/* SPDX-License-Identifier: Apache-2.0 */
/* joined.h - texts that lie side by side, read as one. A server puts the parts of a message
 * together before a model reads it, a client the tokens of a text: what stands half in one and half
 * in the next must be seen, too.
 *
 *     {"type":"text","text":"AKIA"},{"type":"text","text":"YQFO..."}     AKIAYQFO...
 *                            ~~~~                          ~~~~~~~        one text, two seams
 *
 * Only what is near a seam: JOINED_NEAR bytes of either side. Of parts that are whole, what is said
 * (text, results of tools, documents, thoughts) by the same role; of those that grow, the strings
 * that belong to nothing else (tokens beside a text).
 * Owns: nothing; lies in the arena.   Threads: pure functions.   Fails: JOINED_NOMEM. */
#pragma once
#include "base/arena.h"
#include "guard/surface/part.h"

#define JOINED_NEAR 256u

struct seam { /* bytes [from, from + n) of a part's text are bytes [at, at + n) of the joined one */
    uint16_t part;
    size_t from, n, at;
};

struct joined {
    struct part part; /* its text is the joined one; role and channel are those of all */
    struct seam *seams;
    size_t count;
};

struct joined_walk {
    const struct part *parts;
    size_t count;
    struct slice between; /* "", or what a server may put there */
    bool grows;           /* of those that grow, or of those that are whole */
    size_t next;
};

/* Does [from, to) of the joined text lie in one part? */
bool joined_in_one(const struct joined *j, size_t from, size_t to);

enum joined_step { JOINED_END, JOINED_TEXT, JOINED_NOMEM };
/* The next text of at least two parts. */
enum joined_step joined_next(struct joined_walk *w, struct arena *arena, struct joined *ret);
