/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - reading JSON (RFC 8259) one token at a time.
 * Why: model headers are up to 100 MB of hostile JSON; a pull reader needs no memory for them, and
 * gives places in the bytes. It refuses what the standard refuses: bad UTF-8, control characters,
 * leading zeros, commas before a bracket. Repeated keys are the caller's business (base/map.h).
 * Owns: nothing; borrows its slice.   Threads: one owner.
 * Fails: JSON_BAD, sticky; `error` says why and `start` where.
 *
 *     { "a": [1, true] }  ->  OBJECT KEY(a) ARRAY NUMBER(1) TRUE ARRAY_END OBJECT_END END
 */
#pragma once
#include "base/arena.h"

#define JSON_DEPTH_MAX 128

enum json_token {
    JSON_END, /* after the value: nothing but white space was left */
    JSON_BAD,
    JSON_OBJECT,
    JSON_OBJECT_END,
    JSON_ARRAY,
    JSON_ARRAY_END,
    JSON_KEY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
};

struct json {
    struct slice in;
    size_t at;        /* the next byte */
    size_t start;     /* where the current token begins */
    struct slice raw; /* of a key or string: without quotes, escapes left in; of a number: all */
    bool escaped;     /* raw holds escapes */
    enum json_token token; /* the current one */
    unsigned depth;
    const char *error;
    unsigned char expect;           /* what may come next: see json.c */
    bool in_object[JSON_DEPTH_MAX]; /* per open bracket */
    bool python;                    /* NaN, Infinity and -Infinity are numbers, too */
    size_t line_at;                 /* json_line()'s memory */
    uint64_t line;
};

void json_init(struct json *j, struct slice in);
enum json_token json_next(struct json *j);
/* When the current token opens an object or array, move on to the token that closes it. False when
 * the input is bad. */
bool json_skip(struct json *j);
/* The text of a key or string. Without escapes it is a piece of the input; otherwise it is made in
 * the arena: p == NULL when memory is out. A lone half of a surrogate pair becomes U+FFFD. */
struct slice json_text(const struct json *j, struct arena *arena);
/* The UTF-8 of the character at raw[*at], escapes resolved: 1 to 4 bytes, how many there are; *at
 * is moved behind it. `raw` is that of a key or string. */
size_t json_char(struct slice raw, size_t *at, uint8_t ret[4]);
/* Whether the key or string is this text; escapes are understood, no memory is used. */
bool json_is(const struct json *j, struct slice text);
/* A number without fraction and exponent; false when it is another thing or does not fit. */
bool json_u64(const struct json *j, uint64_t *ret);
/* The line (from 1) of the current token; cheap when asked in order. */
uint64_t json_line(struct json *j);
