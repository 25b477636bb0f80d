/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_sniff.c - which formats do these bytes have? Under names of which some decide with them. */
#include "fuzz.h"
#include "read/readers.h"
#include <stdlib.h>

static void sniff_as(const char *name, struct slice bytes)
{
    enum format found[SNIFF_MAX];
    size_t n = sniff(bytes, slice_str(name), found);
    if (n > SNIFF_MAX) abort();
    for (size_t i = 0; i < n; i++) {
        if (found[i] == FMT_UNKNOWN || found[i] >= FMT_COUNT) abort();
        for (size_t k = 0; k < i; k++)
            if (found[k] == found[i]) abort(); /* a reader would run twice */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"x", "model.pkl", "chat_template.jinja", "a.json", "b.txt"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        sniff_as(names[i], slice_of(data, size));
    return 0;
}
