/* SPDX-License-Identifier: Apache-2.0 */
#include "sign/manifest.h"
#include "base/sort.h"
#include "port/openssl/digest.h"
#include <inttypes.h>
#include <stdio.h>

bool manifest_path_ok(struct slice path)
{
    struct slice rest = path, part;
    if (!path.n || slice_find_byte(path, 0) != SIZE_MAX) return false;
    while (slice_split(&rest, '/', &part))
        if (!part.n || slice_eq(part, S(".")) || slice_eq(part, S(".."))) return false;
    return path.p[path.n - 1] != '/';
}

bool manifest_ignores(const struct slice *ignored, size_t count, struct slice path)
{
    for (size_t i = 0; i < count; i++) {
        struct slice p = ignored[i];
        if (slice_starts(path, p) && (path.n == p.n || path.p[p.n] == '/')) return true;
    }
    return false;
}

bool manifest_ignore_usual(struct manifest *m, size_t more, struct arena *arena)
{
    static const char *const usual[] = {".git", ".gitattributes", ".github", ".gitignore"};
    m->ignored = ARENA_ARRAY(arena, struct slice, COUNT_OF(usual) + more);
    m->ignored_count = m->ignored ? COUNT_OF(usual) : 0;
    for (size_t i = 0; i < m->ignored_count; i++) m->ignored[i] = slice_str(usual[i]);
    return m->ignored != NULL;
}

void manifest_root(const struct manifest *m, uint8_t ret[32])
{
    struct digest d;
    digest_start(&d);
    for (size_t i = 0; i < m->count; i++) digest_add(&d, m->resources[i].digest);
    digest_finish(&d, ret);
}

bool manifest_name(struct resource *r, struct arena *arena)
{
    char tail[64];
    r->name = r->path;
    if (r->to == HASH_WHOLE) return true;
    int n = snprintf(tail, sizeof tail, ":%" PRIu64 ":%" PRIu64, r->from, r->to);
    uint8_t *p = n > 0 ? arena_room(arena, r->path.n + (size_t)n, 1) : NULL;
    if (!p) return false;
    memcpy(p, r->path.p, r->path.n);
    memcpy(&p[r->path.n], tail, (size_t)n);
    r->name = slice_of(p, r->path.n + (size_t)n);
    return true;
}

/* ---- order ---- */

static int number_cmp(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* A slash ends a part, so it comes before everything that could go on with it. */
static int part_cmp(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n, i = 0;
    while (i < n && a.p[i] == b.p[i]) i++;
    if (i == n) return number_cmp(a.n, b.n);
    if (a.p[i] == '/') return -1;
    return b.p[i] == '/' ? 1 : a.p[i] - b.p[i];
}

static int by_part(const void *a, const void *b)
{
    const struct resource *x = a, *y = b;
    int c = part_cmp(x->path, y->path);
    if (!c) c = number_cmp(x->from, y->from);
    return c ? c : number_cmp(x->to, y->to);
}

/* UTF-8 keeps the order of code points. */
static int by_name(const void *a, const void *b)
{
    const struct resource *x = a, *y = b;
    return slice_cmp(x->name, y->name);
}

void manifest_sort(struct manifest *m, enum manifest_order order)
{
    sort_items(m->resources, m->count, sizeof *m->resources,
               order == MANIFEST_BY_NAME ? by_name : by_part);
}
