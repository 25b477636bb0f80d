/* SPDX-License-Identifier: Apache-2.0 */
/* secrets.h - keys and passwords: read into memory that is wiped afterwards, never printed.
 * A password comes from --password-file, else from MERLON_KEY_PASSWORD, else from the terminal.
 * Never as an option: every process of the machine could read it there.
 * Owns: nothing; the caller wipes with secret_wipe().   Threads: one owner.
 * Fails: says it on stderr and returns false. */
#pragma once
#include "cli/cli.h"

#define SECRET_MAX 65536u

struct secret {
    uint8_t bytes[SECRET_MAX];
    size_t n;
};

static inline struct slice secret_slice(const struct secret *s)
{
    return slice_of(s->bytes, s->n);
}

/* A file of at most SECRET_MAX bytes. */
bool secret_read(struct cli *c, struct slice file, struct secret *ret);
/* Without the line break at its end. `what`: "password of release.key". */
bool secret_password(struct cli *c, struct slice what, struct secret *ret);
void secret_wipe(struct secret *s);
