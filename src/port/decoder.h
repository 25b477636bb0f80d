/* SPDX-License-Identifier: Apache-2.0 */
/* decoder.h - the one shape that every decompression library gets here.
 * Why: unpacking, its budget and its bombs are dealt with once, in read/unpack.c.
 * Owns: the state between open and close.   Threads: one owner per state.
 * Fails: step says ST_TRUNCATED when the input is used up, ST_MALFORMED, ST_UNSUPPORTED or
 * ST_NOMEM; the bytes that it made before that are good. */
#pragma once
#include "base/slice.h"
#include "base/st.h"

#define DECODER_MEMORY (160u << 20) /* the most that a stream may make a library take */

struct decoder_step {
    struct slice in; /* all input that is left; moved on */
    uint8_t *out;
    size_t room; /* > 0 */
    size_t made;
    bool end; /* the stream is complete; `in` begins behind it */
};

struct decoder {
    void *(*open)(struct slice props); /* NULL: no memory, or properties that make no sense */
    enum st (*step)(void *state, struct decoder_step *s);
    void (*close)(void *state);
};
