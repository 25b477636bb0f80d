/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_facet.c - what a worker that was taken over may write for a comparison. The input is two
 * lists of facets with a length in front. */
#include "fuzz.h"
#include "scan/diff.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cursor c = cur_of(slice_of(data, size));
    struct slice old = cur_bytes(&c, cur_u16le(&c)), new = cur_bytes(&c, cur_left(&c));
    struct diff_file f = {0};
    struct arena a;
    arena_init(&a, 4u << 20, 4096);
    if (diff_facets(&a, old, new, &f) && f.facet_count > DIFF_FACETS_KEPT) abort();
    for (size_t i = 0; i < f.facet_count; i++)
        if (f.facets[i].kind >= FACET_KINDS || f.facets[i].change >= DIFF_CHANGES) abort();
    arena_done(&a);
    return 0;
}
