/* SPDX-License-Identifier: Apache-2.0 */
/* surface_verdict.h - what refusals and closing events say alike.
 * Owns: nothing.   Threads: one owner.   Fails: by the buffer's sticky flag. */
#pragma once
#include "codec/jot.h"
#include "guard/surface/surface_write.h"

/* {"error": "...", "code": "..."} */
void verdict_error(struct jot *j, const struct surface_verdict *v);
/* JSON-RPC errors for all requests of the body; one without an id where nobody asked. */
void verdict_rpc(struct jot *j, const struct surface_doc *request, const struct surface_verdict *v);
