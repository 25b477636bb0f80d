/* SPDX-License-Identifier: Apache-2.0 */
/* load.h - a whole file in memory, for tools that end soon: nobody frees it.
 * Fails: an empty slice. */
#pragma once
#include "base/slice.h"
#include <stdio.h>
#include <stdlib.h>

static inline struct slice load(const char *path)
{
    size_t room = (size_t)64 << 20;
    uint8_t *p = malloc(room);
    FILE *f = fopen(path, "rb");
    size_t n = p && f ? fread(p, 1, room, f) : 0;
    if (f) fclose(f);
    return slice_of(p, n);
}
