/* SPDX-License-Identifier: Apache-2.0 */
/* fix_part.h - what fix*.c share about commits; nobody else includes it.
 * Owns: nothing; texts live in the fix's arena.   Threads: one owner. */
#pragma once
#include "scan/fix.h"

struct pins { /* of one file */
    struct fix *fix;
    struct slice file;         /* its bytes */
    struct finding_edit *list; /* room for `most` */
    size_t count, most;
    int64_t *told; /* lines of findings; 0 once it is settled */
    size_t told_count;
    size_t at, tries; /* fix_pin.c's: where it is, and how many calls it will look into */
    int64_t line;
};

/* Adds an edit for each call on these lines whose commit is known; counts the others in
 * fix->unpinned. */
void fix_pins(struct pins *pins, bool notebook);
/* The commit that "main" of a repository was when it was fetched, as 40 hexadecimal digits: of the
 * caches of whoever calls, or else of one that lies at the top of the folder that was scanned.
 * False: not known, or two caches say different things. `kind` is "models", "datasets" or "spaces".
 */
bool fix_commit(const struct fix *f, const char *kind, struct slice repository, char ret[41]);
