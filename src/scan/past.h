/* SPDX-License-Identifier: Apache-2.0 */
/* past.h - earlier versions of files, from a git repository's history, as items of the queue.
 * Threads: past_open before any thread is started; past_walk on the thread that walks.
 * Fails: ST_IO with a text when there is no history to read. */
#pragma once
#include "scan/collect.h"
#include "scan/queue.h"

struct past;

/* NULL without a word when the options do not ask for the history. */
MUST_USE enum st past_open(const struct scan_options *o, struct past **ret);
MUST_USE enum st past_walk(struct past *p, struct queue *q, struct collector *c,
                           struct slice *ret_error);
void past_close(struct past *p);
