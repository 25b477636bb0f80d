/* SPDX-License-Identifier: Apache-2.0 */
/* edits.h - what is to be replaced in a body, ready for surface_rewrite().
 * Why: an argument of a tool is told as a whole and, where it has escapes, string by string
 * (surface_inner.c), so one value can be found in two parts that are written by the same bytes; and
 * JSON in a string must still be JSON behind it.
 *
 *     edits_add()* ─► edits_settle() ─► surface_rewrite(list, count)
 *
 * Edits that touch become one with REDACTED, as in action.h; of the same place with the same text
 * one is left. Owns: nothing; the list lies in the arena.   Threads: one owner.
 * Fails: `bad`, sticky: memory. The list is of no use then. */
#pragma once
#include "base/arena.h"
#include "guard/surface/inner.h"
#include "guard/judge/names.h"
#include "guard/surface/surface_write.h"

#define REDACTED "[redacted]"

struct edits {
    struct arena *arena;
    struct part_edit *list;
    size_t count, room;
    bool bad;
    const struct part *walked; /* of a part that is JSON: how far, and where in it that is */
    size_t walked_to;
    enum inner walked_state;
};

/* What goes of one piece of a text, and what comes in its place. */
struct edit_cover {
    size_t from, to;
    struct slice with;
    bool written;  /* an earlier piece has it; then: this one, too */
    bool goes_on;  /* into the next piece */
    bool taken;    /* inner_scan.taken, from piece to piece */
    enum inner at; /* of a part that is JSON: at its first byte */
};

void edits_add(struct edits *e, const struct part *part, size_t from, size_t to, struct slice with);
/* Placeholders that this conversation has given. */
void edits_names(struct edits *e, const struct names *names, const struct part *parts,
                 size_t count);
void edits_settle(struct edits *e, struct slice body, const struct part *parts, size_t count);
/* Of one piece of a text: nothing else of it touches the cover, and edits come in order. */
void edits_cover(struct edits *e, const struct part *part, struct edit_cover *c);
