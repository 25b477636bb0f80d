/* SPDX-License-Identifier: Apache-2.0 */
/* weights_scan.h - one fast pass over numbers.
 * Why: files of many gigabytes; a pass must cost no more than reading the memory.
 * Owns: nothing.   Threads: a value.   Fails: never. */
#pragma once
#include "read/event.h"

struct weights_scan {
    enum dtype dtype;
    uint64_t elements; /* seen so far */
    uint64_t top;      /* greatest magnitude, as bits without the sign; of F64 the upper half */
    uint64_t pattern;  /* the first eight bytes */
    uint64_t differs;  /* != 0: not all elements are equal */
    bool odd;          /* NaN or infinite values were seen */
    bool odd_nan;      /* the first of them is NaN */
    uint64_t odd_at;   /* its element */
};

/* False for types without such values: then there is nothing to scan for. */
bool weights_scan_init(struct weights_scan *s, enum dtype dtype);
/* The next bytes; all but the last call in multiples of eight bytes. */
void weights_scan_add(struct weights_scan *s, struct slice bytes);
/* The greatest finite or infinite magnitude seen. */
double weights_scan_top(const struct weights_scan *s);
