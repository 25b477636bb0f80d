/* SPDX-License-Identifier: Apache-2.0 */
/* entropy.h - how evenly the bytes of a value are spread.   Threads: pure. */
#pragma once
#include "base/slice.h"

/* Shannon's entropy of its bytes in bits per byte: 0 for "aaaa", at most log2 of its length. */
double entropy_bits(struct slice s);
