/* SPDX-License-Identifier: Apache-2.0 */
#include "read/config/config_part.h"
#include "finding/globals.h"

struct slice config_base(struct slice name)
{
    size_t slash = slice_rfind_byte(name, '/');
    return slash == SIZE_MAX ? name : slice_sub(name, slash + 1, name.n);
}

static bool is_address(struct slice value)
{
    return slice_has(value, S("://"));
}

void config_code(const struct reading *r, struct slice key, struct slice value, uint64_t at)
{
    bool remote = is_address(value) || slice_has(value, S("--"));
    if (!remote && slice_find_byte(value, '.') == SIZE_MAX) return;
    tell_anomaly(r, remote ? ANOMALY_REMOTE_CODE : ANOMALY_LOCAL_CODE, at, "%.*s: %.*s",
                 SLICE_ARG(key), SLICE_ARG(value));
}

/* The longest module that the table knows, for "os.system" as for "a.b.C.method". */
static bool acts(struct slice value)
{
    for (size_t n = value.n; n;) {
        size_t dot = slice_rfind_byte(slice_sub(value, 0, n), '.');
        if (dot == SIZE_MAX) return false;
        const struct global_rule *g =
            global_find(slice_sub(value, 0, dot), slice_sub(value, dot + 1, value.n));
        if (g) return g->use == GLOBAL_DANGEROUS;
        n = dot;
    }
    return false;
}

void config_target(const struct reading *r, struct slice key, struct slice value, uint64_t at)
{
    if (acts(value))
        tell_anomaly(r, ANOMALY_CONFIG_CALL, at, "%.*s: %.*s", SLICE_ARG(key), SLICE_ARG(value));
}

/* Does a part between slashes (of either kind) say "up"? */
static bool climbs(struct slice path)
{
    size_t from = 0;
    for (size_t i = 0; i <= path.n; i++) {
        if (i < path.n && path.p[i] != '/' && path.p[i] != '\\') continue;
        if (slice_eq(slice_sub(path, from, i - from), S(".."))) return true;
        from = i + 1;
    }
    return false;
}

bool config_path(const struct reading *r, struct slice key, struct slice value, uint64_t at)
{
    bool root = slice_starts(value, S("/")) || slice_starts(value, S("\\"));
    bool drive = value.n > 1 && value.p[1] == ':';
    bool home = slice_starts(value, S("~"));
    if (!root && !drive && !home && !climbs(value) && !is_address(value)) return true;
    tell_anomaly(r, ANOMALY_SHARD_PATH, at, "%.*s: %.*s", SLICE_ARG(key), SLICE_ARG(value));
    return false;
}
