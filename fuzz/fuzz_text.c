/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_text.c - the first byte picks a text's role, the rest is the text. */
#include "detect/judge.h"
#include "fuzz.h"
#include <stdlib.h>

static void check_finding(void *ctx, const struct finding *f)
{
    (void)ctx;
    if (!f->rule || !f->message.n || f->severity >= SEV_COUNT) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum text_role roles[] = {TEXT_TEMPLATE, TEXT_METADATA, TEXT_CODE, TEXT_DOC};
    struct arena arena;
    struct budget budget;
    struct judge judge;
    if (!size) return 0;
    struct slice text = slice_sub(slice_of(data, size), 1, size);
    struct layer layer = {.name = S("some.txt"), .bytes = text};
    arena_init(&arena, 64u << 20, 64u << 10);
    budget_defaults(&budget);
    judge_init(&judge, &arena, check_finding, NULL);
    struct reading r = {.arena = &arena,
                        .budget = &budget,
                        .emit = judge_event,
                        .emit_ctx = &judge,
                        .content = true,
                        .layer = &layer};
    tell_text(&r, roles[data[0] % 4], S("some.key"), text, 0, 1);
    judge_finish(&judge);
    arena_done(&arena);
    return 0;
}
