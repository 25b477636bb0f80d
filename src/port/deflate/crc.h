/* SPDX-License-Identifier: Apache-2.0 */
/* crc.h - CRC-32 as ZIP and 7z use it, by libdeflate (carry-less multiplication where there is).
 * Threads: a pure function. */
#pragma once
#include "base/slice.h"

/* `before` is 0 for the first run of bytes. */
uint32_t crc32_add(uint32_t before, struct slice s);
