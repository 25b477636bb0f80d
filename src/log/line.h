/* SPDX-License-Identifier: Apache-2.0 */
/* line.h - one record of the log as a line of JSON.
 *
 *     {"n":17,"time":"2026-11-30T12:00:00.250Z","kind":"scan",...,"crc":"0a1b2c3d"}\n
 *      ├ its place, from 0    ├ the event (log/event.h)          └ CRC-32C of all before ,"crc"
 *
 * The Merkle leaf is the whole line without its line break. The checksum says which record was
 * damaged by accident; what somebody changed on purpose is found by the signed roots.
 * Owns: nothing.   Threads: pure.   Fails: see enum line_end. */
#pragma once
#include "base/buf.h"

#define LINE_MAX ((size_t)64 << 10) /* with its line break */

struct line {
    uint64_t n;
    struct slice body; /* the members between n and crc */
};

enum line_end {
    LINE_OK,
    LINE_CHANGED, /* the checksum is not that of the bytes; n is what stands there */
    LINE_BROKEN,  /* not of this form */
};

/* With the line break. body: members, without brackets and outer commas. */
void line_write(uint64_t n, struct slice body, struct buf *out);
/* Without the line break. */
enum line_end line_read(struct slice text, struct line *ret);
