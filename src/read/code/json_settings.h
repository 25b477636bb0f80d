/* SPDX-License-Identifier: Apache-2.0 */
/* json_settings.h - a JSON file as settings.
 * Why: tools are configured in it, some with comments and commas too many.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/reading.h"

/* Told when the file is one object of moderate size. *ret_comments: it is JSON only once comments
 * are left out, and of a kind whose tool does so. */
MUST_USE enum st json_settings(struct reading *r, bool *ret_comments);
