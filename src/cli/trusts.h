/* SPDX-License-Identifier: Apache-2.0 */
/* trusts.h - whom a verifier trusts: the options that name keys, roots, identities and times.
 * Only options: neither a settings file nor the environment can widen what is trusted.
 * Owns: keys, until trusts_done().   Threads: one owner.
 * Fails: says it on stderr and returns false. */
#pragma once
#include "cli/cli.h"
#include "sign/verify.h"

struct trusts {
    struct cli *cli;
    struct verify_key *keys;
    size_t key_count;
    struct x509_list anchors, crls;
    struct trust root;
    struct verify_trust trust; /* all of it */
};

bool trusts_read(struct trusts *t, struct cli *c);
void trusts_done(struct trusts *t);
