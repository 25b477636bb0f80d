/* SPDX-License-Identifier: Apache-2.0 */
/* sarif.h - the rules of a SARIF run, with their help.
 * Owns: nothing.   Threads: one owner. */
#pragma once
#include "codec/jot.h"
#include "report/used_rules.h"

void sarif_rules_write(const struct used_rules *s, struct jot *j);

const char *sarif_level(enum severity s); /* error, warning, note */
const char *sarif_score(enum severity s); /* "9.5": what code hosts sort by */
