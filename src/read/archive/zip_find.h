/* SPDX-License-Identifier: Apache-2.0 */
/* zip_find.h - the end record of a ZIP archive, from which every loader starts.
 * Threads: pure functions.   Fails: false = none was found, or it points nowhere. */
#pragma once
#include "base/slice.h"

struct zip_end {
    uint64_t pos, after; /* of the end record and its comment */
    uint64_t tail;       /* where the directory should end: pos, or the ZIP64 record */
    uint64_t cd_size, cd_offset, count;
    uint64_t cd_pos; /* tail - cd_size: where readers that allow a prefix look */
    bool at_pos;     /* an entry lies at cd_pos */
    bool spanned;    /* says that it is one of several parts */
    bool cut;        /* the comment is shorter than declared */
    bool at_offset;  /* an entry lies at cd_offset, which is another place */
};

/* The last end record that makes sense in the last 64 KiB and a bit. */
bool zip_find_end(struct slice bytes, struct zip_end *ret);
