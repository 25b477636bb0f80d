/* SPDX-License-Identifier: Apache-2.0 */
/* data.h - what the router of events knows of this room beside judge_data().
 * Owns: nothing.   Threads: one owner.   Fails: j->nomem. */
#pragma once
#include "detect/judge.h"

/* The layer or the subject ends: columns vote, repeats are told. */
void data_leave(struct judge *j);

/* Secrets and personal data in a text with a role (metadata, templates, code in models). */
void data_role(struct judge *j, const struct reading *r, const struct event *ev);

/* Text of the subject as evidence of something else: secrets and personal values in it are masked,
 * unless they are to be shown. Not while a text is looked at: what is found then is `masked`. */
struct slice data_shown(struct judge *j, struct slice text);
