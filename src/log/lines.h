/* SPDX-License-Identifier: Apache-2.0 */
/* lines.h - the lines of a segment, in order, from any place; also while it is written.
 * Owns: a buffer, until lines_done(); a line lives until the next call.   Threads: one owner.
 * Fails: see enum lines_end. */
#pragma once
#include "log/io.h"
#include "log/line.h"

enum lines_end {
    LINES_OK,
    LINES_END,  /* no more as yet */
    LINES_TORN, /* as LINES_END, and `ret` is what stands behind the last line break */
    LINES_LONG, /* a line of more than LINE_MAX bytes was passed over; `at` is behind it */
    LINES_IO,   /* errno says why */
    LINES_NOMEM,
};

struct lines {
    const struct log_io *io;
    int fd;
    uint64_t at; /* of the next line, in the file */
    uint8_t *room;
    size_t begin, end; /* what of room is read and not yet given out */
    bool skipping;     /* in the middle of a line that is too long */
};

void lines_start(struct lines *l, const struct log_io *io, int fd, uint64_t at);
void lines_done(struct lines *l);
/* Without its line break. */
enum lines_end lines_next(struct lines *l, struct slice *ret);
