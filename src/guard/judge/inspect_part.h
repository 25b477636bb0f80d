/* SPDX-License-Identifier: Apache-2.0 */
/* inspect_part.h - what the makers of matches share; private to guard. */
#pragma once
#include "guard/judge/inspect.h"

/* rule_find() of a rule that is known to exist. */
const struct rule *match_rule(const char *id);
const char *link_rule(enum link_fault fault);
/* NULL: as it lies. */
void match_seen_in(struct guard_match *m, const char *via);
void match_add(struct inspect_out *out, enum guard_check check, const struct guard_match *m);
/* The match of a literal; false: it is of the allow list. */
bool match_of_literal(const struct literal_found *f, struct guard_match *ret);
/* Takes out what lies in an allowed literal ([from, to) of part), and sorts by place. */
void matches_allow(struct inspect_out *out, unsigned part, size_t from, size_t to);
void matches_sort(struct inspect_out *out);
