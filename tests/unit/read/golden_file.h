/* SPDX-License-Identifier: Apache-2.0 */
/* golden_file.h - the bytes of a file below tests/golden.   Owns: nothing; buf_done() is due. */
#pragma once
#include "../test.h"
#include "base/buf.h"
#include <stdio.h>

static inline struct buf golden_file(const char *folder, const char *name)
{
    char path[1024], piece[4096];
    struct buf b;
    size_t n;
    (void)snprintf(path, sizeof path, "%s/%s/%s", getenv("GOLDEN"), folder, name);
    FILE *f = fopen(path, "rbe");
    if (!f) print_error("%s\n", path);
    assert_non_null(f);
    buf_init(&b, 1u << 20);
    while ((n = fread(piece, 1, sizeof piece, f)) > 0) buf_add(&b, slice_of(piece, n));
    (void)fclose(f);
    return b;
}
