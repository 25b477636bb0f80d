/* SPDX-License-Identifier: Apache-2.0 */
#include "scan/paths.h"
#include "base/buf.h"

struct slice path_folder(struct slice path)
{
    size_t slash = slice_rfind_byte(path, '/');
    return slash == SIZE_MAX ? slice_sub(path, 0, 0) : slice_sub(path, 0, slash + 1);
}

struct slice path_name(struct slice path)
{
    return slice_sub(path, path_folder(path).n, path.n);
}

struct slice path_join(struct arena *a, struct slice folder, struct slice name)
{
    struct slice part;
    struct buf b;
    buf_init(&b, 1u << 16);
    buf_add(&b, folder);
    while (slice_split(&name, '/', &part)) {
        if (!part.n || slice_eq(part, S("."))) continue;
        if (!slice_eq(part, S(".."))) {
            if (b.n && b.p[b.n - 1] != '/') buf_byte(&b, '/');
            buf_add(&b, part);
            continue;
        }
        if (!b.n) break;
        while (b.n && b.p[b.n - 1] == '/') b.n--;
        while (b.n && b.p[b.n - 1] != '/') b.n--;
    }
    struct slice joined = {0};
    if (!name.n) joined = arena_copy(a, buf_slice(&b));
    buf_done(&b);
    return joined;
}
