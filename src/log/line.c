/* SPDX-License-Identifier: Apache-2.0 */
#include "log/line.h"
#include "base/crc32c.h"
#include "base/num.h"

#define TAIL 18 /* ,"crc":"00000000"} */

static void put_crc(uint32_t crc, struct buf *out)
{
    char text[TAIL + 2] = ",\"crc\":\"00000000\"}\n";
    for (size_t i = 0; i < 8; i++) text[15 - i] = "0123456789abcdef"[crc >> (4 * i) & 15];
    buf_add(out, slice_of(text, TAIL + 1));
}

void line_write(uint64_t n, struct slice body, struct buf *out)
{
    size_t from = out->n;
    buf_str(out, "{\"n\":");
    buf_u64(out, n);
    buf_byte(out, ',');
    buf_add(out, body);
    put_crc(crc32c_add(0, slice_sub(buf_slice(out), from, SIZE_MAX)), out);
}

enum line_end line_read(struct slice text, struct line *ret)
{
    uint8_t crc[4];
    struct slice head = S("{\"n\":"), mark = S(",\"crc\":\""), digits;
    if (text.n < head.n + TAIL || !slice_starts(text, head)) return LINE_BROKEN;
    struct slice covered = slice_sub(text, 0, text.n - TAIL);
    struct slice tail = slice_sub(text, covered.n, TAIL);
    if (!slice_starts(tail, mark) || !slice_ends(tail, S("\"}"))) return LINE_BROKEN;
    if (!num_bytes(slice_sub(tail, mark.n, 8), crc)) return LINE_BROKEN;
    struct slice rest = slice_sub(covered, head.n, covered.n);
    if (!slice_split(&rest, ',', &digits) || !rest.n || !num_u64(digits, &ret->n))
        return LINE_BROKEN;
    ret->body = rest;
    uint32_t said =
        (uint32_t)crc[0] << 24 | (uint32_t)crc[1] << 16 | (uint32_t)crc[2] << 8 | crc[3];
    return crc32c_add(0, covered) == said ? LINE_OK : LINE_CHANGED;
}
