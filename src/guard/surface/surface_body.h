/* SPDX-License-Identifier: Apache-2.0 */
/* surface_body.h - bodies that are not JSON alone: tables as CSV, tensors behind the JSON.
 * Owns: nothing.   Threads: pure functions.   Fails: as surface.h says. */
#pragma once
#include "guard/surface/surface.h"

/* Every field of a table is a part. */
MUST_USE enum surface_result csv_parts(struct slice body, enum part_role role, struct arena *arena,
                                       struct surface_doc *doc);
/* "row 3, column 2", from 0, the header is row 0. */
struct slice csv_path(struct slice body, size_t from, struct arena *arena);

/* The tensors behind the JSON of body, which doc->tensors tells the end of: parts of those that are
 * text are added. `list` is the key of their descriptions, "inputs" or "outputs". */
MUST_USE enum surface_result tensor_parts(struct slice body, struct slice list, enum part_role role,
                                          struct arena *arena, struct surface_doc *doc);
/* "inputs[2], byte 17" */
struct slice tensor_path(const struct surface_doc *doc, size_t from, struct arena *arena);
