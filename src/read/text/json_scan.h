/* SPDX-License-Identifier: Apache-2.0 */
/* json_scan.h - where the records of JSON text begin and end, and which are not JSON.
 * Why: one pass at the speed of memory. Every token's place in the grammar, every number and word,
 * every escape and all UTF-8 is checked (RFC 8259), so that a record which passes is one that every
 * loader reads; nothing is built. codec/json.h, which gives out tokens, is too slow for datasets
 * and stops at the first fault; test_json_agree.c holds the two to the same idea of JSON.
 *
 *    lines      each line is one value (JSON Lines)
 *    documents  values follow each other with or without white space; the elements of a list at the
 *               top are records, and so is any other value at the top
 *
 * Owns: its bit stack, in the reading's arena.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT.
 */
#pragma once
#include "read/text/source.h"

#define JSON_LEVELS ((size_t)1 << 16)

struct json_sink {
    /* A record is text[from, to), its line end included. False: stop. */
    bool (*on_record)(void *ctx, size_t from, size_t to);
    /* Not JSON, because of what stands at `at`; lines have one fault at most. In documents no
     * records come after that, unless it is only that a byte is not UTF-8. */
    bool (*on_fault)(void *ctx, size_t at, const char *why);
    /* Text before `upto` was passed, the record that is open began at `record` (SIZE_MAX: none is),
     * and the last backslash in a string stands before `escaped`. NULL: nobody asks. */
    bool (*on_passed)(void *ctx, size_t upto, size_t record, size_t escaped);
    void *ctx;
};

/* *ret_list, unless NULL: the first value is a list (documents). */
MUST_USE enum st json_scan(struct source *s, bool lines, const struct json_sink *sink,
                           bool *ret_list);
