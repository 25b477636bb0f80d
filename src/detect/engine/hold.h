/* SPDX-License-Identifier: Apache-2.0 */
/* hold.h - of a text that is still coming: what may leave already.
 * Why: a stream that waits until all is known is no stream, and one that does not wait lets the
 * first half of a secret pass. Here a byte waits only while it can still belong to a value that is
 * not decided:
 *
 *     "my key is AKIAYQFODESAR"    waits from AKIA on: the pattern wants more
 *     "call 212 867-5309 "         waits for the 48 bytes behind: "... is my office number"
 *     "the year 2024 was"          waits from "was" on: a word could become an address
 *
 * Each call looks again at the little that is not settled: candidates whose pattern met the end of
 * the text, or whose check passed and which words behind them could still make true (find_wait).
 * Context ends 48 bytes behind a number or a secret, or with its line; where a vendor's name may
 * follow its key, 232 bytes or the line's end; a private key waits for its last line, or 15 KB.
 * Values that ask for more than ENGINE_HOLD_MAX bytes are decided by what has come.
 *
 * Bare numbers (HIT_BARE) are not told: there are no columns in a stream. Hits are those of
 * engine_scan() of the whole text, with one exception: the values of a Kubernetes Secret are told
 * before it is known that the document is encrypted (sops).
 *
 * Owns: its state, not the text.   Threads: one owner, of the engine too.
 * Fails: NULL when memory is out; after that nothing fails and nothing is allocated. */
#pragma once
#include "detect/engine/engine.h"

#define ENGINE_HOLD_MAX 16384u

struct engine_hold;
/* Of the sink only on_hit and ctx count. */
struct engine_hold *engine_hold_new(struct engine *e, const struct engine_sink *sink);
void engine_hold_free(struct engine_hold *h);
void engine_hold_reset(struct engine_hold *h);

/* The stream from byte `base` on, which must be a multiple of 64 and at most engine_hold_keep();
 * `whole`: nothing more will come. Tells the hits that are decided now, in order; gives the byte
 * before which no other hit will lie. */
uint64_t engine_hold_look(struct engine_hold *h, struct slice text, uint64_t base, bool whole);
/* Bytes before this are not asked for again. A multiple of 64. */
uint64_t engine_hold_keep(const struct engine_hold *h);
/* Was something decided before its end had come? */
bool engine_hold_forced(const struct engine_hold *h);
