/* SPDX-License-Identifier: Apache-2.0 */
/* proxy.h - the gateway as a whole: one loop per thread, started, reloaded and drained together.
 * Owns: its threads and plans.   Threads: the caller's alone; loops hear of it through eventfds.
 * Fails: NULL or false, and sentences. */
#pragma once
#include "guard/exchange.h"
#include "guard/proxy/plan.h"
#include "net/loop.h"

struct proxy;
struct recorder;

/* Takes the plan. `table` may be NULL: everything passes. */
struct proxy *proxy_new(struct plan *plan, const struct exchange_table *table,
                        const struct net_host *host, struct buf *why);
/* Before it starts: who is asked for /merlon/requests/ID and told on in metrics and health. It
 * stays the caller's. */
void proxy_record(struct proxy *p, struct recorder *r);
/* Its threads run until proxy_drain() or proxy_free(). False: errno says why. */
bool proxy_start(struct proxy *p);
/* Instead of threads: one round of every loop, in the caller's. False: they have ended. */
bool proxy_round(struct proxy *p, uint64_t most_ms);
/* From the next request on; takes the plan. */
void proxy_reload(struct proxy *p, struct plan *plan);
/* Listeners are closed at once, exchanges may end; true when all did within the plan's time. */
bool proxy_drain(struct proxy *p);
/* Only the wish: for proxy_round(). */
void proxy_ask_to_drain(struct proxy *p);
/* The plan in use; it stays until the next reload. */
struct plan *proxy_plan(const struct proxy *p);
void proxy_free(struct proxy *p);
