/* SPDX-License-Identifier: Apache-2.0 */
/* pattern.h - the small matcher behind the detectors' patterns.
 * Why: a regular expression library would look for its start in all the text, and could be made to
 * work for ever. This one is tried at one place, has a fixed stack and a fixed number of steps.
 * Owns: nothing.   Threads: pure.   Fails: out of steps or stack is "no match". */
#pragma once
#include "base/slice.h"

struct match {
    size_t from, to;             /* the whole match */
    size_t value_from, value_to; /* the capturing group, or the whole */
    /* Where a value may begin that more text would change or make; SIZE_MAX: the end of the text
     * had no say. Set whether it matches or not. */
    size_t open;
};

/* Try the program at text.p[at]. */
bool pattern_match(uint32_t program, struct slice text, size_t at, struct match *ret);

/* Has the program a capturing group? Then what stands before it is no part of the value. */
bool pattern_has_group(uint32_t program);

/* Is the byte before `at` (the one at `at`) no part of a word? Escapes that stand for a line end or
 * a quote (\n, %22) end a word as well as what they stand for. */
bool pattern_starts_word(struct slice text, size_t at);
