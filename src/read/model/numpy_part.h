/* SPDX-License-Identifier: Apache-2.0 */
/* numpy_part.h - the header of one array.   Threads: a value. */
#pragma once
#include "base/cursor.h"
#include "base/st.h"
#include "read/event.h"

#define NUMPY_RANK_MAX 64

struct numpy_header {
    uint64_t shape[NUMPY_RANK_MAX];
    size_t rank;
    enum dtype dtype; /* DT_UNKNOWN: big-endian, records, texts */
    uint64_t itemsize;
    bool objects;      /* somewhere in the type: the data are a pickle */
    bool bytes;        /* elements are bytes: other files fit in without a change */
    const char *error; /* what numpy refuses, or a short word for it */
};

/* Parses the literal. False: ->error says why. */
bool numpy_header(struct slice literal, struct numpy_header *ret);
