/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_baseline.c - an earlier report, or what somebody calls one. */
#include "fuzz.h"
#include "policy/baseline.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct baseline b;
    struct arena a;
    const char *why = NULL;
    arena_init(&a, 64u << 20, 4096);
    if (baseline_read(slice_of(data, size), &a, &b, &why)) {
        for (size_t i = 0; i < b.count; i++)
            if (!b.findings[i].fingerprint.n) abort();
    } else if (!why) {
        abort();
    }
    arena_done(&a);
    return 0;
}
