/* SPDX-License-Identifier: Apache-2.0 */
/* names.h - placeholders instead of values, and back again: one conversation's.
 * Why: a model can answer a letter without knowing who wrote it. "jane@corp.net" goes to it as
 * [EMAIL_1], and what it says of [EMAIL_1] comes back with the address. The same value has the same
 * placeholder as long as the conversation lasts, numbered in the order in which values came.
 *
 * A placeholder that the text had before it came here is nobody's: it is restored only when this
 * conversation has given that number, so a document can name it but learns nothing by that;
 * restoring inside of addresses is refused, or a link could carry the value out.
 *
 * Owns: its arena with copies of values (wiped when it is done).   Threads: one owner.
 * Fails: names_of gives an empty slice when NAMES_MOST values or NAMES_BYTES are used up: the value
 * is redacted then. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"

#define NAMES_MOST  1024u
#define NAMES_BYTES 65536u
#define NAME_MOST   48u /* bytes of a placeholder */

struct names;
/* `key`: of the conversation, so that nobody can make values collide. */
struct names *names_new(uint64_t key);
void names_free(struct names *n);
/* The placeholder of a value that a rule has found; lives as long as the names. */
struct slice names_of(struct names *n, struct slice rule, struct slice value);
/* The value of the placeholder, or p == NULL. */
struct slice names_value(const struct names *n, struct slice placeholder);

struct name_found {
    size_t from, to; /* the placeholder: bytes of the text */
    struct slice value;
};
typedef void name_found_fn(void *ctx, const struct name_found *found);
/* Placeholders that begin in text[at, ...), in order; text before `at` is looked at to see whether
 * they stand in an address. Returns where one begins that is not whole, or text.n. */
size_t names_scan(const struct names *n, struct slice text, size_t at, bool whole,
                  name_found_fn *found, void *ctx);
