/* SPDX-License-Identifier: Apache-2.0 */
/* stamp.h - times of events: "2026-11-30T12:00:00.250Z" (RFC 3339, UTC, milliseconds).
 * Owns: nothing.   Threads: pure.   Fails: false; years 1970 to 9999 only. */
#pragma once
#include "base/buf.h"

void stamp_write(int64_t ms, struct buf *out);
/* With or without milliseconds. */
bool stamp_read(struct slice text, int64_t *ret_ms);
