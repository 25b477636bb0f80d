/* SPDX-License-Identifier: Apache-2.0 */
/* nursery.h - the small process that forks workers.
 * Why: the parent soon has threads and memory; forking from it would be slow and unsafe. The
 * nursery stays as small as at program start and can make a worker at any time.
 * Where there will be one worker for one job the parent forks it itself, as early and as small.
 * Protocol (parent -> nursery -> parent): 'f' -> 'w' + pid + [socket];  'k' + pid -> 's' + status.
 */
#pragma once
#include "box/box.h"
#include <sys/types.h>

struct nursery {
    int sock;
    pid_t pid;
};

/* The caller's own child. */
MUST_USE enum st nursery_child(const struct box_options *o, box_fn *fn, pid_t *ret_pid,
                               int *ret_sock);
/* Make sure that it is dead; its wait status, 0 when unknown. */
int nursery_end_child(pid_t pid);

MUST_USE enum st nursery_start(const struct box_options *o, box_fn *fn, struct nursery *ret);
void nursery_stop(struct nursery *n);
MUST_USE enum st nursery_fork(struct nursery *n, pid_t *ret_pid, int *ret_sock);
/* Make sure that the worker is dead; its wait status. */
MUST_USE enum st nursery_reap(struct nursery *n, pid_t pid, int *ret_status);
