/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_bundle_record.c - answers of a worker that was taken over. */
#include "fuzz.h"
#include "sign/bundle_record.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bundle b;
    struct slice why = S("");
    struct arena arena;
    arena_init(&arena, 16u << 20, 4096);
    enum st st = bundle_record_read(slice_of(data, size), &arena, &b, &why);
    if (st == ST_OK &&
        (!b.signature_count || (b.material == MATERIAL_KEY) != (b.certificate_count == 0)))
        abort();
    if (st == ST_MALFORMED && !why.n) abort();
    arena_done(&arena);
    return 0;
}
