/* SPDX-License-Identifier: Apache-2.0 */
/* screen.h - the judge of exchange.h: what one request and its answer say, and what is done.
 *
 *     request body ─ content ─ surface ─► parts ─ inspect ─ decide ─► as it came | rewritten |
 * refused answer, whole ──────────── the same, with the system prompt and the placeholders of its
 * request answer, streamed ───────── stream.h
 *
 * Whatever cannot be read is refused where the policy enforces, unless it says that unknown things
 * pass; where it observes, bytes pass as they came and the record says what would have been done.
 * The upstream is asked for answers without compression and without ranges, where a surface is
 * known: a piece of an answer cannot be judged. Owns: per exchange its bodies, their parts and
 * names; per thread the engine. Threads: constant, but for the state of a thread.   Fails: closed:
 * refused, and the record says why. */
#pragma once
#include "guard/exchange.h"
#include "guard/record/recorder.h"
#include "guard/judge/scope.h"

struct screen {
    const struct guard_policy *policy; /* where the plan has none */
    struct recorder *recorder;         /* hears of each exchange at its end; NULL: nobody does */
};

/* The table; `screen` is its ctx and lives as long. */
struct exchange_table screen_table(const struct screen *screen);
