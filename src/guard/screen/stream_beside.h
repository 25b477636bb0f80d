/* SPDX-License-Identifier: Apache-2.0 */
/* stream_beside.h - whole parts of events, joined with what their places said in events before: a
 * secret in pieces where no row says that anything grows.
 * Owns: nothing.   Threads: that of its stream.   Fails: never; what is found ends the stream. */
#pragma once
#include "guard/judge/inspect.h"
#include "guard/surface/surface.h"

#define STREAM_BESIDE 8u
#define BESIDE_TAIL   128u

struct beside { /* the end of what one place has said */
    uint64_t key;
    size_t n; /* 0: nothing */
    uint8_t tail[BESIDE_TAIL];
};

struct guard_stream;
void beside_judge(struct guard_stream *s, const struct surface_doc *doc, const struct part *parts,
                  size_t count, struct inspect_out *scratch);
