/* SPDX-License-Identifier: Apache-2.0 */
/* targets.h - the paths that were asked for become opened files in the queue.
 * Threads: the main one.   Fails: ST_IO with a text when a path cannot be opened at all. */
#pragma once
#include "scan/collect.h"
#include "scan/queue.h"

MUST_USE enum st targets_walk(const struct scan_options *o, struct queue *q, struct collector *c,
                              struct slice *ret_error);
/* The files that findings of the scanned ones depend on. */
MUST_USE enum st targets_context(const struct scan_options *o, struct queue *q,
                                 struct collector *c);
/* Is it left out by --exclude? */
bool target_excluded(const struct scan_options *o, struct slice path, bool is_dir);
/* One path, and it is a regular file or standard input: one worker is enough. */
bool targets_are_one_file(const struct scan_options *o);
