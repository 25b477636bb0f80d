/* SPDX-License-Identifier: Apache-2.0 */
/* thrift.h - the compact protocol of Apache Thrift, pulled field by field.
 * Why: the metadata of Parquet is written in it, and a generated parser would build trees as big
 * as the file wants. Here nothing is built: the caller walks and takes what it knows.
 * Owns: nothing.   Threads: one owner.   Fails: sticky, in the cursor: test cur_ok(&t->c).
 * Specification: thrift-compact-protocol.md (Thrift 0.20). */
#pragma once
#include "base/cursor.h"

enum thrift_type {
    THRIFT_STOP,
    THRIFT_TRUE,
    THRIFT_FALSE,
    THRIFT_BYTE,
    THRIFT_I16,
    THRIFT_I32,
    THRIFT_I64,
    THRIFT_DOUBLE,
    THRIFT_BINARY,
    THRIFT_LIST,
    THRIFT_SET,
    THRIFT_MAP,
    THRIFT_STRUCT,
    THRIFT_UUID,
};

struct thrift {
    struct cursor c;
};

/* Begin a struct with {0}: ids are written as differences from the last one. */
struct thrift_field {
    int32_t id;
    uint8_t type;
};

/* False at the end of the struct and when the bytes are bad. */
bool thrift_next(struct thrift *t, struct thrift_field *f);
/* The value of the field; a value of another type makes the cursor bad. */
bool thrift_bool(struct thrift *t, const struct thrift_field *f);
int64_t thrift_int(struct thrift *t, const struct thrift_field *f);
struct slice thrift_binary(struct thrift *t, const struct thrift_field *f);
/* A list or set: how many elements, which are at most as many as bytes are left. */
uint64_t thrift_list(struct thrift *t, const struct thrift_field *f, uint8_t *ret_type);
/* Is it a struct? Its fields follow; otherwise the cursor goes bad. */
bool thrift_struct(struct thrift *t, const struct thrift_field *f);
/* Over a value of any kind, with an explicit stack. */
void thrift_skip(struct thrift *t, uint8_t type);
