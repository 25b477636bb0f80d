/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_toml.c - settings and ignore files; a failure must say where and why. */
#include "codec/toml.h"
#include "fuzz.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct toml_error error;
    struct arena arena;
    arena_init(&arena, 64u << 20, 4096);
    struct toml_node *root = toml_parse(slice_of(data, size), &arena, &error);
    if (!root && (!error.what || !error.fix || !error.line || !error.column)) abort();
    arena_done(&arena);
    return 0;
}
