/* SPDX-License-Identifier: Apache-2.0 */
/* scripts.h - text for a shell out of lines and words that lie scattered in a file.
 * Why: a shell sees one text; in the file it is indented, folded, quoted by another language or
 * given word by word. What is built here keeps the physical line of each of its lines.
 *
 *    args: [sh,          'sh' \
 *           "-c",        '-c' \
 *           "a | b"]     'a | b'
 *
 * Owns: memory in the arena.   Threads: one owner.   Fails: sticky, `nomem`; `cut` when it is too
 * long. */
#pragma once
#include "read/code/commands.h"

#define SCRIPT_TEXT ((size_t)2 << 20)

struct script_maker {
    struct arena *arena;
    uint8_t *text;
    size_t n, room;
    uint32_t *lines;
    size_t line_count, line_room;
    size_t begun;          /* where the current line of the text begins */
    uint32_t column;       /* of the first byte in the file, from 1 */
    bool nomem, cut, open; /* open: the current line has its number */
};

void script_begin(struct script_maker *m, struct arena *arena);
/* The next bytes come from this physical line; line ends in them are followed by the next ones. */
void script_text(struct script_maker *m, struct slice text, uint32_t line);
void script_end_line(struct script_maker *m);
/* What follows belongs to the same command as what is there. */
void script_join(struct script_maker *m);
/* One word of a list, quoted; a line of its own. */
void script_word(struct script_maker *m, struct slice word, uint32_t line);
/* A block of lines that are indented by at least `indent`; folded: a line end is a blank, but for
 * empty lines and those that are indented more. */
void script_block(struct script_maker *m, struct slice raw, uint32_t line, bool folded);
MUST_USE enum st script_tell(struct script_maker *m, struct reading *r, enum command_where where,
                             uint64_t offset);
