/* SPDX-License-Identifier: Apache-2.0 */
/* promise.h - what a name promises, held against what the bytes are.
 * Why: a loader that goes by the suffix, or a person, expects one thing and gets another. */
#pragma once
#include "read/readers.h"

/* After the readers: `as` are the formats as which the current layer was read. */
void promise_check(struct reading *r, const enum format as[SNIFF_MAX], size_t n);
