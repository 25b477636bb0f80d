/* SPDX-License-Identifier: Apache-2.0 */
/* source.h - the layer as UTF-8 text, whatever its encoding.
 * Why: readers of text know one encoding. UTF-8 is passed on as it lies, without its mark; all else
 * is recoded once into the spool, and places are mapped back to the bytes of the layer.
 * Owns: nothing that the reading does not give back.   Threads: one owner.
 * Fails: what source_open says; bytes that mean nothing become U+FFFD and are told. */
#pragma once
#include "read/reading.h"

struct charset; /* codec/charset.h */

struct source {
    struct reading *r;
    struct slice text;
    struct layer layer; /* whose pages are given back: a copy of r->layer, or the recoded text */
    size_t mark;        /* bytes of the byte order mark that text leaves out */
    const char *encoding;
    const struct charset *charset; /* text was recoded from it; NULL: it lies as it is */
    size_t at, text_at;            /* two places that are the same: in the layer, in text */
};

/* How much bytes that are not UTF-8 mean a legacy code page: in JSON they mean a fault first. */
enum source_kind { SOURCE_TEXT, SOURCE_JSON };

MUST_USE enum st source_open(struct source *s, struct reading *r, enum source_kind kind);
/* CARD_ENCODING */
void source_tell(const struct source *s);
/* The offset in the layer of text.p[at]; cheap when asked in order. */
uint64_t source_offset(struct source *s, size_t at);
/* text[from, to) will not be touched soon. */
void source_release(const struct source *s, size_t from, size_t to);
