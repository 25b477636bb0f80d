/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors_part.h - what the parts of the safetensors reader share.
 * Owns: see safetensors.h.   Threads: one owner. */
#pragma once
#include "codec/json.h"
#include "read/reading.h"

#define SAFETENSORS_RANK_MAX 32 /* dimensions that are shown; more are multiplied, too */

struct safetensors_range {
    uint64_t from, to;
};

struct safetensors_key {
    uint64_t hash;
    uint64_t at; /* in the layer */
};

struct safetensors {
    struct reading *r;
    struct json json;     /* over the header */
    uint64_t data;        /* where the data begin in the layer */
    uint64_t size;        /* bytes from there to the end of the layer */
    uint64_t released;    /* header bytes that were given back */
    struct arena scratch; /* one text with escapes at a time */
    struct safetensors_range *ranges;
    size_t range_count, range_room;
    struct safetensors_key *keys;
    size_t key_count, key_room;
    uint64_t shown; /* tensor bytes told; never more than the data, however ranges overlap */
    uint64_t parameters;
    uint32_t dtypes_told; /* a bit per row of the dtype table */
    unsigned complaints;
};

/* Say what is wrong at the JSON reader's place, but not a million times. */
void safetensors_complain(struct safetensors *s, enum anomaly what, uint64_t at, const char *text);

/* safetensors_layout.c: after all entries were seen. */
void safetensors_check_keys(struct safetensors *s);
MUST_USE enum st safetensors_check_layout(struct safetensors *s);

/* safetensors_entry.c: the value of one tensor's key; the current token is its '{'. False when the
 * JSON is bad. */
bool safetensors_entry(struct safetensors *s, struct slice name, uint64_t at, enum st *ret);
