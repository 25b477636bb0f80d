/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_ignore.c - .merlonignore.toml; an entry that is taken can be written and read again. */
#include "fuzz.h"
#include "policy/allow.h"
#include "policy/ignore.h"
#include <stdlib.h>

#define TODAY 20000

static void again(const struct ignore_entry *e, struct arena *a)
{
    struct ignore_list list;
    struct buf out;
    buf_init(&out, 1u << 20);
    ignore_write(&out, e);
    if (!buf_ok(&out)) abort();
    if (!ignore_parse(buf_slice(&out), S(".merlonignore.toml"), TODAY, a, &list)) abort();
    if (list.error || list.count != 1 || list.entries[0].state != e->state) abort();
    if (!slice_eq(list.entries[0].reason, e->reason)) abort();
    buf_done(&out);
}

static bool drop(const void *ctx, const struct ignore_entry *e)
{
    (void)ctx;
    return e->line & 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_of(data, size);
    struct ignore_list list;
    struct allow allow;
    struct arena a;
    struct buf out;
    arena_init(&a, 64u << 20, 4096);
    buf_init(&out, 1u << 20);
    if (ignore_parse(text, S(".merlonignore.toml"), TODAY, &a, &list) && !list.error) {
        for (size_t i = 0; i < list.count && i < 8; i++)
            if (list.entries[i].state != IGNORE_INVALID) again(&list.entries[i], &a);
        if (ignore_without(text, &list, drop, NULL, &out) && out.n > size + 1) abort();
    }
    if (allow_parse(text, &allow) && allow.rule.n > size) abort();
    buf_done(&out);
    arena_done(&a);
    return 0;
}
