/* SPDX-License-Identifier: Apache-2.0 */
/* lookalike.h - letters that are drawn like ASCII letters and digits.
 * Why: a Cyrillic "а" in "pаssword" deceives people and matchers, not models.
 * Owns: a constant table.   Threads: constants. */
#pragma once
#include "base/slice.h"

/* The ASCII character that `code` is drawn like, or 0. *ret_exact: most people cannot tell them
 * apart, and it is of another script (not "ı", a small capital or "в"). */
unsigned char lookalike_rare(uint32_t code, bool *ret_exact);

/* Greek to Armenian, where most questions come from, by place; 0x80: similar, not the same. */
#define LOOKALIKE_NEAR 0x370u
extern const uint8_t lookalike_near[0x590 - LOOKALIKE_NEAR];
static inline unsigned char lookalike(uint32_t code, bool *ret_exact)
{
    if (code - LOOKALIKE_NEAR >= sizeof lookalike_near) return lookalike_rare(code, ret_exact);
    uint8_t near = lookalike_near[code - LOOKALIKE_NEAR];
    *ret_exact = near && !(near & 0x80);
    return near & 0x7f;
}
