/* SPDX-License-Identifier: Apache-2.0 */
/* resolver.h - names of upstreams, asked again every so often (timeouts.resolve in guard.toml).
 * Why: servers move, and asking for a name may take seconds, which no loop has. A name that is not
 * answered changes nothing. Addresses that are numbers are not asked for; without names there is no
 * thread.
 * Owns: a thread, which outlives resolver_stop() while the system's resolver keeps it waiting.
 * Threads: the caller's alone.   Fails: NULL = nothing to ask, or no thread: addresses stay. */
#pragma once
#include "guard/proxy/plan.h"

struct resolver;
typedef bool resolve_fn(struct slice host, uint16_t port, struct addresses *ret, struct buf *why);

/* `resolve`: address_resolve(), but for tests. */
struct resolver *resolver_start(struct plan *plan, resolve_fn *resolve);
void resolver_stop(struct resolver *r); /* NULL is allowed */
