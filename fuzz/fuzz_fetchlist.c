/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_fetchlist.c - lists of downloads: a row that is not refused must be safe to act on. */
#include "fuzz.h"
#include "scan/fetch_list.h"
#include <stdlib.h>

static void check(const struct fetch_row *row)
{
    struct slice rest = row->name, part;
    bool http = slice_eq_nocase(slice_sub(row->url, 0, 4), S("http"));
    if (!http || !row->name.n || row->name.p[0] == '/') abort();
    while (slice_split(&rest, '/', &part))
        if (!part.n || part.p[0] == '.') abort();
    if (row->hash.n && row->hash.n != 2 * digest_size(row->kind)) abort();
    for (size_t i = 0; i < row->hash.n; i++)
        if (!strchr("0123456789abcdef", row->hash.p[i])) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct fetch_list list;
    arena_init(&arena, 64u << 20, 4096);
    if (fetch_list_read(slice_of(data, size), &arena, &list) == ST_OK)
        for (size_t i = 0; i < list.count; i++)
            if (!list.rows[i].wrong) check(&list.rows[i]);
    arena_done(&arena);
    return 0;
}
