/* SPDX-License-Identifier: Apache-2.0 */
/* shell_file.h - scripts, Makefiles, and the commands that documentation tells people to type.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/readers.h"

reader_fn shell_read; /* FMT_SHELL */

/* Fenced blocks of Markdown that are for a shell. */
MUST_USE enum st markdown_scripts(struct reading *r, struct slice text);
