/* SPDX-License-Identifier: Apache-2.0 */
/* faults.h - what is wrong with records, told with place and line.
 * Why: a hostile file breaks a rule in every record. The first hundred faults are told one by one
 * (a line number costs a look at all that lies before it), the others as a number.
 * Owns: nothing.   Threads: one owner.   Fails: never. */
#pragma once
#include "read/text/blocks.h"

struct faults {
    struct source *source;
    struct blocks_line line;
    uint64_t count; /* told or not */
};

void faults_init(struct faults *f, struct source *source);
/* At text[at], which seldom decreases; row: from 1, 0 for none. */
__attribute__((format(printf, 4, 5))) void faults_tell(struct faults *f, size_t at, uint64_t row,
                                                       const char *fmt, ...);
/* How many more there were. */
void faults_done(const struct faults *f);
