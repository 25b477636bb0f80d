/* SPDX-License-Identifier: Apache-2.0 */
/* lookalike.h - letters that are drawn like ASCII letters and digits.
 * Why: a Cyrillic "а" in "pаssword" deceives people and matchers, not models.
 * Owns: a constant table.   Threads: constants. */
#pragma once
#include "base/slice.h"

/* The ASCII character that `code` is drawn like, or 0. *ret_exact: most people cannot tell them
 * apart, and it is of another script (not "ı", a small capital or "в"). */
unsigned char lookalike(uint32_t code, bool *ret_exact);
