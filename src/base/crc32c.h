/* SPDX-License-Identifier: Apache-2.0 */
/* crc32c.h - CRC-32C (Castagnoli), by the processor's own instruction where it has one.
 * Threads: pure.   Fails: never. */
#pragma once
#include "base/slice.h"

/* Of `before` (0 at the beginning) and then s. */
uint32_t crc32c_add(uint32_t before, struct slice s);
