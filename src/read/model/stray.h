/* SPDX-License-Identifier: Apache-2.0 */
/* stray.h - bytes that lie where a format of weights has no use for them.
 * Why: what a model's own loader skips is where archives, pickles and programs hide, so such bytes
 * are handed to the judges as a blob and read as a file of their own.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/reading.h"

/* Look into [off, off + n) of the layer under this name. Empty runs are left alone. */
MUST_USE enum st stray_push(struct reading *r, struct slice name, uint64_t off, uint64_t n);

/* Do the elements of a byte tensor begin like an archive, a whole pickle or a script? Strict
 * enough that quantised weights do not: at least 26 bits must fit. */
bool stray_looks_foreign(struct slice bytes);

/* A text of metadata: when it is Base64 of such a file, that is read as well. */
MUST_USE enum st stray_text(struct reading *r, struct slice name, struct slice text, uint64_t at);
