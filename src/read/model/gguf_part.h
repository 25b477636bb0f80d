/* SPDX-License-Identifier: Apache-2.0 */
/* gguf_part.h - what the parts of the GGUF reader share.   Threads: one owner. */
#pragma once
#include "base/cursor.h"
#include "base/map.h"
#include "read/model/ggml_type.h"
#include "read/reading.h"

#define GGUF_DIMS_MAX 4

enum gguf_type {
    GGUF_U8,
    GGUF_I8,
    GGUF_U16,
    GGUF_I16,
    GGUF_U32,
    GGUF_I32,
    GGUF_F32,
    GGUF_BOOL,
    GGUF_STRING,
    GGUF_ARRAY,
    GGUF_U64,
    GGUF_I64,
    GGUF_F64,
    GGUF_TYPES,
};

struct gguf_tensor {
    struct slice name;
    uint64_t dims[GGUF_DIMS_MAX];
    uint64_t offset, bytes, elements;
    const struct ggml_type *type;
    size_t rank;
};

struct gguf {
    struct reading *r;
    struct cursor c;
    bool big;    /* numbers are big-endian */
    bool narrow; /* version 1: counts and lengths have 32 bits */
    uint64_t alignment;
    struct slice architecture;
    struct map keys, names;
    struct gguf_tensor *tensors;
    size_t tensor_count;
    uint64_t parameters;
    unsigned complaints;
};

void gguf_complain(struct gguf *g, enum anomaly what, uint64_t at, const char *text);

/* Numbers in the file's byte order. */
uint32_t gguf_u32(struct gguf *g);
uint64_t gguf_u64(struct gguf *g);
uint64_t gguf_size(struct gguf *g); /* a count or a length */
struct slice gguf_string(struct gguf *g);

/* gguf_meta.c: one key and its value. ST_MALFORMED and ST_TRUNCATED: told, the place is lost. */
MUST_USE enum st gguf_meta(struct gguf *g);

/* gguf_tensors.c: the list of tensors, then their data. */
MUST_USE enum st gguf_tensors(struct gguf *g, uint64_t count);
MUST_USE enum st gguf_data(struct gguf *g);
