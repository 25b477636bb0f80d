/* SPDX-License-Identifier: Apache-2.0 */
/* unzstd.h - one zstd frame or skippable frame (RFC 8878), by libzstd. See port/decoder.h.
 * Properties: none, or one byte: the binary logarithm of the largest window. */
#pragma once
#include "port/decoder.h"

extern const struct decoder unzstd;

/* The same state for another frame. */
bool unzstd_again(void *state);
