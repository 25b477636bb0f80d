/* SPDX-License-Identifier: Apache-2.0 */
/* fetch_list.h - what is to be downloaded: a list becomes rows of URL, hash and name.
 * Why: lists come in many dresses; each row must name what to fetch, what it must be, and where it
 * may lie. A name that would leave the folder is refused here, before anything is opened.
 *
 *    URL HASH [NAME]  and  HASH  URL      lines; # begins a comment (sha256sum's form, too)
 *    CSV, TSV          with a header that has a column url, and sha256, sha512, md5, name ...
 *    JSON, JSON lines  objects with such keys at any depth; Croissant (contentUrl, sha256)
 *
 * Of two rows whose URLs end alike and that have no names, the second is called HASH-NAME.
 * A hash is hex, with or without "sha256:" and the like before it.
 * Owns: rows live in the arena.   Threads: pure.   Fails: ST_NOMEM; a bad row says so in `wrong`.
 */
#pragma once
#include "base/arena.h"
#include "base/st.h"
#include "port/openssl/digest.h"

struct fetch_row {
    struct slice url, name; /* name: below the folder, checked unless `wrong` */
    struct slice hash;      /* lower-case hex; empty = the list names none */
    enum digest_kind kind;
    uint64_t line;     /* of the list, or the number of the object; from 1 */
    bool named;        /* the list gives the name; else it is made from the URL */
    const char *wrong; /* why the row cannot be used; NULL: it can */
};

struct fetch_list {
    struct fetch_row *rows;
    size_t count, room;
    size_t repeated; /* rows that said the same again, left out */
};

MUST_USE enum st fetch_list_read(struct slice text, struct arena *a, struct fetch_list *ret);
/* NULL: it may be made below the folder. */
const char *fetch_name_wrong(struct slice name);

/* ---- for fetch_list*.c ---- */

enum fetch_key { KEY_NONE, KEY_URL, KEY_CONTENT_URL, KEY_NAME, KEY_HASH };

/* What a column or key of this name holds; for KEY_HASH also which (any = SHA-256 is tried). */
enum fetch_key fetch_key_of(struct slice name);
/* Fill in hash and kind; false when this is none. A stronger one that is there already stays. */
bool fetch_take_hash(struct fetch_row *row, struct slice text);
/* Adds the row, making its name from the URL when it has none. False when memory is out. */
bool fetch_list_add(struct fetch_list *l, struct arena *a, struct fetch_row row);
bool fetch_list_json(struct fetch_list *l, struct arena *a, struct slice text);
