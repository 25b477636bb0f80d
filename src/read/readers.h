/* SPDX-License-Identifier: Apache-2.0 */
/* readers.h - the table of readers: one row per format, one function per row.
 * Adding a reader? See CONTRIBUTING.md, "a reader in 6 steps". */
#pragma once
#include "read/reading.h"

#define SNIFF_MAX 6

/* All formats as which these bytes can be read, the likeliest first; several for a polyglot.
 * The name is used only where bytes cannot tell (protocol-0 pickles, templates, JSON roles). */
size_t sniff(struct slice bytes, struct slice name, enum format ret[SNIFF_MAX]);

typedef enum st reader_fn(struct reading *r);

/* NULL: the format is known, but nothing reads it. */
reader_fn *reader_of(enum format f);
