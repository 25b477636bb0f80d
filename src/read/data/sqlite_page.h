/* SPDX-License-Identifier: Apache-2.0 */
/* sqlite_page.h - rows out of single pages, without a tree or a schema that leads to them.
 * Owns: nothing.   Threads: one owner.   Fails: ST_NOMEM, ST_LIMIT. */
#pragma once
#include "read/data/render.h"

/* A table without known columns: every value's field is this name. */
void sqlite_pages_begin(struct render *n, struct slice name);
/* The page of `size` bytes at `at`: its rows when it is a leaf of a table, else nothing. */
MUST_USE enum st sqlite_page_rows(struct render *n, uint64_t at, uint64_t size);
void sqlite_pages_end(struct render *n);
