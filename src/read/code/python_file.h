/* SPDX-License-Identifier: Apache-2.0 */
/* python_file.h - Python modules.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/code/code.h"
#include "read/readers.h"

reader_fn python_read; /* FMT_PYTHON: its lines, and EV_MODULE */

/* A text file named *.pth: Python's site module runs those of its lines that begin with "import".
 */
MUST_USE enum st startup_read(struct reading *r);

/* Parse m->text and tell it; `tree` is filled in. `after`, unless NULL, is called while the tree
 * lives. */
typedef enum st module_after_fn(struct reading *r, const struct code_module *m,
                                const struct py_module *tree);
MUST_USE enum st module_tell(struct reading *r, struct code_module *m, module_after_fn *after);
