/* SPDX-License-Identifier: Apache-2.0 */
/* literals.h - many fixed texts at once, by Vectorscan.
 * Why: hundreds of prefixes and key words in one pass, at several gigabytes a second. The database
 * is compiled while Merlon is built (make_db.c) and only unpacked here: no compiler, no C++ library
 * and no start-up work in the program. Owns: a database and its scratch memory.   Threads: one
 * owner.   Fails: NULL when memory is out or the library is not the one that the database was made
 * for; scanning itself never fails. */
#pragma once
#include "base/slice.h"

struct literal_db;
/* `end` is the offset behind the literal; in the order of `end`. */
typedef void literal_fn(void *ctx, unsigned id, size_t end);

struct literal_db *literal_db_open(struct slice serialized);
void literal_db_free(struct literal_db *db);
/* At most 1 GB of text. */
void literal_db_scan(struct literal_db *db, struct slice text, literal_fn *on_hit, void *ctx);
