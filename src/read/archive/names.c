/* SPDX-License-Identifier: Apache-2.0 */
#include "read/archive/names.h"
#include "base/ascii.h"

#define DEPTH_MOST 64

static bool separator(uint8_t c)
{
    return c == '/' || c == '\\';
}

struct path_look {
    bool absolute, leaves, control;
    unsigned depth;
};

/* `depth` is where the walk begins below the folder that is unpacked into. */
static struct path_look look(struct slice path, int depth)
{
    struct path_look l = {0};
    bool drive = path.n > 1 && path.p[1] == ':' && ascii_letter(path.p[0]);
    l.absolute = (path.n && separator(path.p[0])) || drive;
    for (size_t at = 0; at < path.n;) {
        size_t end = at;
        while (end < path.n && !separator(path.p[end])) {
            if (path.p[end] < 0x20 || path.p[end] == 0x7f) l.control = true;
            end++;
        }
        struct slice part = slice_sub(path, at, end - at);
        if (slice_eq(part, S("..")))
            depth--;
        else if (part.n && !slice_eq(part, S(".")))
            depth++;
        if (depth < 0) l.leaves = true;
        if (depth > (int)l.depth) l.depth = (unsigned)depth;
        at = end + 1;
    }
    return l;
}

static int depth_of(struct slice name)
{
    int depth = 0;
    for (size_t i = 0; i < name.n; i++) depth += separator(name.p[i]);
    return depth;
}

void names_init(struct names *n, struct arena *a)
{
    map_init(&n->exact, a, 0x6e616d65);
    map_init(&n->folded, a, 0x666f6c64);
}

static void check(const struct reading *r, struct slice name, uint64_t offset)
{
    struct path_look l = look(name, 0);
    const char *why = l.leaves               ? "leaves the folder"
                      : l.absolute           ? "is absolute"
                      : l.control            ? "holds control characters"
                      : l.depth > DEPTH_MOST ? "nests too many folders"
                                             : NULL;
    if (why) tell_anomaly(r, ANOMALY_ARCHIVE_PATH, offset, "\"%.*s\" %s", SLICE_ARG(name), why);
}

static struct slice folded(struct arena *a, struct slice name)
{
    uint8_t *p = ARENA_ARRAY(a, uint8_t, name.n);
    if (!p) return slice_of(NULL, 0);
    for (size_t i = 0; i < name.n; i++) p[i] = ascii_to_lower(name.p[i]);
    return slice_of(p, name.n);
}

bool names_add(struct reading *r, struct names *n, struct slice name, uint64_t offset, bool tell_it,
               bool *ret_duplicate)
{
    bool same_case = false, existed = false;
    check(r, name, offset);
    struct slice key = folded(r->arena, name);
    if (!key.p || !map_put(&n->exact, name, (union map_value){.num = offset}, &existed) ||
        !map_put(&n->folded, key, (union map_value){.num = offset}, &same_case))
        return false;
    *ret_duplicate = existed;
    if (existed && tell_it)
        tell_anomaly(r, ANOMALY_ARCHIVE_DUPLICATE, offset, "%.*s", SLICE_ARG(name));
    else if (same_case && !existed)
        tell_anomaly(r, ANOMALY_ARCHIVE_DUPLICATE, offset, "%.*s (but for upper and lower case)",
                     SLICE_ARG(name));
    return true;
}

void names_link(const struct reading *r, struct slice name, struct slice target, uint64_t offset)
{
    struct path_look l = look(target, depth_of(name));
    if (l.leaves || l.absolute)
        tell_anomaly(r, ANOMALY_ARCHIVE_SYMLINK, offset, "%.*s -> %.*s", SLICE_ARG(name),
                     SLICE_ARG(target));
}
