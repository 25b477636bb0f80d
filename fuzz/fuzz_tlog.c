/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_tlog.c - the body of a log entry, as each kind that is known; it is never about what it does
 * not hold. */
#include "fuzz.h"
#include "sign/tlog.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const kinds[] = {"dsse", "hashedrekord"}, *const versions[] = {"0.0.1",
                                                                                      "0.0.2"};
    const struct tlog_subject subject = {S("payload"), S("pae"), S("signature"), S("certificate")};
    struct arena arena;
    arena_init(&arena, 16u << 20, 4096);
    for (unsigned i = 0; i < 4; i++) {
        struct slice why = {0};
        struct bundle_entry e = {.kind = slice_str(kinds[i & 1]),
                                 .version = slice_str(versions[i >> 1]),
                                 .body = slice_of(data, size)};
        enum st st = tlog_binds(&e, &subject, &arena, &why);
        if (st == ST_MALFORMED && !why.n) abort();
        if (st == ST_OK && !slice_has(e.body, S("c2lnbmF0dXJl"))) abort();
    }
    arena_done(&arena);
    return 0;
}
