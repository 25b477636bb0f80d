/* SPDX-License-Identifier: Apache-2.0 */
/* verifying.h - a model, its signatures and whom the user trusts, as the options say: what verify,
 * seal and run have in common.
 *
 *    verifying_start ── options, keys; the worker is forked while the program is small
 *    verifying_check ── bundles, signatures, files -> verdict
 *
 * Owns: keys and a worker, until verifying_done(), also after a start that failed.
 * Threads: one owner.   Fails: says it on stderr. */
#pragma once
#include "cli/bundles.h"
#include "cli/trusts.h"

struct verifying {
    struct cli *cli;
    struct slice model; /* its path */
    struct trusts trusts;
    struct bundles bundles;
    struct slice *files; /* of the signatures */
    struct bundle *bundle;
    size_t count;
    struct verify_options options;
    struct verdict verdict;
};

/* signatures: the option that names them. */
bool verifying_start(struct verifying *v, struct cli *c, enum opt signatures, struct slice model);
void verifying_done(struct verifying *v);
/* Reads the model as it lies there now. ST_OK: there is a verdict, good or bad. */
MUST_USE enum st verifying_check(struct verifying *v);
/* Say the verdict; the exit code. */
int verifying_tell(struct verifying *v);
