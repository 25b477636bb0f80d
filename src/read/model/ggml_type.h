/* SPDX-License-Identifier: Apache-2.0 */
/* ggml_type.h - the element types of GGUF and GGML files.
 * Why: a loader multiplies dimensions by these sizes before it allocates; a file that makes the
 * product wrap makes the loader write outside its memory.
 * Threads: constants.   Fails: NULL for a type that ggml does not have. */
#pragma once
#include "read/event.h"

struct ggml_type {
    const char *name;
    uint16_t block; /* elements that are stored together */
    uint16_t bytes; /* of such a block */
    enum dtype dtype;
};

const struct ggml_type *ggml_type_of(uint64_t type);
/* Elements and bytes of a tensor; false when either does not fit a signed 64-bit number, or a row
 * is not made of whole blocks. */
bool ggml_type_size(const struct ggml_type *t, const uint64_t *dims, size_t rank,
                    uint64_t *ret_elements, uint64_t *ret_bytes);
/* The name of general.file_type and of a GGML file's last parameter: "Q4_K_M"; NULL: unknown. */
const char *ggml_file_type(uint64_t type);
