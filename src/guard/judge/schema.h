/* SPDX-License-Identifier: Apache-2.0 */
/* schema.h - does an answer have the form that was declared for it?
 * Why: what reads an answer takes it for what it asked for. A small part of JSON Schema (2020-12):
 * type (a name or a list), required, enum of strings and numbers, properties,
 * additionalProperties: false, items, maxLength, maxItems, maximum and minimum of whole numbers.
 * A schema that says anything else that would restrict an answer ($ref, anyOf, pattern, ...) is
 * refused, so that nobody believes in a check that does not happen; descriptions and titles are
 * read over.
 *
 * Texts around the JSON (a fence of markdown, white space) are cut off before it is read.
 * Owns: a schema lies in its arena and borrows the text given.   Threads: constant once made.
 * Fails: ST_UNSUPPORTED, ST_MALFORMED, ST_LIMIT, ST_NOMEM; *ret_what names the word. */
#pragma once
#include "base/arena.h"
#include "base/st.h"

struct schema;
MUST_USE enum st schema_read(struct arena *a, struct slice text, const struct schema **ret,
                             struct slice *ret_what);
bool schema_fits(const struct schema *s, struct slice answer);
