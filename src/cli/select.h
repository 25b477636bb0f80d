/* SPDX-License-Identifier: Apache-2.0 */
/* select.h - what a scan looks at: paths, and with --since and --staged only some files of them.
 * Owns: select_done() removes the folder that staged files were unpacked to.
 * Threads: one owner, before any thread is started.   Fails: says it and returns false. */
#pragma once
#include "cli/cli.h"

struct selection {
    struct slice *paths; /* to be scanned */
    size_t path_count;
    struct slice *only; /* relative paths, when only_set */
    size_t only_count, only_room;
    bool only_set;
    char *staged; /* the folder of unpacked staged files, or NULL */
    size_t staged_left_out;
    const char *history_root, *history_below; /* --git: NULL without */
    struct slice target;                      /* as the reports name it */
    bool inside;                              /* all paths lie in the invoker's project */
};

bool select_paths(struct cli *c, struct selection *ret);
/* Where the paths of the result start, absolute and without links; NULL: it is gone. */
const char *select_folder(struct cli *c, const struct selection *s);
void select_done(struct selection *s);
/* The file on disk that a finding's path means; "" when there is none (standard input). */
const char *select_file(struct cli *c, const struct selection *s, struct slice path);
