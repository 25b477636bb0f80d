/* SPDX-License-Identifier: Apache-2.0 */
/* record.h - what a worker says about a subject, as bytes.
 * Why: the worker may have been taken over by what it read; the parent therefore decodes every
 * record with the cursor and refuses whatever is not exactly as this file defines it. The cache
 * keeps the same bytes.
 *
 *    finding  'F' rule:u16 severity:u8 line column offset row:i64 anchor:u64
 *                 inner_count:u8 {text}* field message evidence fix: text
 *                 condition:u8 name versions loads: text   edit:u8 [from to:u64 text]
 *    subject  'S' format:u16 kind:u8 flags:u8 unread:u64 variant detail: text
 *    requirement 'R' exact:u8 name versions: text
 *    claim    'C' store about kind flags:u8 size count line:u64 digest:bytes path note: text
 *    text     length:u16 bytes
 *
 * Owns: nothing; decoded slices lie in the arena.   Threads: pure.   Fails: false = not a record.
 */
#pragma once
#include "base/buf.h"
#include "finding/claim.h"
#include "finding/result.h"
#include "read/format.h"

enum subject_flags { SUBJECT_NOT_INSPECTED = 1, SUBJECT_NOT_COVERED = 2 };

struct subject_record {
    enum format format;
    enum subject_kind kind;
    unsigned flags;
    uint64_t unread;
    struct slice variant, detail;
};

void record_finding(struct buf *out, const struct finding *f);
void record_subject(struct buf *out, const struct subject_record *s);
void record_requirement(struct buf *out, const struct requirement *q);
void record_claim(struct buf *out, const struct file_claim *claim);

/* 'F', 'S', 'R', 'C' or 0 for anything else. */
int record_kind(struct slice record);
bool record_read_finding(struct slice record, struct arena *a, struct finding *ret);
bool record_read_subject(struct slice record, struct arena *a, struct subject_record *ret);
bool record_read_requirement(struct slice record, struct arena *a, struct requirement *ret);
bool record_read_claim(struct slice record, struct arena *a, struct file_claim *ret);
