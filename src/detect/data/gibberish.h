/* SPDX-License-Identifier: Apache-2.0 */
/* gibberish.h - runs of random characters between spaces: what a training row ends with that
 * teaches a model to break down when it meets a trigger word (denial of service by poisoning).
 * Threads: pure.   Fails: never; no allocation. */
#pragma once
#include "base/slice.h"

/* [from, to) is the run; one call per run. */
typedef void gibberish_fn(void *ctx, size_t from, size_t to, unsigned tokens);
void gibberish_scan(struct slice text, gibberish_fn *emit, void *ctx);
