/* SPDX-License-Identifier: Apache-2.0 */
/* litellm.h - the guard as somebody else's guardrail: LiteLLM's Generic Guardrail API.
 * Why: who runs LiteLLM has a gateway already; it asks us about each request and each answer and
 * does what we say. The same parts, checks and rows as for what passes through, and nothing is
 * sent on.
 *
 *     {"input_type": "request" | "response", "texts": [...], "images", "tools", "tool_calls",
 *      "structured_messages", ...}
 *         ─► {"action": "NONE"}                                             it may go on
 *          | {"action": "GUARDRAIL_INTERVENED", "texts": [...], ...}        it may go on like that
 *          | {"action": "BLOCKED", "blocked_reason": "..."}
 *
 * A text has the role of the message that says the same (structured_messages), else that of a user
 * or, in answers, of the assistant. Lists that were changed are given back whole, every other
 * element as it came; in tool_calls nothing can be changed (LiteLLM takes none back), so what
 * should be is blocked. Nothing is remembered between a request and its answer: what should be
 * anonymised is redacted, and answers are not compared with the system prompt.
 * Source: docs.litellm.ai, "Generic Guardrail API" (beta), of 2026-10. LiteLLM adds
 * /beta/litellm_basic_guardrail_api to its api_base.
 * Owns: nothing; all lies in the arena.   Threads: that of `inspect`.
 * Fails: 400: not such a body; 500: out of memory. LiteLLM takes both as a failed guardrail and
 * stops, unless it was told to go on then. */
#pragma once
#include "guard/record/record.h"
#include "guard/judge/scope.h"

/* "/merlon/guard", also with what LiteLLM adds. */
bool litellm_path(struct slice path);

struct litellm_in {
    const struct guard_scope *scope;
    struct inspect *inspect;
    struct slice body, route, tenant;
};
/* Gives the HTTP status; the answer (application/json) is added to `out`, the side that it was
 * about is filled in, in `record`. */
unsigned litellm_answer(const struct litellm_in *in, struct arena *arena,
                        struct guard_record *record, struct buf *out);
