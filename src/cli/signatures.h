/* SPDX-License-Identifier: Apache-2.0 */
/* signatures.h - what `merlon scan` does with signatures: --verify holds what it reads against one,
 * --sign makes one of what passed the gate. Each byte is read from the disk once: both use the
 * digests that the scan makes.
 * Owns: keys, a worker, digests, until signatures_done(); that of a zeroed struct may be called.
 * Threads: one owner.   Fails: says it on stderr and returns false. */
#pragma once
#include "cli/select.h"
#include "cli/verifying.h"
#include "finding/result.h"

struct seen;

struct signatures {
    struct cli *cli;
    bool verify, sign;
    struct seen *seen;
    struct verifying verifying;
};

/* While the program is small. */
bool signatures_start(struct signatures *s, struct cli *c, const struct selection *sel);
void signatures_done(struct signatures *s);
/* For the scan's options; NULL: nobody asks for digests. */
const struct hash_memory *signatures_memory(const struct signatures *s);
/* After the scan, before anything is accepted: findings for what is not as it was signed. */
bool signatures_check(struct signatures *s, struct result *r);
/* After the gate. */
bool signatures_sign(struct signatures *s, bool passed, bool tell);
