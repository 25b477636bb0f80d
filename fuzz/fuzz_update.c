/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_update.c - a bundle of rules as it comes, and its parts as if they had been signed. */
#include "fuzz.h"
#include "update/rulebook.h"
#include <stdlib.h>

/* Bytes that nobody signed are never used. */
static void as_it_comes(struct slice bytes)
{
    struct rules_key key;
    struct rulebook book;
    struct arena a;
    arena_init(&a, 4u << 20, 4096);
    if (!key_release(&key)) abort();
    rulebook_of(bytes, &key, 1, &a, &book);
    if (book.updated || !book.fault) abort();
    arena_done(&a);
}

static void parts(struct slice bytes)
{
    struct update b = {.rules = bytes};
    struct arena a;
    arena_init(&a, 64u << 20, 4096);
    if (update_read(bytes, &b) != UPDATE_OK) b.rules = bytes;
    if (slice_starts(bytes, S("MERLADV2"))) b = (struct update){.advisories = bytes};
    (void)rulebook_prove(&b, &a);
    arena_done(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    as_it_comes(slice_of(data, size));
    parts(slice_of(data, size));
    return 0;
}
