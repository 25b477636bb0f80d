/* SPDX-License-Identifier: Apache-2.0 */
/* json_text.h - strings of JSON as they read, and where in a record a byte stands.
 * Why: records are told as they lie; only the record in which something was found is parsed, and no
 * byte of it twice, however many hits it has.
 * Owns: nothing.   Threads: one owner.   Fails: never; places of text that is not JSON are guesses.
 */
#pragma once
#include "read/text/blocks.h"

/* For struct blocks_shape. */
size_t json_escape(void *ctx, struct slice raw, size_t at, size_t *state);
size_t json_resolve(void *ctx, struct slice raw, size_t at, uint8_t out[4], size_t *ret_n);

#define JSON_PATH_LEVELS 64u /* deeper ones are not spelt out */
#define JSON_PATH_MAX    512u

struct json_level {
    size_t key, key_n; /* of an object: its current key in the text, without quotes */
    uint64_t index;    /* of a list */
};

struct json_walk {
    const struct source *source;
    uint64_t *objects; /* a bit per level */
    size_t record, at; /* where the record begins; the next byte */
    size_t depth;
    size_t token, token_end; /* the last one; a string without its quotes */
    size_t released;
    bool open;    /* a string that has not ended yet */
    bool key;     /* the token is a key */
    bool expects; /* a key comes next */
    bool valued;  /* the token is a value or key */
    struct json_level levels[JSON_PATH_LEVELS];
    char path[JSON_PATH_MAX];
    size_t path_n;
};

enum st json_walk_init(struct json_walk *w, const struct source *source);
/* To the token that holds `at`, or that stands before it. */
void json_walk_to(struct json_walk *w, size_t record, size_t at, size_t limit);
/* "$.a[3].b" of that token; lives until the next one is made. */
struct slice json_walk_path(struct json_walk *w);
