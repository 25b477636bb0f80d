/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_litellm.c - what LiteLLM may send: the answer is JSON, and says one of three things. */
#include "codec/json.h"
#include "fuzz.h"
#include "guard/screen/litellm.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct inspect *inspect;
    static struct guard_record record;
    struct arena arena;
    struct buf out;
    struct json j;
    if (!inspect && !(inspect = inspect_new())) abort();
    arena_init(&arena, 64u << 20, 4096);
    buf_init(&out, 8u << 20);
    memset(&record, 0, sizeof record);
    struct litellm_in in = {guard_policy_usual(true)->scopes, inspect, slice_of(data, size),
                            S("/merlon/guard"), S("")};
    unsigned status = litellm_answer(&in, &arena, &record, &out);
    if (status == 200 && !slice_starts(buf_slice(&out), S("{\"action\":\""))) abort();
    json_init(&j, buf_slice(&out));
    while (buf_ok(&out) && json_next(&j) != JSON_END)
        if (j.token == JSON_BAD) abort();
    buf_done(&out);
    arena_done(&arena);
    return 0;
}
