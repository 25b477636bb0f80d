/* SPDX-License-Identifier: Apache-2.0 */
/* revocations.h - the list that --revoked names, believed once --revoked-by has signed it.
 * Owns: nothing; it lies in the run's arena.   Threads: one owner.
 * Fails: says it on stderr and returns false: a list that cannot be read says nothing good. */
#pragma once
#include "cli/bundles.h"
#include "sign/revoked.h"

/* *ret is NULL when no list was asked for. */
bool revocations_read(struct cli *c, struct bundles *b, const struct revoked **ret);
