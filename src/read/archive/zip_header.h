/* SPDX-License-Identifier: Apache-2.0 */
/* zip_header.h - the two headers of a ZIP member, ZIP64 fields resolved.
 * Owns: nothing.   Threads: pure functions.   Fails: false = not such a header, or cut. */
#pragma once
#include "base/cursor.h"

#define ZIP_LOCAL_MAGIC   0x04034b50u
#define ZIP_CENTRAL_MAGIC 0x02014b50u
#define ZIP_LOCAL_SIZE    30u
#define ZIP_CENTRAL_SIZE  46u
#define ZIP_FLAG_SEALED   1u
#define ZIP_FLAG_STREAMED 8u /* sizes and checksum follow the data */

struct zip_header {
    uint16_t flags, method;
    uint32_t crc;
    uint64_t packed, unpacked;
    uint64_t local;      /* central only: where the local header is said to be */
    uint32_t attributes; /* central only; the Unix mode is in the upper half */
    struct slice name, extra;
    bool extra_bad; /* an extra field is longer than its room */
};

/* Bytes of an extra field (from *extra, which moves on) that no known tool writes, and that are
 * long enough to hold something; the empty slice when there are no more. */
struct slice zip_strange_extra(struct slice *extra);

/* At the cursor, which moves behind it. */
bool zip_central(struct cursor *c, struct zip_header *ret);
bool zip_local(struct cursor *c, struct zip_header *ret);
