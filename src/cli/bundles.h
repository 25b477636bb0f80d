/* SPDX-License-Identifier: Apache-2.0 */
/* bundles.h - signature files, decoded in the sandbox.
 * Owns: a worker, until bundles_done().   Threads: one owner.
 * Fails: says it on stderr and returns BUNDLES_TROUBLE; a file that is no bundle is an answer. */
#pragma once
#include "cli/cli.h"
#include "sign/bundle.h"

struct box;

struct bundles {
    struct cli *cli;
    struct box *box;
    struct arena arena; /* what was decoded lies here */
};

enum bundles_end { BUNDLES_OK, BUNDLES_BAD, BUNDLES_TROUBLE };

/* Early: while the program is small. */
bool bundles_start(struct bundles *b, struct cli *c);
void bundles_done(struct bundles *b);
/* BUNDLES_BAD: *ret_why says what is wrong with it. */
enum bundles_end bundles_load(struct bundles *b, struct slice file, struct bundle *ret,
                              struct slice *ret_why);

/* Where the signature of a model lies when nobody says it: beside it, "models.merlon.sig"; of a
 * path without a name (".", "/"), in it: "model.sig". */
struct slice bundle_place(struct cli *c, struct slice model);
