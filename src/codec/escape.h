/* SPDX-License-Identifier: Apache-2.0 */
/* escape.h - what the readers of Python's and Jinja's string literals share.
 * Owns: nothing.   Threads: pure functions.   Fails: never. */
#pragma once
#include "base/slice.h"

/* The UTF-8 of a code point, at most 4 bytes, surrogates included; how many there are. */
size_t escape_put(uint8_t *out, uint32_t code);
/* \N{...}: the characters that an identifier is made of, and "."; U+FFFD for others. */
uint32_t escape_named(struct slice name);
