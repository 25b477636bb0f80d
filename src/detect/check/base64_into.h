/* SPDX-License-Identifier: Apache-2.0 */
/* base64_into.h - Base64 of either alphabet into a buffer of the caller, without an arena.
 * Fails: SIZE_MAX when the text is not Base64 as a whole. Stops when the buffer is full. */
#pragma once
#include "base/slice.h"

size_t base64_into(struct slice text, uint8_t *ret, size_t max);
