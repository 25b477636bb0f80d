/* SPDX-License-Identifier: Apache-2.0 */
/* notebook.h - rules about what only notebooks have.
 * Owns: nothing outside the judge's arena.   Threads: one owner.   Fails: the judge's `nomem`. */
#pragma once
#include "detect/judge.h"
#include "read/code/code.h"

/* Magics of a module that is a notebook, and commands in cells. */
void notebook_magics(struct judge *j, const struct reading *r, const struct event *ev);
void notebook_command(struct judge *j, const struct reading *r, const struct event *ev);
/* A finding is about to be sent: does it lie in a cell that is hidden? */
void notebook_finding(struct judge *j, const struct finding *f);
/* Was a secret, or what a command does, told for this line already? */
bool notebook_told(const struct judge *j, uint32_t line, bool secret);

/* What active content does; NULL: nothing that a plotting library would not do. *ret_at: where. */
const char *notebook_active(struct slice mime, struct slice text, size_t *ret_at,
                            enum severity *ret_severity);
