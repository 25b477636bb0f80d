/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite.h - SQLite databases: every cell of every table, the schema as text, deleted rows.
 * Why: chat logs, annotations and vector stores (Chroma, sqlite-vec) are SQLite files; their rows
 * are a corpus like any other.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/readers.h"

reader_fn sqlite_read; /* FMT_SQLITE */
