/* SPDX-License-Identifier: Apache-2.0 */
/* host.h - the clock and the randomness of the machine.
 * Why: everything else takes time as a parameter, so that tests are repeatable. */
#pragma once
#include "base/slice.h"

uint64_t host_now_ns(void); /* monotonic */
int64_t host_wall_s(void);  /* seconds since 1970, UTC */
int64_t host_wall_ms(void); /* the same in milliseconds */
/* Seconds since `started_ns`, whole milliseconds as JSON keeps them: a report made later says the
 * same. */
double host_seconds_since(uint64_t started_ns);
bool host_random(void *p, size_t n);
/* "2026-11-25T02:31:00Z" into text[21]. */
void host_rfc3339(int64_t wall_s, char text[21]);
