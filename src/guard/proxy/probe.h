/* SPDX-License-Identifier: Apache-2.0 */
/* probe.h - asking upstreams how they are (`health` in guard.toml), also when no request does.
 * One loop asks for all. Good: a head of 2xx or 3xx within health_timeout. health_fall bad answers
 * in a row take an upstream out, health_rise good ones bring it back.
 * Owns: its probes and their connections.   Threads: its loop's.   Fails: NULL = no memory. */
#pragma once
#include "guard/proxy/flow.h"

struct probes;

struct probes *probes_start(struct plan *plan, struct loop *loop);
/* Between two rounds. NULL is allowed. */
void probes_stop(struct probes *p);
