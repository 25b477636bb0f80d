/* SPDX-License-Identifier: Apache-2.0 */
/* worker.h - the process in which hostile bytes are read.
 * Protocol (parent <-> worker): 'j' + request + [fd, spool] -> 'r' + record ... -> 'd' + last
 * record. The spool comes with the first job only. Before the first job it sends 's' + state: what
 * the sandbox is. */
#pragma once
#include "box/box.h"

_Noreturn void worker_main(const struct box_options *o, box_fn *fn, int sock);
