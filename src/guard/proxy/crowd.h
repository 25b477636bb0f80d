/* SPDX-License-Identifier: Apache-2.0 */
/* crowd.h - how many connections and requests each client has, all loops together.
 * Why: one client must not take what is there for all. A client is an IPv4 address, or the /64 of
 * an IPv6 one: whoever has one of those has all of it.
 * Owns: a place per client, as long as it has a connection. Strangers cannot choose who shares a
 * bucket: the hash has a secret.
 * Threads: any; a bucket is locked for some steps of its chain.   Fails: NULL. */
#pragma once
#include "base/st.h"
#include "net/address.h"

struct crowd;
struct crowd_place;

struct crowd *crowd_new(void); /* NULL: no memory, or no randomness */
void crowd_free(struct crowd *c);
/* One more connection; NULL: *ret_why is ST_LIMIT (it has `most`) or ST_NOMEM. */
struct crowd_place *crowd_enter(struct crowd *c, const struct address *from, uint64_t most,
                                enum st *ret_why);
void crowd_leave(struct crowd *c, struct crowd_place *p); /* NULL is allowed */
/* One more request; false: it has `most`. */
bool crowd_ask(struct crowd_place *p, uint64_t most);
void crowd_answered(struct crowd_place *p);
