/* SPDX-License-Identifier: Apache-2.0 */
/* zip.h - a ZIP archive as every loader may see it (APPNOTE 6.3.10).
 * Why: loaders disagree (first or last duplicate, local or central header, prefix, several
 * directories), so the index holds every member that any of them could open, and the differences
 * are told. Layouts made of a ZIP (torch, npz, ...) work on that index.
 * Owns: nothing; the index lives in the reading's arena until the layer is done.
 * Threads: one owner.   Fails: ST_MALFORMED when nothing that looks like a member was found. */
#pragma once
#include "read/readers.h"

struct zip_entry {
    struct slice name;   /* as the directory spells it; the local header's for a hidden member */
    struct slice packed; /* cut at the end of the layer */
    uint64_t header;     /* of the local header, in the layer */
    uint64_t offset;     /* of `packed`, in the layer */
    uint64_t unpacked;   /* as claimed */
    uint32_t crc;
    uint16_t method, flags;
    enum codec codec;
    bool hidden;    /* no directory lists it */
    bool duplicate; /* an earlier entry has the same name */
    bool directory, link;
    bool sealed; /* encrypted: its bytes cannot be read (told already) */
    bool taken;  /* set by a layout that has dealt with it; the others are pushed afterwards */
};

struct zip_index {
    struct zip_entry *entries; /* in the order of the directory, hidden ones last */
    size_t count;
    struct slice root; /* "model/" when all members lie below one folder, else empty */
    uint64_t start;    /* where the archive begins: bytes before it are a prefix */
    enum format layout;
};

/* Index the current layer and tell what is odd about it. */
MUST_USE enum st zip_index(struct reading *r, struct zip_index *ret);

/* The next entry of that full name at or after *from (0 to begin, moved behind the hit), or NULL.
 * Walk all of them: loaders differ in which duplicate they take. */
struct zip_entry *zip_find(const struct zip_index *index, struct slice name, size_t *from);

/* The entry as something to push or open; set .hint when the layout says what it is. */
struct member zip_member(const struct zip_entry *e);

/* A reader of a layout: torch archive, npz, ... It reads what it knows, sets `taken` on entries
 * that need no further look, and leaves the rest. Called with r->format already set to the layout;
 * tells the format itself. */
typedef enum st zip_layout_fn(struct reading *r, struct zip_index *index);

/* The rows are in layouts.c. NULL: all members are simply pushed. */
zip_layout_fn *zip_layout_of(enum format layout);

reader_fn zip_read;
