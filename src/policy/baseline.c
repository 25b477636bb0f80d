/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/baseline.h"
#include "codec/json.h"

#define FINDINGS_MAX (1u << 20)

static bool keep(struct baseline *b, struct slice fingerprint, struct slice path)
{
    union map_value at;
    bool existed;
    if (!fingerprint.n) return true;
    if (map_get(&b->by_fingerprint, fingerprint, &at)) return true;
    if (b->count == b->room) {
        size_t bigger = b->room ? b->room * 2 : 256;
        struct known_finding *p =
            bigger <= FINDINGS_MAX ? ARENA_ARRAY(b->arena, struct known_finding, bigger) : NULL;
        if (!p) return false;
        if (b->count) memcpy(p, b->findings, b->count * sizeof *p);
        b->findings = p;
        b->room = bigger;
    }
    b->findings[b->count] = (struct known_finding){.fingerprint = fingerprint, .path = path};
    return map_put(&b->by_fingerprint, fingerprint, (union map_value){.num = ++b->count}, &existed);
}

/* ---- the shapes of the two reports ---- */

struct report_item {
    struct slice fingerprint, path;
};

/* A text of the arena: the report's bytes need not outlive the baseline. */
static struct slice text(struct baseline *b, const struct json *j)
{
    return arena_copy(b->arena, json_text(j, b->arena));
}

/* The values of an object of fingerprints; ours wins. */
static bool read_fingerprints(struct baseline *b, struct json *j, struct report_item *it)
{
    while (json_next(j) == JSON_KEY) {
        bool ours = json_is(j, S("merlonFinding/v1"));
        if (json_next(j) != JSON_STRING) return false;
        if (ours || !it->fingerprint.n) it->fingerprint = text(b, j);
    }
    return j->token == JSON_OBJECT_END;
}

/* Anything below `locations` whose key is uri: the first one is the file. Depth is the reader's. */
static bool read_locations(struct baseline *b, struct json *j, struct report_item *it)
{
    unsigned depth = j->depth;
    while (j->token != JSON_BAD && j->token != JSON_END) {
        enum json_token t = json_next(j);
        if (t == JSON_KEY && json_is(j, S("uri"))) {
            if (json_next(j) == JSON_STRING && !it->path.n) it->path = text(b, j);
        } else if (t == JSON_ARRAY_END && j->depth < depth) {
            return true;
        }
    }
    return false;
}

static bool read_item(struct baseline *b, struct json *j)
{
    struct report_item it = {0};
    bool ok = true;
    while (ok && json_next(j) == JSON_KEY) {
        bool prints = json_is(j, S("partialFingerprints")) || json_is(j, S("fingerprints"));
        bool print = json_is(j, S("fingerprint")), path = json_is(j, S("path"));
        bool places = json_is(j, S("locations"));
        enum json_token t = json_next(j);
        if (t == JSON_OBJECT && prints)
            ok = read_fingerprints(b, j, &it);
        else if (t == JSON_ARRAY && places)
            ok = read_locations(b, j, &it);
        else if (t == JSON_OBJECT || t == JSON_ARRAY)
            ok = json_skip(j);
        else if (t == JSON_STRING && print)
            it.fingerprint = text(b, j);
        else if (t == JSON_STRING && path)
            it.path = text(b, j);
    }
    return ok && j->token == JSON_OBJECT_END && keep(b, it.fingerprint, it.path);
}

static bool read_items(struct baseline *b, struct json *j)
{
    while (json_next(j) == JSON_OBJECT)
        if (!read_item(b, j)) return false;
    return j->token == JSON_ARRAY_END;
}

/* One run of a SARIF file, at its opening bracket. */
static bool read_run(struct baseline *b, struct json *j)
{
    bool ok = true;
    while (ok && json_next(j) == JSON_KEY) {
        bool results = json_is(j, S("results"));
        enum json_token t = json_next(j);
        if (results && t == JSON_ARRAY)
            ok = read_items(b, j);
        else if (t == JSON_OBJECT || t == JSON_ARRAY)
            ok = json_skip(j);
    }
    return ok && j->token == JSON_OBJECT_END;
}

static bool read_runs(struct baseline *b, struct json *j)
{
    while (json_next(j) == JSON_OBJECT)
        if (!read_run(b, j)) return false;
    return j->token == JSON_ARRAY_END;
}

/* The top: "findings" and "suppressed_findings" are ours, "runs" is SARIF's. */
static bool read_top(struct baseline *b, struct json *j, bool *ret_known)
{
    bool ok = json_next(j) == JSON_OBJECT;
    while (ok && json_next(j) == JSON_KEY) {
        bool runs = json_is(j, S("runs")), schema = json_is(j, S("schema"));
        bool list = json_is(j, S("findings")) || json_is(j, S("suppressed_findings")) ||
                    json_is(j, S("suppressed"));
        enum json_token t = json_next(j);
        if (t == JSON_STRING && schema && json_is(j, S("merlon.result/1"))) *ret_known = true;
        if (t == JSON_ARRAY && runs) *ret_known = true;
        if (t == JSON_ARRAY && runs)
            ok = read_runs(b, j);
        else if (t == JSON_ARRAY && list)
            ok = read_items(b, j);
        else if (t == JSON_OBJECT || t == JSON_ARRAY)
            ok = json_skip(j);
    }
    return ok && j->token == JSON_OBJECT_END;
}

bool baseline_read(struct slice json, struct arena *a, struct baseline *ret, const char **ret_why)
{
    struct json j;
    bool known = false;
    *ret = (struct baseline){.arena = a};
    map_init(&ret->by_fingerprint, a, 0);
    json_init(&j, json);
    bool ok = read_top(ret, &j, &known);
    *ret_why = !ok     ? "it is not complete JSON, or too large"
               : known ? NULL
                       : "it is neither a merlon json report nor SARIF";
    return ok && known;
}

void baseline_apply(struct baseline *b, struct result *r,
                    bool (*was_scanned)(const void *ctx, struct slice path), const void *ctx)
{
    r->baseline = true;
    r->known = r->fixed = 0;
    for (size_t i = 0; i < r->finding_count; i++) {
        struct finding *f = &r->findings[i];
        union map_value at;
        if (!map_get(&b->by_fingerprint, slice_str(f->fingerprint), &at)) continue;
        b->findings[at.num - 1].met = true;
        if (f->state != FINDING_OPEN) continue;
        f->state = FINDING_KNOWN;
        r->known++;
    }
    for (size_t i = 0; i < b->count; i++)
        r->fixed += !b->findings[i].met && (!was_scanned || was_scanned(ctx, b->findings[i].path));
}
