/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.h - what the gateway decided about one exchange, stage by stage, for people.
 * Why: a decision that nobody can follow is not accepted; everything that it hangs on is in its
 * record (doc/format-log.md, "What the gateway judged").
 * Owns: nothing.   Threads: pure.   Fails: members that are not as they should be are left out. */
#pragma once
#include "log/event.h"
#include "report/page.h"

/* `e` is an event of the kind guard; the arena is for texts that were escaped. */
void exchange_explain(struct page *p, const struct event *e, struct arena *arena);
