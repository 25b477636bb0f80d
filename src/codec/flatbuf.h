/* SPDX-License-Identifier: Apache-2.0 */
/* flatbuf.h - FlatBuffers, followed with bounds.
 * Why: a flatbuffer is a graph of offsets; a verifier that forgets one of them is an exploit. Every
 * step here is a read of a cursor, and a reference leads only forward, so that nothing cycles.
 * Owns: nothing.   Threads: one owner.   Fails: sticky `bad`; absent or bad values are 0.
 * Specification: flatbuffers.dev, "FlatBuffer internals". */
#pragma once
#include "base/cursor.h"

struct flat {
    struct slice bytes;
    bool bad;
};

struct flat_table {
    uint32_t at, vtable;   /* positions; at == 0: there is no table */
    uint32_t vtable_bytes; /* of the field offsets in it */
};

struct flat_vector {
    uint32_t at, count; /* of the first element */
};

struct flat_table flat_root(struct flat *f);
/* Field number `id`, or the default when it is absent. `bytes` = 1, 2, 4 or 8; sign extended. */
int64_t flat_int(struct flat *f, struct flat_table t, unsigned id, unsigned bytes, int64_t absent);
struct flat_table flat_table(struct flat *f, struct flat_table t, unsigned id);
struct slice flat_string(struct flat *f, struct flat_table t, unsigned id);
/* A vector whose elements are `size` bytes (4 for tables and strings): it fits, or is empty. */
struct flat_vector flat_vector(struct flat *f, struct flat_table t, unsigned id, unsigned size);
struct flat_table flat_table_at(struct flat *f, struct flat_vector v, uint32_t i);
/* Little-endian number of 8 bytes at `offset` of element i. */
int64_t flat_long_at(struct flat *f, struct flat_vector v, unsigned size, uint32_t i,
                     unsigned offset);
