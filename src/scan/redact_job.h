/* SPDX-License-Identifier: Apache-2.0 */
/* redact_job.h - the worker's side of redact.h, and what it answers.
 *
 *    finding  as in record.h: malformed parts, parts that were not looked at
 *    counts   'C' values:u64 rule:text           one per rule that was replaced
 *    end      'E' end:u8 format:u16 records values keys_left written: u64 encoding why: text
 *    text     length:u16 bytes
 *
 * Owns: nothing.   Threads: one per process.   Fails: an end record says how. */
#pragma once
#include "scan/redact_part.h"

/* A box_fn. The result is written to box_out(), spans to the spool. */
void redact_job(struct box_job *job, int fd, int spool_fd, struct slice request);
