/* SPDX-License-Identifier: Apache-2.0 */
/* charset.h - character sets other than UTF-8: which one is it, and what do its bytes say?
 * Why: a dataset of 1998 is in windows-1251, one of Excel's in UTF-16; what stands in them is as
 * personal as what stands in UTF-8.
 * Owns: constant tables, made at build time by tools/gen_charsets.py.
 * Threads: pure functions.   Fails: bytes that mean nothing are U+FFFD. */
#pragma once
#include "base/slice.h"

struct charset;

const char *charset_name(const struct charset *c); /* "utf-16le", "windows-1251", ... */
const struct charset *charset_find(struct slice name);
bool charset_is_utf8(const struct charset *c);

/* By the byte order mark, whose length is *ret_mark; NULL: there is none. */
const struct charset *charset_by_mark(struct slice head, size_t *ret_mark);
/* UTF-16 or UTF-32 without a mark, when these first bytes are text in it; NULL otherwise. */
const struct charset *charset_wide(struct slice head);
/* Are these bytes, behind the mark, text in this set? */
bool charset_writes(const struct charset *c, struct slice head);
/* The likeliest legacy set of text that is not UTF-8. *ret_sure: the sample is text in it beyond
 * doubt. NULL: no set gives text. */
const struct charset *charset_guess(struct slice sample, bool *ret_sure);

/* The character at in[at]: its length in bytes (0 only at the end) and its code point. */
size_t charset_next(const struct charset *c, struct slice in, size_t at, uint32_t *ret_code);

/* Recode from in[*at] on, which moves, into at most `room` (>= 16) bytes of UTF-8. */
size_t charset_utf8(const struct charset *c, struct slice in, size_t *at, uint8_t *out,
                    size_t room);
/* Moves *at on until `text` bytes of UTF-8 would have been made of what lies before; gives how many
 * are (at most `text`). */
size_t charset_skip(const struct charset *c, struct slice in, size_t *at, size_t text);
