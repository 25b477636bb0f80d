/* SPDX-License-Identifier: Apache-2.0 */
/* surroundings.h - which words stand around a value, and how far away.
 * Why: a word speaks for the value beside it, not for every value of the line. Distance is counted
 * in what lies between: words cost their letters, another number, a field's end or a line's end
 * cost more, and words like "is" or "number" cost nothing.
 * Owns: nothing.   Threads: pure.   Fails: never. */
#pragma once
#include "detect/engine/phrases.h"

#define CUES 24u

struct cue {
    const struct phrase *phrase;
    uint16_t cost; /* 0: it is the value's label */
};

struct surroundings {
    struct cue cues[CUES]; /* of the nearest, when there are more */
    size_t count;
};

void surroundings_of(struct slice text, size_t from, size_t to, struct surroundings *ret);
