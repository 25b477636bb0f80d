/* SPDX-License-Identifier: Apache-2.0 */
/* mask.h - how a personal value or secret is shown: recognised by who knows it and of no use to
 * others. The same in evidence and in copies that `merlon data redact` makes.
 * Owns: nothing.   Threads: pure.   Fails: never. */
#pragma once
#include "base/slice.h"

#define MASK_MAX 64

/* "AKIA**************7Q". NUL-terminated. */
void mask_value(struct slice text, char ret[MASK_MAX]);

/* A column's name or a key that is itself a value (a table without names, a comment taken for
 * them): a long word of letters and digits, a long number, an e-mail address. */
bool mask_calls_for(struct slice name);
