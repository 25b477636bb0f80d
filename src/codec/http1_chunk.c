/* SPDX-License-Identifier: Apache-2.0 */
/* http1_chunk.c - chunked bodies (RFC 9112, 7.1).
 *
 *     1a;ext=1 CR LF  26 bytes  CR LF   0 CR LF  [Field: value CR LF]  CR LF
 *     SIZE EXT    EXT_LF DATA  END END_LF        TRAILER
 *
 * The size is 1 to 15 digits, so it always fits; no blanks around it, no sign, no 0x. */
#include "codec/http1_part.h"
#include "base/ascii.h"

#define DIGITS_MAX    15
#define EXTENSION_MAX 256 /* bytes, of all chunks of a body */

enum { SIZE, EXTENSION, SIZE_LF, CONTENT, END, END_LF, TRAILER, FINISHED };

void http1_chunks_init(struct http1_chunks *c, bool extensions)
{
    memset(c, 0, offsetof(struct http1_chunks, trailer));
    c->extensions = extensions;
}

static enum http1_fault size_byte(struct http1_chunks *c, uint8_t byte)
{
    int digit = ascii_hex(byte);
    if (digit >= 0) {
        if (++c->digits > DIGITS_MAX) return HTTP1_CHUNK_SIZE;
        c->left = c->left << 4 | (uint64_t)digit;
        return HTTP1_FINE;
    }
    if (!c->digits) return HTTP1_CHUNK_SIZE;
    if (byte == ';') {
        c->state = EXTENSION;
        return c->extensions ? HTTP1_FINE : HTTP1_CHUNK_EXTENSION;
    }
    c->state = SIZE_LF;
    return byte == '\r' ? HTTP1_FINE : byte == '\n' ? HTTP1_BARE_LF : HTTP1_CHUNK_SIZE;
}

static enum http1_fault extension_byte(struct http1_chunks *c, uint8_t byte)
{
    if (byte == '\r')
        c->state = SIZE_LF;
    else if (byte < ' ' || byte >= 0x7f || ++c->extension > EXTENSION_MAX)
        return byte == '\n' ? HTTP1_BARE_LF : HTTP1_CHUNK_EXTENSION;
    return HTTP1_FINE;
}

static enum http1_fault trailer_byte(struct http1_chunks *c, uint8_t byte)
{
    if (c->trailer_size == HTTP1_TRAILER_MAX) return HTTP1_TRAILER_TOO_LARGE;
    c->trailer[c->trailer_size++] = byte;
    if (byte != '\n') return HTTP1_FINE;
    size_t n = c->trailer_size;
    if (n < 2 || c->trailer[n - 2] != '\r') return HTTP1_BARE_LF;
    if (n > 2 && (n < 4 || c->trailer[n - 3] != '\n')) return HTTP1_FINE;
    c->state = FINISHED;
    return http1_trailer_fields(slice_of(c->trailer, n));
}

/* The bytes between pieces of content. */
static enum http1_fault frame_byte(struct http1_chunks *c, uint8_t byte)
{
    switch (c->state) {
    case SIZE: return size_byte(c, byte);
    case EXTENSION: return extension_byte(c, byte);
    case SIZE_LF:
        c->state = c->left ? CONTENT : TRAILER;
        c->digits = 0;
        return byte == '\n' ? HTTP1_FINE : HTTP1_CHUNK_SIZE;
    case END: c->state = END_LF; return byte == '\r' ? HTTP1_FINE : HTTP1_CHUNK_END;
    case END_LF: c->state = SIZE; return byte == '\n' ? HTTP1_FINE : HTTP1_CHUNK_END;
    default: return trailer_byte(c, byte);
    }
}

static struct slice content(struct http1_chunks *c, struct slice *in)
{
    struct slice piece = slice_sub(*in, 0, c->left < in->n ? (size_t)c->left : in->n);
    *in = slice_sub(*in, piece.n, in->n);
    c->left -= piece.n;
    if (!c->left) c->state = END;
    return piece;
}

enum http1_step http1_chunks_next(struct http1_chunks *c, struct slice *in, struct slice *ret)
{
    *ret = S("");
    while (!c->fault && c->state != FINISHED) {
        if (!in->n) return HTTP1_MORE;
        if (c->state == CONTENT) {
            *ret = content(c, in);
            return HTTP1_DATA;
        }
        c->fault = frame_byte(c, in->p[0]);
        *in = slice_sub(*in, 1, in->n);
    }
    return c->fault ? HTTP1_BAD : HTTP1_DONE;
}

struct slice http1_trailer(const struct http1_chunks *c)
{
    return slice_of(c->trailer, c->trailer_size >= 2 ? c->trailer_size - 2u : 0);
}
