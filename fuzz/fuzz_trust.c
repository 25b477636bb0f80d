/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_trust.c - trusted_root.json; what cannot be read has a sentence. */
#include "fuzz.h"
#include "sign/trust.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct trust t;
    struct slice why = {0};
    arena_init(&arena, 32u << 20, 4096);
    enum st st = trust_read(slice_of(data, size), &arena, &t, &why);
    if (st == ST_MALFORMED && !why.n) abort();
    if (st != ST_OK && st != ST_MALFORMED && st != ST_NOMEM) abort();
    for (size_t i = 0; st == ST_OK && i < t.log_count; i++)
        if (t.logs[i].checkpoint_id.n < 4) abort();
    arena_done(&arena);
    return 0;
}
