/* SPDX-License-Identifier: Apache-2.0 */
/* ask_part.h - what the child's jobs share: one file per question (ask.c, past.c).
 * Owns: the process it runs in.   Threads: one.   Fails: give_up() ends the process. */
#pragma once
#include "port/git/abi.h"
#include "port/git/ask.h"
#include "base/slice.h"

struct ask_job {
    const struct ask *ask;
    struct git_api git;
    void *repo;
    bool bare; /* there is no work tree */
};

/* One record to the parent; ends the process when nobody listens. */
void ask_say(const struct ask_job *j, char kind, const char *text);
void ask_write(const struct ask_job *j, struct slice bytes);
_Noreturn void ask_give_up(const struct ask_job *j, const char *what);

/* past.c: every blob that any reference leads to and that the files of the work tree do not hold,
 * once each, oldest commit first. */
void ask_past(struct ask_job *j);
