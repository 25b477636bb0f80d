/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - datasets and other files in text: CSV, JSON, JSON Lines, notebooks, prose and code.
 * Why: each tells its records, or its lines, as blocks (read/block.h): the judges search them.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/readers.h"

reader_fn jsonl_read;    /* FMT_JSONL */
reader_fn csv_read;      /* FMT_CSV */
reader_fn notebook_read; /* FMT_NOTEBOOK */
reader_fn script_read;   /* FMT_SCRIPT: told under the current format */

/* FMT_JSON: after the configuration in it was looked at. */
MUST_USE enum st json_read(struct reading *r);
/* Lines of whatever r->format is: prose, code, configuration. */
MUST_USE enum st lines_read(struct reading *r);
