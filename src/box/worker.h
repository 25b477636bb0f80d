/* SPDX-License-Identifier: Apache-2.0 */
/* worker.h - the process in which hostile bytes are read.
 * Protocol (parent <-> worker): 'j' + request + [fd, spool] -> 'r' + records ... -> 'd' + the last
 * records; each is its length (4 bytes, little-endian) and its bytes. The spool comes with the
 * first job only. Before the first job it sends 's' + state: what the sandbox is. */
#pragma once
#include "box/box.h"

#define BOX_LENGTH      4u /* bytes before a record */
#define BOX_MESSAGE_MAX (BOX_RECORD_MAX + BOX_LENGTH)

_Noreturn void worker_main(const struct box_options *o, box_fn *fn, int sock);
