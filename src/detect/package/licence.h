/* SPDX-License-Identifier: Apache-2.0 */
/* licence.h - what a licence asks of whoever uses the work, as far as its name tells.
 * Why: SPDX expressions, tags of Hugging Face and the free words of package indexes name the same
 * few hundred licences. rules/licences.tsv knows them; what it does not know is LICENCE_UNKNOWN:
 * nothing is guessed, and a name says nothing about the text that lies beside it.
 *
 *    A OR B     whoever uses it chooses: the one that asks less
 *    A AND B    the one that asks more
 *    A WITH E   a copyleft whose exception E frees what is only linked to it is a weak one
 *
 * Source: SPDX Specification 2.3, annex D; A/B of old package.json and Cargo.toml is A OR B.
 * Owns: nothing.   Threads: pure.   Fails: never; an expression nested deeper than 16 is unknown.
 */
#pragma once
#include "base/slice.h"

enum licence { /* what asks for more stands behind what asks for less */
               LICENCE_PERMISSIVE,
               LICENCE_WEAK,
               LICENCE_UNKNOWN,
               LICENCE_COPYLEFT,
               LICENCE_USE,
               LICENCE_NON_COMMERCIAL,
               LICENCE_SOURCE,
               LICENCE_NETWORK,
               LICENCE_NONE,
               LICENCE_EXCEPTION, /* no licence: stands behind WITH */
};

struct licence_row {
    char id[52], note[104]; /* of rules/licences.tsv */
    uint8_t is;             /* enum licence */
};

extern const struct licence_row licence_rows[];
extern const size_t licence_row_count;

struct licence_said {
    struct slice name; /* the line that counts; empty: there is none */
    const char *note;  /* what it asks, "" if nothing */
};

/* Of several lines the one that asks least: they are names for the same licence, or a choice. */
enum licence licence_of(struct slice text, struct licence_said *ret);
