/* SPDX-License-Identifier: Apache-2.0 */
/* blob.h - programs inside bytes that should hold none.
 * Why: two bytes "MZ" happen by chance in any big file of weights, so a hit is a whole header that
 * makes sense: machine, sizes, counts, and tables that lie inside the bytes.
 * Owns: nothing.   Threads: pure functions.   Fails: never. */
#pragma once
#include "read/format.h"

struct blob_hit {
    enum format format; /* FMT_ELF, FMT_PE, FMT_MACHO */
    uint64_t offset;    /* of its header */
    const char *detail; /* "x86-64 program", ... */
};

/* Programs whose signature lies in [from, to) of `bytes`; its header may reach out on both sides.
 * Up to `room` hits, in the order of their place. Callers go through big bytes in windows, so that
 * each page is read once. */
size_t blob_find_executables(struct slice bytes, uint64_t from, uint64_t to, struct blob_hit *hits,
                             size_t room);
