/* SPDX-License-Identifier: Apache-2.0 */
/* facet.h - what a file consists of, for comparing two versions of it.
 * Why: "the bytes differ" helps nobody who has to answer for a model. A worker reads each version
 * and writes down its tensors, keys, imports, template lines and records, each with a digest; the
 * parent compares two such lists and never sees the file itself.
 *
 *    facet = kind:u8 digest:32 row:u64 line:u64 name:u16+bytes shown:u16+bytes
 *
 * Facets with a name are changed when the digest differs. The others are what they hold: there can
 * only be more or fewer of them.
 * Owns: nothing; what is read points into the cursor's bytes.   Threads: pure functions.
 * Fails: the buffer's and the cursor's sticky flag. */
#pragma once
#include "base/buf.h"
#include "base/cursor.h"

enum facet_kind {
    FACET_TENSOR, /* name; shown: type and shape */
    FACET_KEY,    /* path in a settings or metadata tree; shown: the value */
    FACET_COLUMN, /* of a table; shown: its type. Without one: all values of it */
    FACET_ITEM,   /* element of a list; name: the list's path */
    FACET_IMPORT, /* a global that a pickle asks for */
    FACET_LINE,   /* of a chat template */
    FACET_RECORD, /* row and line say where */
    FACET_KINDS,
};

#define FACET_DIGEST    32u   /* a SHA-256; of a record: its leaf hash (log/merkle.h) */
#define FACET_NAME_MAX  1024u /* longer ones are cut; the digest is of all */
#define FACET_SHOWN_MAX 400u
#define FACET_TYPE_MAX  8192u /* of a column */

struct facet {
    enum facet_kind kind;
    uint8_t digest[FACET_DIGEST];
    uint64_t row,
        line; /* row from 0 (of a column: which it is), line from 1; line 0: there are none */
    struct slice name, shown;
};

static inline bool facet_has_name(enum facet_kind kind)
{
    return kind <= FACET_COLUMN;
}

static inline size_t facet_shown_max(enum facet_kind kind)
{
    return kind == FACET_COLUMN ? FACET_TYPE_MAX : FACET_SHOWN_MAX;
}

void facet_put(struct buf *out, const struct facet *f);
/* False at the end, and at what is no facet: then the cursor is bad. */
bool facet_next(struct cursor *c, struct facet *ret);
