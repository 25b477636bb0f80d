/* SPDX-License-Identifier: Apache-2.0 */
/* template.h - judges a chat template: a program in Jinja that comes with a model and is run by
 * whoever chats with it.
 * Why: templates have run commands on servers (CVE-2024-34359), and can change what is asked.
 * Owns: nothing; works in an arena of its own that ends with the call.   Threads: one owner.
 * Fails: a template that cannot be parsed or followed is a finding; out of memory sets j->nomem. */
#pragma once
#include "detect/judge.h"

void judge_template(struct judge *j, const struct reading *r, const struct event *ev);
