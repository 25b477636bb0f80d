/* SPDX-License-Identifier: Apache-2.0 */
/* jot.h - writing JSON into a buffer: commas, quotes, line breaks.
 * Owns: nothing.   Threads: one owner.   Fails: the buffer's sticky flag.
 * A value follows a key in an object, or stands alone in an array. */
#pragma once
#include "base/buf.h"

#define JOT_DEPTH 16

struct jot {
    struct buf *out;
    unsigned depth;
    unsigned broken_to;     /* levels up to this one stand on lines of their own */
    bool filled[JOT_DEPTH]; /* something stands at this level already */
    bool after_key;
};

void jot_init(struct jot *j, struct buf *out, unsigned broken_to);
void jot_open(struct jot *j, char bracket); /* '{' or '[' */
void jot_close(struct jot *j, char bracket);
void jot_key(struct jot *j, const char *key);
void jot_text(struct jot *j, struct slice text);
void jot_text_or_null(struct jot *j, struct slice text); /* empty = null */
void jot_base64(struct jot *j, struct slice bytes);
void jot_hex(struct jot *j, struct slice bytes); /* lower case */
void jot_num(struct jot *j, uint64_t n);
void jot_num_or_null(struct jot *j, int64_t n); /* below 0 = null */
void jot_bool(struct jot *j, bool yes);
void jot_raw(struct jot *j, struct slice json); /* already JSON */

/* Key and value at once. */
void jot_pair(struct jot *j, const char *key, struct slice text);
void jot_pair_str(struct jot *j, const char *key, const char *text);
void jot_pair_num(struct jot *j, const char *key, uint64_t n);
void jot_pair_bool(struct jot *j, const char *key, bool yes);
void jot_key_open(struct jot *j, const char *key, char bracket);
