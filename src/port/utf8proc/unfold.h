/* SPDX-License-Identifier: Apache-2.0 */
/* unfold.h - one character in the compatibility form of Unicode (NFKD), by utf8proc.
 * Why per character: a caller that maps back to source bytes wants to know where each one went.
 * Threads: a pure function.   Fails: never; what has no other form comes back as it is. */
#pragma once
#include "base/slice.h"

#define UNFOLD_MAX 18u /* U+FDFA has the longest form */

/* Writes up to UNFOLD_MAX code points, gives their number (at least 1). */
size_t unfold(uint32_t code, uint32_t ret_codes[UNFOLD_MAX]);

/* The small letter, if it has one. */
uint32_t lower_case(uint32_t code);
