/* SPDX-License-Identifier: Apache-2.0 */
/* base64.h - bytes written as text (RFC 4648), in both alphabets.
 * Owns: nothing; the result lies in the arena.   Threads: pure functions.
 * Fails: false when the text is not Base64 as a whole, or memory is out (then ret->p == NULL). */
#pragma once
#include "base/arena.h"

/* With or without padding; line breaks are skipped. */
bool base64_decode(struct slice text, struct arena *arena, struct slice *ret);
