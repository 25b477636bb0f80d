/* SPDX-License-Identifier: Apache-2.0 */
/* reader.h - the records of a log in order, from any place on; also of one that is being written.
 * Why: exports, forwarders, tables and live views are readers; the log is the truth that they can
 * be made from again. A reader judges nothing but the shape of lines: see audit.h.
 * Owns: descriptors and a buffer, until reader_done().   Threads: one owner.
 * Fails: see enum reader_end. */
#pragma once
#include "log/folder.h"
#include "log/lines.h"

enum reader_end {
    READER_OK,
    READER_END, /* no more as yet: ask again later */
    READER_BAD, /* a line that is no sound record; `text` is what stands there */
    READER_IO,  /* errno says why */
};

struct reader {
    struct folder folder;
    struct lines lines;
    uint64_t segment; /* at hand; 0: none yet */
    uint64_t next;    /* one that follows it; 0: none is known */
    bool looked;      /* the one at hand was read to its end since that is known */
    int fd;
};

struct record {
    uint64_t segment, at; /* where it stands */
    uint64_t n;
    struct slice text; /* the line; until the next call */
};

/* At the first record that is there. False: errno. */
bool reader_open(struct reader *r, const char *path, const struct log_io *io);
void reader_done(struct reader *r);
enum reader_end reader_next(struct reader *r, struct record *ret);
/* So that `n` is the next, or the first after it that is there. False: errno. */
bool reader_seek(struct reader *r, uint64_t n);
/* The number of the last record; false: there is none, or errno. */
bool reader_last(struct reader *r, uint64_t *ret);
