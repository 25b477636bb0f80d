/* SPDX-License-Identifier: Apache-2.0 */
/* head.h - the checkpoints of our own log: signed notes with three lines more than others need.
 *
 *     merlon-log-0123456789abcdef                    origin: the key's name
 *     2104118                                        records so far
 *     V0NA1ekHc4sMtyOk9+rSfb50+v1kFb/0QXYbxrm43gk=   root over them (RFC 6962)
 *     segment 31 bytes 1048233                       where they end; "sealed" behind it: no more
 *     time 2026-11-30T12:00:00.250Z                         comes into this segment
 *     peaks V0NA... 9f2c...                          the complete subtrees, largest first
 *
 *     — merlon-log-0123456789abcdef Uw2QOkn8...
 *
 * Why peaks: from a checkpoint on, a log can be continued and checked without what is before it:
 * a writer starts at once, retention may take old records away, a damage does not hide the next.
 * They add up to the root, so they need no trust of their own.
 * A segment's file of checkpoints (00000031.sig) has an empty line behind each.
 * Source: C2SP tlog-checkpoint. Owns: nothing.   Threads: pure.
 * Fails: ST_MALFORMED with a sentence; ST_NOMEM. */
#pragma once
#include "base/st.h"
#include "log/folder.h"
#include "log/notekey.h"
#include "log/note.h"

#define HEAD_MAX      ((size_t)8 << 10) /* bytes of one checkpoint */
#define HEAD_LINES    6                 /* above the empty line */
#define HEAD_TAIL_MAX (8 * HEAD_MAX)    /* for head_last() */

struct head {
    struct merkle tree; /* its size, and its peaks */
    struct merkle_hash root;
    uint64_t segment, bytes;
    bool sealed;
    int64_t time_ms;
};

/* tree, segment, bytes, sealed and time are given. With its last line break. */
void head_write(const struct head *h, const struct note_key *key, struct buf *out);
/* Whose signature it bears is checked, too. An empty line at its end does not matter. */
MUST_USE enum st head_read(struct slice text, const struct note_public *key, struct arena *arena,
                           struct head *ret, struct slice *ret_why);
/* The next checkpoint of a file, with the empty line behind it. False: what is left holds no whole
 * one. */
bool head_next(struct slice *rest, struct slice *ret);
/* The last whole one of a segment, with the empty line; empty when there is none. Its file's end
 * goes into `out`, which begins at *ret_from of the file. False: errno. */
bool head_last(const struct folder *f, uint64_t segment, struct buf *out, uint64_t *ret_from,
               struct slice *ret);
/* The peaks of a tree of this size are right for this root. */
bool head_adds_up(const struct merkle *tree, const struct merkle_hash *root);
